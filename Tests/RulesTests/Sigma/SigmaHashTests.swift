import Events
import Query
import Rules
import TestSupport
import Testing

/// Hashes that stand in one text of a rule and in fields of their own in events; and lists without a value.
struct SigmaHashTests {
  private static func load(_ source: String, _ detection: String, _ mapping: String? = nil) throws -> RuleLoadResult {
    var settings = SigmaSettings.standard
    if let mapping { settings = try settings.adding(files: [try Scratch().write(mapping, "m.yml")]) }
    return RuleLoader.load(
      text: "title: t\nlogsource: { \(source) }\ndetection:\n  s: \(detection)\n  condition: s\n", file: "r.yml",
      sigma: settings)
  }

  /// What is asked of fields, each as `field=pattern`, those of the log source aside.
  private static func asked(_ loaded: RuleLoadResult) throws -> Set<String> {
    let query = try SigmaQuery(try #require(loaded.rules.first?.rule.query, "\(loaded.diagnostics)"))
    guard case .detection(let part) = query.form else { return [] }
    var found: Set<String> = []
    var pending = [part.whole]
    while let next = pending.popLast() {
      switch next {
      case .and(let parts), .or(let parts): pending += parts
      case .not(let part): pending.append(part)
      case .test(let field?, .pattern(let pattern)) where !field.hasPrefix("host.") && !field.hasPrefix("event."):
        found.insert("\(field)=\(pattern.text)")
      case .test(let field?, .present): found.insert("\(field)=present")
      case .absent(let field): found.insert("\(field)=absent")
      default: break
      }
    }
    return found
  }

  @Test(
    "A hash is asked of the field for its algorithm, which the value names or its length tells, and of the whole text",
    arguments: [
      ("Hashes: 'SHA1=AB12'", ["process.hash.sha1=AB12", "winlog.event_data.Hashes=SHA1=AB12"]),
      ("Hashes|contains: 'imphash=AB12'", ["process.pe.imphash=AB12*", "winlog.event_data.Hashes=*imphash=AB12*"]),
      ("Hashes|contains: 'MD5|AB12'", ["process.hash.md5=AB12*", "winlog.event_data.Hashes=*MD5|AB12*"]),
      (
        "Hashes|contains: [ 'MD5=A', 'SHA256=B' ]",
        [
          "process.hash.md5=A*", "process.hash.sha256=B*", "winlog.event_data.Hashes=*MD5=A*",
          "winlog.event_data.Hashes=*SHA256=B*",
        ]
      ),
      (
        "Hashes|contains: '0123456789abcdef0123456789abcdef'",
        [
          "process.hash.md5=0123456789abcdef0123456789abcdef", "process.pe.imphash=0123456789abcdef0123456789abcdef",
          "winlog.event_data.Hashes=*0123456789abcdef0123456789abcdef*",
        ]
      ),
      // Several in one text, an algorithm that has no field, and what is no hash are asked of the text alone.
      ("Hashes: 'MD5=A,SHA1=B'", ["winlog.event_data.Hashes=MD5=A,SHA1=B"]),
      ("Hashes: 'SHA512=A'", ["winlog.event_data.Hashes=SHA512=A"]),
      ("Hashes|contains: 'x'", ["winlog.event_data.Hashes=*x*"]),
      (
        "Hashes: null",
        [
          "process.hash.md5=absent", "process.hash.sha1=absent", "process.hash.sha256=absent",
          "process.pe.imphash=absent",
          "winlog.event_data.Hashes=absent",
        ]
      ),
    ] as [(String, [String])])
  func parted(item: String, wanted: [String]) throws {
    let loaded = try Self.load("product: windows, category: process_creation", "{ \(item) }")
    #expect(try Self.asked(loaded) == Set(wanted))
  }

  @Test("A mapping of a user parts hashes too, is written with the rule, and refuses what it has no field for")
  func own() throws {
    let mapping = """
      mappings:
        - logsource: { product: edr }
          index: [ logs-edr.* ]
          fields:
            Hash: { hashes: { md5: file.hash.md5, SHA1: file.hash.sha1 } }
      """
    let loaded = try Self.load("product: edr", "{ Hash|startswith: 'MD5=A' }", mapping)
    #expect(try Self.asked(loaded) == ["file.hash.md5=A*"])
    let text = try #require(loaded.rules.first?.rule.query)
    #expect(text.contains("sha1: file.hash.sha1"), "\(text)")
    let refused = try Self.load("product: edr", "{ Hash: 'SHA256=A' }", mapping)
    let told = refused.diagnostics.map(\.message).joined() + (refused.rules.first?.rule.hindrance ?? "")
    #expect(told.contains("names no hash that events have a field for: file.hash.md5, file.hash.sha1"), "\(told)")
    #expect(throws: SigmaSettingsFault.self) {
      try Self.load(
        "product: edr", "{ Hash: x }", mapping.replacing("{ md5: file.hash.md5, SHA1: file.hash.sha1 }", with: "[]"))
    }
  }

  @Test(
    "An empty list asks for the absence of the field, whatever is done with its values",
    arguments: ["a.b: []", "a.b|contains: []", "a.b|endswith|all: []", "a.b|re: []", "a.b|lt: []", "a.b|cidr: []"])
  func empty(item: String) throws {
    let loaded = try Self.load("product: aws, service: cloudtrail", "{ \(item) }")
    #expect(try Self.asked(loaded) == ["a.b=absent"])
    let negated = try Self.load("product: aws, service: cloudtrail", "{ 'a.b|neq': [] }")
    #expect(try Self.asked(negated) == ["a.b=absent"])
  }

  @Test("A keyword that is an empty list is wrong")
  func keyword() throws {
    let loaded = try Self.load("product: aws, service: cloudtrail", "{ '|contains': [] }")
    #expect(loaded.diagnostics.contains { $0.severity == .error }, "\(loaded.diagnostics)")
  }
}
