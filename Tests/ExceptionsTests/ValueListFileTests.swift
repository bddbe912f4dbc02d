import Exceptions
import JSON
import Query
import TestSupport
import Testing

struct ValueListFileTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func toml(_ entry: String) throws -> ExceptionLoadResult {
    ExceptionLoader.load(paths: [try folder.write(Samples.toml(entry), "x.toml")])
  }

  private func kibana(_ id: String, _ type: String, lists: [String] = []) throws -> ExceptionLoadResult {
    let item = Samples.item([
      [
        "type": "list", "field": "source.ip", "operator": "included",
        "list": ["id": .string(id), "type": .string(type)],
      ]
    ])
    return ExceptionLoader.load(paths: [try folder.write(item, "x.ndjson")], valueLists: lists)
  }

  @Test("Addresses, networks and ranges, with comments, blank lines and line ends of any system")
  func addresses() throws {
    _ = try folder.write(
      "\u{FEFF}# office\r\n10.0.0.0/30\r\n\r\n  192.168.0.1 - 192.168.0.9\t\n2001:db8::/32\n203.0.113.7", "office.txt")
    for entry in ["", ", excluded = true"] {
      let loaded = try toml(#"field = "source.ip", value_list = "office.txt", list_type = "ip_range""# + entry)
      #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
      let events = ["10.0.0.3", "10.0.0.4", "192.168.0.9", "192.168.0.10", "2001:db8:1::1", "203.0.113.7"]
        .map { JSONValue.object(["source": ["ip": .string($0)]]) }
      let found = EventBatches.matching(try #require(loaded.items.first).predicate, events + [[:]])
      let expected = [true, false, true, false, true, true, false]
      #expect(found == expected.map { entry.isEmpty ? $0 : !$0 })
    }
  }

  @Test("Keywords compare whole, texts by all of their words")
  func words() throws {
    _ = try folder.write("alice\n#bob\nBrown Fox\n", "names.txt")
    let keyword = try toml(#"field = "user.name", value_list = "names.txt", list_type = "keyword""#)
    let names = ["alice", "Alice", "#bob", "bob", "Brown Fox"].map { JSONValue.object(["user": ["name": .string($0)]]) }
    #expect(
      EventBatches.matching(try #require(keyword.items.first).predicate, names) == [true, false, true, false, true])
    let text = try toml(#"field = "message", value_list = "names.txt", list_type = "text""#)
    let messages = ["a fox, brown", "a fox", "ALICE!"].map { JSONValue.object(["message": .string($0)]) }
    #expect(EventBatches.matching(try #require(text.items.first).predicate, messages) == [true, false, true])
  }

  @Test("A list of Kibana is looked for in the folders given, then beside the exceptions, by its id or id.txt")
  func kibanaFolders() throws {
    let beside = try folder.write("10.0.0.1", "ips.txt")
    #expect(beside.hasSuffix("ips.txt"))
    _ = try folder.write("10.0.0.2", "lists/ips.txt")
    _ = try folder.write("10.0.0.3", "lists/plain.txt")
    let events = (1...3).map { JSONValue.object(["source": ["ip": .string("10.0.0.\($0)")]]) }
    func found(_ loaded: ExceptionLoadResult) throws -> [Bool] {
      EventBatches.matching(try #require(loaded.items.first, "\(loaded.diagnostics)").predicate, events)
    }
    #expect(try found(kibana("ips.txt", "ip")) == [true, false, false])
    #expect(try found(kibana("ips.txt", "ip", lists: [folder.path + "/lists"])) == [false, true, false])
    #expect(try found(kibana("plain", "ip", lists: [folder.path + "/lists"])) == [false, false, true])
    #expect(try kibana("plain", "ip").diagnostics.first?.message.contains("“plain”") == true)
  }

  @Test("A path leads out of the exceptions' folder only when it is absolute")
  func paths() throws {
    let other = try Scratch()
    let list = try other.write("a", "far.txt")
    _ = try folder.write("a", "sub/near.txt")
    let near = try toml(#"field = "user.name", value_list = "./sub/../sub/near.txt", list_type = "keyword""#)
    #expect(near.diagnostics.isEmpty && near.items.count == 1)
    let far = try toml("field = \"user.name\", value_list = \"\(list)\", list_type = \"keyword\"")
    #expect(far.diagnostics.isEmpty && far.items.count == 1)
    for path in ["../far.txt", "sub/../../far.txt", ""] {
      let loaded = try toml("field = \"user.name\", value_list = \"\(path)\", list_type = \"keyword\"")
      #expect(loaded.items.isEmpty && loaded.hasErrors)
    }
  }

  @Test("A list with a line that is no address, an empty one, a folder and bytes that are no text are refused")
  func wrong() throws {
    _ = try folder.write("10.0.0.1\nexample.com\n", "bad.txt")
    _ = try folder.write("\n# nothing\n", "empty.txt")
    _ = try folder.write([0xFF, 0xFE], "bytes.txt")
    _ = try folder.write("", "dir/x")
    for (file, message) in [
      ("bad.txt", "bad.txt:2: “example.com” is no address"), ("empty.txt", "is empty"), ("bytes.txt", "UTF-8"),
      ("dir", "no plain file"),
    ] {
      let loaded = try toml("field = \"source.ip\", value_list = \"\(file)\", list_type = \"ip\"")
      #expect(loaded.items.isEmpty && loaded.diagnostics.count == 1)
      #expect(loaded.diagnostics.first?.message.contains(message) == true, "\(loaded.diagnostics)")
    }
  }

  @Test("A list holds up to a million values, and no more")
  func million() throws {
    let most = ExceptionLimits.listValues
    let text = (0..<most).map { "u\($0)" }.joined(separator: "\n")
    _ = try folder.write(text, "full.txt")
    _ = try folder.write(text + "\none-more", "over.txt")
    let full = try toml(#"field = "user.name", value_list = "full.txt", list_type = "keyword""#)
    let events = ["u0", "u\(most - 1)", "u\(most)"].map { JSONValue.object(["user": ["name": .string($0)]]) }
    #expect(EventBatches.matching(try #require(full.items.first).predicate, events) == [true, true, false])
    let over = try toml(#"field = "user.name", value_list = "over.txt", list_type = "keyword""#)
    #expect(over.items.isEmpty && over.hasErrors)
  }
}
