import Events
import JSON
import Testing

@testable import Reports

@Suite("Alerts that were written before")
struct AlertDocumentTests {
  /// The alert with every member nested, every member dotted, and both as Elasticsearch returns them.
  private static func forms() throws -> [String] {
    let mixed = try JSONValue(parsing: Sample.hunted)
    let nested = JSONValue.object(nest(mixed.objectValue ?? [:]))
    var dotted: [String: JSONValue] = [:]
    flatten(nested, "", into: &dotted, keepingArrays: true)
    let fields = dotted.mapValues { value in
      if case .array = value { value } else { JSONValue.array([value]) }
    }
    return [
      mixed.text, nested.text, JSONValue.object(dotted).text,
      JSONValue.object(["_index": "alerts", "_id": "x", "_source": nested]).text,
      JSONValue.object(["_index": "alerts", "_id": "x", "fields": .object(fields)]).text,
    ]
  }

  private static func nest(_ members: [String: JSONValue]) -> [String: JSONValue] {
    var result: [String: JSONValue] = [:]
    func set(_ target: inout [String: JSONValue], _ path: ArraySlice<Substring>, _ value: JSONValue) {
      guard let first = path.first else { return }
      if path.count == 1 { return target[String(first)] = value }
      var inner = target[String(first)]?.objectValue ?? [:]
      set(&inner, path.dropFirst(), value)
      target[String(first)] = .object(inner)
    }
    for (key, value) in members { set(&result, key.split(separator: ".")[...], value) }
    return result
  }

  private static func flatten(
    _ value: JSONValue, _ path: String, into result: inout [String: JSONValue], keepingArrays: Bool
  ) {
    guard case .object(let members) = value else { return result[path] = value }
    for (key, member) in members {
      flatten(member, path.isEmpty ? key : path + "." + key, into: &result, keepingArrays: keepingArrays)
    }
  }

  @Test("An alert says the same whether its fields are nested, dotted, or in an envelope of Elasticsearch")
  func forms() throws {
    for text in try Self.forms() {
      let alert = try Sample.document(text)
      #expect(alert.id == "0123456789abcdef")
      #expect(alert.ruleName == "Trust changed")
      #expect(alert.severity == .high)
      #expect(alert.values("user.name") == ["alice"])
      #expect(alert.values("tags") == ["a", "b"])
      #expect(alert.newTerms == ["alice", "ops"])
      #expect(alert.time == Timestamp(iso8601: "2026-01-01T10:15:20.000Z"))
      #expect(alert.threats.first?.techniques.map(\.id) == ["T1078", "T1078.004"])
      #expect(AlertEvidence(alert)?.terms.map(\.lastSeen) == ["2025-12-30T08:00:00.000Z", nil])
      #expect(AlertEvidence(alert)?.matchedInHistory == 1200)
      #expect(PolicyChange.all(in: alert).first?.title == "Trust policy of role ops in account 111122223333")
      #expect(AlertContext(alert)?.before?.kinds.first?.others == 2)
      #expect(alert.facts.first { $0.label == "Account" }?.values == ["111122223333", "us-east-1"])
    }
  }

  @Test("Where a part of the history was given, nothing is said of the rest")
  func shortHistory() throws {
    func evidence(_ covered: String, complete: Bool) throws -> AlertEvidence? {
      let history: JSONValue = [
        "from": "2025-12-18T10:09:00.000Z", "to": "2026-01-01T10:00:00.000Z", "covered_from": .string(covered),
        "complete": .bool(complete),
      ]
      let evidence: JSONValue = [
        "history": history, "matched": ["window": 1, "history": 2], "terms": [["field": "user.name", "value": "a"]],
        "window": ["from": "2026-01-01T10:00:00.000Z", "to": "2026-01-01T10:09:00.000Z"],
      ]
      return AlertEvidence(try Sample.changed(["martlet": ["evidence": evidence]]))
    }
    let short = try #require(try evidence("2026-01-01T07:00:00.000Z", complete: false))
    #expect(
      short.sentences.last == "3 hours of 14 days were given: of the time before 2026-01-01 07:00:00 nothing is known.")
    #expect(short.termLines.first?.remark == "not seen in the history that was given")
    let whole = try #require(try evidence("2025-12-18T10:09:00.000Z", complete: true))
    #expect(!whole.sentences.contains { $0.contains("were given") })
    #expect(whole.termLines.first?.remark == "never seen before")
  }

  @Test("Who opened a session is told with each step, and where the trail ends")
  func session() throws {
    let chain: JSONValue = [
      [
        "action": "AssumeRole", "time": "2026-01-01T10:00:00.000Z", "event_id": "e2",
        "by": ["arn": "arn:aws:iam::111122223333:user/dana", "name": "dana"],
      ]
    ]
    func lines(_ end: String, _ chain: JSONValue, _ more: [String: JSONValue] = [:]) throws -> [String]? {
      let session: [String: JSONValue] = ["end": .string(end), "chain": chain]
      let alert = try Sample.changed(["martlet.session": .object(session.merging(more) { $1 })])
      return alert.facts.first { $0.label == "Opened by" }?.values
    }
    let step = "AssumeRole at 2026-01-01 10:00:00 by arn:aws:iam::111122223333:user/dana, event e2"
    #expect(
      try lines("identity", chain, ["opened_by": ["name": "dana", "arn": "arn:aws:iam::111122223333:user/dana"]])
        == ["dana (arn:aws:iam::111122223333:user/dana)", step])
    #expect(
      try lines("opening_not_in_input", chain)
        == [step, "the call that opened the session before that is not in the input"])
    #expect(try lines("opening_not_in_input", []) == ["the call that opened this session is not in the input"])
    #expect(
      try lines("ambiguous", [], ["possible_openers": 2]) == ["2 different callers may have opened this session"])
  }

  @Test("What is no alert is refused with its cause")
  func refused() {
    func cause(_ text: String) -> AlertDocumentError? {
      do {
        _ = try Sample.document(text)
        return nil
      } catch {
        return error as? AlertDocumentError
      }
    }
    #expect(cause(#"{"event":{"action":"x"}}"#) == .notAnAlert)
    #expect(cause("[1]") == .notAnAlert)
    #expect(cause("3") == .notAnAlert)
    guard case .notJSON = cause("{\"a\":") else { return #expect(Bool(false), "broken JSON is taken") }
  }

  @Test("Numbers beyond what a Double holds keep all their digits")
  func numbers() throws {
    let alert = try Sample.document(
      #"{"kibana.alert.uuid":"x","a":{"b":123456789012345678901234567890,"c":1e999,"d":1.5}}"#)
    #expect(alert.values("a.b") == ["123456789012345678901234567890"])
    #expect(alert.values("a.c") == ["1e999"])
    #expect(alert.values("a.d") == ["1.5"])
    #expect(String(decoding: alert.json, as: UTF8.self).contains("123456789012345678901234567890"))
  }

  @Test("Every part of what explains an alert may be absent, and may be of the wrong kind")
  func absent() throws {
    let kinds: [JSONValue] = [.null, 1, "text", [1, "a", [:]], ["evidence": 1, "policies": "x", "context": []]]
    for martlet in kinds {
      let alert = try Sample.changed(["martlet": martlet])
      #expect(!AlertSheet(alert, width: 80, usesColour: false).text.isEmpty)
      #expect(MarkdownWriter.document(alert).contains("Trust changed"))
      var page = ReportPage()
      page.add(alert)
      #expect(page.count == 1)
    }
  }

  @Test("The source event is what it was before it became an alert")
  func event() throws {
    let event = EventText.event(of: try Sample.document())
    #expect(event["@timestamp"] == "2026-01-01T10:15:20.000Z")
    #expect(event["event"]?["kind"] == "event")
    #expect(event["martlet"] == nil)
    #expect(event.objectValue?.keys.contains { $0.hasPrefix("kibana") } == false)
    #expect(event["user"]?["name"] == "alice")
  }

  @Test("Evidence is told in words")
  func words() throws {
    let evidence = try #require(AlertEvidence(try Sample.document()))
    #expect(
      evidence.sentences == [
        "The execution of 2026-01-01 10:20:00 searched 2026-01-01 10:11:00 to 2026-01-01 10:20:00 and found 3 events that "
          + "the rule asks for.",
        "The history from 2025-12-18 10:20:00 to 2026-01-01 10:11:00 held 1,200 events that the rule asks for, "
          + "none with these values together.",
      ])
    #expect(
      evidence.termLines.map(\.remark) == ["last seen with other values 2025-12-30 08:00:00", "never seen before"])
  }
}
