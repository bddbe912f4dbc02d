import Foundation
import JSON
import TestSupport
import Testing

@Suite("Exceptions and value lists of a folder of events") struct FolderExceptionTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]

  /// A folder with two events and a rule that one of them meets.
  private static func folder(_ scratch: Scratch) throws -> String {
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")]).status == 0)
    #expect(try Binary(["rules", "import", "--data", folder, try scratch.write(Sample.rule, "rule.toml")]).status == 0)
    return folder
  }

  private static let alone = ["--rule", "test-rule"]

  private static func run(_ folder: String, _ more: [String] = []) throws -> JSONValue {
    let run = try Binary(["run", "--format", "json", "--data", folder] + span + alone + more)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONValue(parsing: run.output)
  }

  private static func list(_ folder: String, _ more: [String] = []) throws -> [JSONValue] {
    let list = try Binary(["exceptions", "list", "--data", folder, "--format", "json"] + more)
    #expect(list.status == 0, "\(list.errors)")
    return try JSONValue(parsing: list.output).arrayValue ?? []
  }

  @Test("An exception that is added contradicts what it holds for, and one that is removed no longer does")
  func contradicts() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    #expect(try Self.run(folder)["new"] == 1)
    #expect(try Binary(["hunt", "--format", "ndjson", "--data", folder] + Self.alone).lines.count == 1)
    let add = try Binary([
      "exceptions", "add", "--data", folder, "--rule", "Objects re", "--name", "Bob", "--reason", "agreed", "--by",
      "eve",
      "--id", "bob-reads", "user.name: bob and not source.ip: 192.0.2.0/24",
    ])
    #expect(
      add.status == 0 && add.errors.contains("bob-reads added") && add.errors.contains("1 list made"), "\(add.errors)")
    let after = try Self.run(folder)
    #expect(after["new"] == 0 && after["contradicted"] == 1, "\(after.text)")
    #expect(try Binary(["hunt", "--format", "ndjson", "--data", folder] + Self.alone).lines.isEmpty)
    let alerts = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(alerts.count == 1 && alerts[0]["martlet"]?["contradicted_by"]?.stringValue?.contains("exceptions") == true)
    let listed = try Self.list(folder, ["--rule", "test-rule"])
    #expect(listed.count == 1 && listed[0]["kept_by"] == "eve" && listed[0]["version"] == 1, "\(listed)")
    #expect(listed[0]["exception"]?["entries"]?[1]?["operator"] == "excluded")
    #expect(try Binary(["exceptions", "list", "--data", folder]).output.contains("Objects read"))
    #expect(try Binary(["exceptions", "remove", "--data", folder, "bob-r"]).status == 0)
    #expect(try Binary(["exceptions", "remove", "--data", folder, "bob-r"]).status == 64)
    let again = try Self.run(folder)
    #expect(again["known"] == 1 && again["contradicted"] == 0)
    #expect(try Binary(["alerts", "export", "--data", folder]).documents[0]["martlet"]?["contradicted_by"] == nil)
    let versions = try Self.list(folder, ["--versions"])
    #expect(versions.map { $0["exception"] == .null } == [false, true] && versions[1]["current"] == false)
    #expect(try Binary(["exceptions", "list", "--data", folder, "--versions"]).output.contains("removed"))
  }

  @Test("An exception holds for executions up to its end")
  func expiry() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    func add(_ end: String) throws {
      #expect(
        try Binary([
          "exceptions", "add", "--data", folder, "--all-rules", "--name", "x", "--id", "x", "--expires", end,
          "user.name: bob",
        ]).status == 0)
    }
    try add("2025-12-31")
    #expect(try Self.run(folder, ["--now", "2026-01-02T00:00:00Z"])["new"] == 1)
    try add("2026-01-31")
    #expect(try Self.run(folder, ["--now", "2026-01-02T00:00:00Z"])["contradicted"] == 1)
    let listed = try Self.list(folder, ["--now", "2026-03-01"])
    #expect(listed.count == 1 && listed[0]["version"] == 2 && listed[0]["expired"] == true)
    #expect(listed[0]["rules"]?.arrayValue?.count ?? 0 > 100)
  }

  private static let export = """
    {"list_id":"shared","namespace_type":"agnostic","type":"detection","name":"Shared","description":"d","tags":["t"],"os_types":[],"created_by":"elastic","version":1}
    {"list_id":"agent","namespace_type":"agnostic","type":"endpoint","name":"Agent","description":"d","tags":[],"os_types":[]}
    {"list_id":"shared","namespace_type":"agnostic","item_id":"one","type":"simple","name":"One","description":"d","tags":[],"os_types":[],"comments":[{"comment":"why","created_by":"elastic"}],"entries":[{"field":"user.name","operator":"included","type":"match_any","value":["bob","eve"]},{"field":"source.ip","operator":"included","type":"list","list":{"id":"offices","type":"ip_range"}}],"expire_time":"2030-01-01T00:00:00.000Z"}
    {"list_id":"agent","namespace_type":"agnostic","item_id":"two","type":"simple","name":"Two","description":"d","entries":[{"field":"file.path","operator":"included","type":"match","value":"x"}]}
    {"exported_exception_list_count":2,"exported_exception_list_item_count":2}

    """

  @Test("What Kibana exports is kept, obeyed by the rules that are told to, and exported again as it was")
  func kibana() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    #expect(try Self.run(folder)["new"] == 1)
    let file = try scratch.write(Self.export, "export/list.ndjson")
    // Without its value list the exception would be another one.
    let missing = try Binary(["exceptions", "import", "--data", folder, file])
    #expect(missing.status == 1 && missing.errors.contains("offices"), "\(missing.errors)")
    _ = try scratch.write("198.51.100.0/24\n", "values/offices")
    let taken = try Binary([
      "exceptions", "import", "--data", folder, "--value-lists", scratch.path + "/values", "--rule", "test-rule", file,
    ])
    #expect(taken.status == 0 && taken.errors.contains("1 exception added"), "\(taken.errors)")
    #expect(taken.errors.contains("1 value list taken along") && taken.errors.contains("endpoint"))
    // From now on the folder has all that is needed.
    try FileManager.default.removeItem(atPath: scratch.path + "/values")
    let after = try Binary(["run", "--format", "json", "--data", folder] + Self.span + Self.alone)
    #expect(try JSONValue(parsing: after.output)["contradicted"] == 1, "\(after.errors)")
    let again = try Binary(["exceptions", "import", "--data", folder, file])
    #expect(again.status == 0 && again.errors.contains("1 was there as it is"), "\(again.errors)")
    let exported = try Binary(["exceptions", "export", "--data", folder]).documents
    #expect(exported.count == 3)
    #expect(
      exported[0]["list_id"] == "shared" && exported[0]["namespace_type"] == "agnostic"
        && exported[0]["name"] == "Shared")
    let item = try JSONValue(parsing: String(Self.export.split(separator: "\n")[2]))
    for key in ["item_id", "name", "entries", "comments", "expire_time", "list_id", "namespace_type"] {
      #expect(exported[1][key] == item[key], "\(key)")
    }
    #expect(exported[2]["exported_exception_list_item_count"] == 1)
    // The rule names the list wherever it goes.
    let rules = try Binary(["rules", "export", "--data", folder]).documents
    #expect(rules.count == 4 && rules[0]["exceptions_list"]?[0]?["list_id"] == "shared", "\(rules)")
    let other = scratch.path + "/other"
    _ = try Binary(["ingest", "--data", other, try scratch.write(Sample.records, "a.json")])
    let export = try scratch.write(
      try Binary(["rules", "export", "--data", folder]).output, "rules.ndjson")
    _ = try scratch.write("198.51.100.0/24\n", "values/offices")
    let imported = try Binary(["rules", "import", "--data", other, "--value-lists", scratch.path + "/values", export])
    #expect(imported.status == 0 && imported.errors.contains("1 exception added"), "\(imported.errors)")
    #expect(try Binary(["run", "--data", other] + Self.span + Self.alone).errors.contains("0 new alerts"))
    // A rule is let go, and then the list with all that is in it.
    #expect(
      try Binary(["exceptions", "remove", "--data", folder, "--list", "shared", "--rule", "test-rule"]).status == 0)
    #expect(
      try Binary(["exceptions", "remove", "--data", folder, "--list", "shared", "--rule", "test-rule"]).status == 64)
    #expect(try Binary(["exceptions", "remove", "--data", folder, "--list", "shared"]).status == 0)
    #expect(try Binary(["exceptions", "export", "--data", folder]).lines.count == 1)
    #expect(try Binary(["exceptions", "export", "--data", folder, "--list", "shared"]).status == 64)
  }

  @Test("Exceptions in TOML go into the own lists of the rules that they name, with the value lists beside them")
  func toml() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    let text = """
      [[exception]]
      name = "Offices"
      rules = ["test-rule", "no such rule"]
      entries = [{ field = "source.ip", value_list = "lists/offices.txt", list_type = "ip" }]

      [[exception]]
      name = "Bob"
      rule = "OBJECTS READ"
      entries = [{ field = "source.ip", value_list = "lists/offices.txt", list_type = "ip" }, { field = "user.name", wildcard = "b*" }]

      [[exception]]
      name = "Nobody"
      rules = "all"
      entries = [{ field = "user.name", match = "nobody" }]
      """
    _ = try scratch.write("198.51.100.7\n", "lists/offices.txt")
    let file = try scratch.write(text, "e.toml")
    let taken = try Binary(["exceptions", "import", "--data", folder, file])
    // What is for a rule that is not there would be for less than it says.
    #expect(
      taken.status == 1 && taken.errors.contains("no such rule") && taken.errors.contains("2 exceptions added"),
      "\(taken.errors)")
    #expect(try Binary(["exceptions", "import", "--data", folder, file]).errors.contains("2 were there"))
    let listed = try Self.list(folder)
    #expect(listed.count == 2)
    let bob = try #require(listed.first { $0["exception"]?["name"] == "Bob" })
    #expect(bob["rules"]?.arrayValue?.count == 1 && bob["exception"]?["entries"]?[0]?["list"]?["id"] == "offices.txt")
    #expect(try Self.run(folder)["new"] == 0)
    // A file that is given counts beside the folder's.
    let plain = try Binary(
      ["hunt", "--data", folder, "--no-builtin", "--rules", scratch.path + "/rule.toml", "--format", "ndjson"])
    #expect(plain.status == 0 && plain.lines.isEmpty, "\(plain.errors)")
    let shipped = try Binary([
      "explain", "--data", folder, "--rule", "test-rule", "--event", "00000000-0000-0000-0000-000000000002",
    ])
    #expect(shipped.output.contains("Bob"), "\(shipped.output)")
  }

  @Test("What is no exception is refused with the reason, and nothing is kept")
  func refusals() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    for (arguments, words) in [
      (["--rule", "test-rule", "user.name: a or source.ip: 10.0.0.1"], "alternative"),
      (["--rule", "test-rule", "event.duration > 5"], "ranges"),
      (["--rule", "test-rule", "*"], "all events"),
      (["--rule", "test-rule", "user.name: ("], "cannot be read"),
      (["--rule", "test-rule", "source.ip: nonsense"], "addresses"),
      (["--rule", "no such rule", "user.name: a"], "no rule has"),
      (["--rule", "test-rule", "--entry", "{}"], "type"),
      (["--rule", "test-rule", "--entry", "x"], "JSON object"),
      (
        [
          "--rule", "test-rule", "--entry",
          #"{"field":"source.ip","operator":"included","type":"list","list":{"id":"none","type":"ip"}}"#,
        ], "none"
      ),
      (["user.name: a"], "what it is for"), (["--rule", "test-rule"], "what is excepted"),
      (["--all-rules", "--rule", "test-rule", "user.name: a"], "neither"),
      (["--rule", "test-rule", "--expires", "soon", "user.name: a"], "date or a time"),
    ] {
      let run = try Binary(["exceptions", "add", "--data", folder, "--name", "x"] + arguments)
      #expect(run.status == 64 && run.errors.contains(words), "\(arguments): \(run.errors)")
    }
    #expect(try Self.list(folder).isEmpty)
    #expect(try Binary(["exceptions", "list", "--data", scratch.path + "/none"]).status == 1)
  }

  @Test("Value lists are kept in versions, changed value by value, and not removed while an exception names them")
  func valueLists() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    func values(_ arguments: [String]) throws -> Binary {
      try Binary(["value-lists", arguments[0], "--data", folder] + arguments.dropFirst())
    }
    let file = try scratch.write("# the offices\n192.0.2.0/24\n\n203.0.113.7\n", "offices.txt")
    #expect(try values(["import", "--type", "ip_range", file]).errors.contains("1 value list added"))
    #expect(try values(["import", "--type", "ip_range", file]).errors.contains("1 was there"))
    #expect(try values(["import", "--type", "keyword", file]).status == 64)
    #expect(
      try values(["import", "--type", "ip", "--id", "x", try scratch.write("nonsense\n", "bad.txt")]).status == 1)
    #expect(try values(["export", "offices.txt"]).output == "192.0.2.0/24\n203.0.113.7\n")
    let entry =
      #"{"field":"source.ip","operator":"included","type":"list","list":{"id":"offices.txt","type":"ip_range"}}"#
    #expect(
      try Binary([
        "exceptions", "add", "--data", folder, "--list", "offices", "--rule", "test-rule", "--name", "Offices",
        "--entry", entry,
      ])
      .status == 0)
    #expect(try Self.run(folder)["new"] == 1)
    #expect(
      try values(["add", "offices.txt", "198.51.100.0/24", "203.0.113.7"]).errors.contains("1 value added, 1 was there")
    )
    #expect(try Self.run(folder)["contradicted"] == 1)
    let refused = try values(["remove", "offices.txt"])
    #expect(refused.status == 64 && refused.errors.contains("Offices"), "\(refused.errors)")
    #expect(try values(["remove", "offices.txt", "203.0.113.8"]).status == 64)
    #expect(try values(["remove", "offices.txt", "203.0.113.7", "192.0.2.0/24"]).status == 0)
    #expect(try values(["remove", "offices.txt", "198.51.100.0/24"]).status == 64)
    #expect(try values(["add", "new", "x"]).status == 64)
    #expect(try values(["add", "--type", "keyword", "new", "x", "y"]).status == 0)
    #expect(try values(["add", "new", " "]).status == 64)
    let listed = try JSONValue(parsing: try values(["list", "--format", "json"]).output).arrayValue ?? []
    #expect(listed.map { $0["id"]?.stringValue } == ["new", "offices.txt"])
    #expect(listed[1]["values"] == 1 && listed[1]["version"] == 3 && listed[1]["exceptions"] == ["Offices"])
    #expect(try values(["list"]).output.contains("no exception"))
    #expect(try values(["remove", "new"]).status == 0)
    #expect(try values(["list", "--versions"]).lines.count == 1 + 3 + 2)
    #expect(try values(["export", "new"]).status == 64)
  }

  @Test("What a folder keeps goes with its backup")
  func backup() throws {
    let scratch = try Scratch()
    let folder = try Self.folder(scratch)
    _ = try Binary(["exceptions", "add", "--data", folder, "--rule", "test-rule", "--name", "x", "user.name: bob"])
    let copy = scratch.path + "/copy"
    #expect(try Binary(["backup", "--data", folder, "--to", copy]).status == 0)
    #expect(try Self.list(copy) == Self.list(folder))
    #expect(try Self.run(copy)["new"] == 0)
  }
}
