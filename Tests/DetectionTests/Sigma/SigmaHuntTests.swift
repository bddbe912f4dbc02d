import CloudTrail
import Events
import Foundation
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

/// Sigma rules as hunts run them.
enum SigmaHunt {
  static let trail = "logsource: { product: aws, service: cloudtrail }"

  static func load(_ text: String, sigma: SigmaSettings = .standard) -> RuleLoadResult {
    RuleLoader.load(text: text, file: "rules.yml", sigma: sigma)
  }

  /// Of each alert the numbers of its events, which their ids say.
  static func alerts(_ rules: [Rule], _ events: [JSONValue]) throws -> [[Int]] {
    let text = JSONValue.object(["Records": .array(events)]).text
    return try TestHunt(rules).alerts(text).map { alert in
      let ancestors = try alert.document["kibana.alert.ancestors"]?.arrayValue ?? []
      return ancestors.compactMap { $0["id"]?.stringValue.flatMap { Int($0.suffix(12)) } }
    }
  }

  static func id(_ number: Int) -> JSONValue {
    let digits = String(number)
    return .string("00000000-0000-0000-0000-" + String(repeating: "0", count: 12 - digits.count) + digits)
  }

  /// An event with what a record has beside.
  static func record(_ members: [String: JSONValue], _ number: Int) -> JSONValue {
    var all = members
    all["eventID"] = id(number)
    all["eventVersion"] = "1.08"
    if all["eventTime"] == nil { all["eventTime"] = .string("2026-01-05T10:\(number < 10 ? "0" : "")\(number):00Z") }
    all["recipientAccountId"] = "111111111111"
    return .object(all)
  }
}

struct SigmaHuntTests {
  private static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../shared/data/sigma-cases.json").standardizedFileURL

  @Test(
    "The cases with answers have those answers",
    .enabled(if: FileManager.default.fileExists(atPath: shared.path), "there is no ../shared/data/sigma-cases.json"))
  func cases() throws {
    let cases = try JSONValue(parsing: Array(try Data(contentsOf: Self.shared))[...])
    for one in cases["cases"]?.arrayValue ?? [] {
      let name = one["name"]?.stringValue ?? ""
      let loaded = SigmaHunt.load(Self.asTrail(one["rule"]?.stringValue ?? ""))
      if one["error"] != nil {
        #expect(loaded.hasErrors, "\(name)")
        continue
      }
      #expect(!loaded.hasErrors, "\(name): \(loaded.diagnostics)")
      let found = try SigmaHunt.alerts(loaded.rules.map(\.rule), Self.records(one)).flatMap(\.self)
      #expect(found.sorted() == Set(found).sorted(), "\(name): one alert for an event")
      #expect(
        Set(found) == Set(one["match"]?.arrayValue?.compactMap { $0.integerValue.map(Int.init) } ?? []), "\(name)")
    }
    for one in cases["correlations"]?.arrayValue ?? [] {
      let loaded = SigmaHunt.load(Self.asTrail(one["rule"]?.stringValue ?? ""))
      #expect(!loaded.hasErrors && loaded.rules.count == 1, "\(loaded.diagnostics)")
      let found = try SigmaHunt.alerts(loaded.rules.map(\.rule), Self.records(one))
      let wanted =
        one["alerts"]?.arrayValue?.map { $0.arrayValue?.compactMap { $0.integerValue.map(Int.init) } ?? [] } ?? []
      #expect(Set(found) == Set(wanted), "\(one["name"]?.stringValue ?? "")")
    }
  }

  private static func records(_ one: JSONValue) -> [JSONValue] {
    (one["events"]?.arrayValue ?? []).enumerated().map { SigmaHunt.record($1.objectValue ?? [:], $0) }
  }

  private static func asTrail(_ rule: String) -> String {
    rule.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("logsource:") ? SigmaHunt.trail : String(line)
    }.joined(separator: "\n")
  }

  // MARK: Correlations

  /// A correlation of one span after another, evaluated event by event.
  private struct PlainCorrelation {
    var kind: String
    var count: Int
    var span: Int

    struct Event {
      var time: Int
      var number: Int
      var user: String?
      var name: String
      var value: JSONValue?
    }

    func alerts(_ events: [Event]) -> [[Int]] {
      var found: [[Int]] = []
      let users = Set(events.compactMap(\.user))
      for user in users {
        var window: [Event] = []
        for event in events.sorted(by: { ($0.time, $0.number) < ($1.time, $1.number) }) where event.user == user {
          window.append(event)
          window.removeAll { $0.time < event.time - span }
          if holds(window) {
            found.append(window.map(\.number).sorted())
            window = []
          }
        }
      }
      return found
    }

    private func holds(_ window: [Event]) -> Bool {
      func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number)?: Double(number)
        case .string(let text)?: Double(text)
        default: nil
        }
      }
      let numbers = window.compactMap { number($0.value) }
      switch kind {
      case "event_count": return window.count >= count
      case "value_count": return Set(window.compactMap { $0.value.map { $0.stringValue ?? $0.text } }).count >= count
      case "temporal": return Set(window.map(\.name)).count >= 2
      case "temporal_ordered":
        return window.contains { x in
          x.name == "X" && window.contains { y in y.name == "Y" && y.time >= x.time }
        }
      case "value_sum": return !numbers.isEmpty && numbers.reduce(0, +) >= Double(count)
      case "value_avg": return !numbers.isEmpty && numbers.reduce(0, +) / Double(numbers.count) >= Double(count)
      default: return false
      }
    }
  }

  @Test(
    "Random events give the alerts that counting them one by one gives",
    arguments: ["event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg"])
  func random(kind: String) throws {
    for seed in 0..<6 {
      var random = SeededRandom(seed: UInt64(seed))
      let plain = PlainCorrelation(
        kind: kind, count: Int.random(in: 2...4, using: &random), span: [60, 300, 900].randomElement(using: &random)!)
      let events = (0..<80).map { number in
        PlainCorrelation.Event(
          time: Int.random(in: 0..<3600, using: &random), number: number,
          user: ["a", "b", nil].randomElement(using: &random)!, name: ["X", "Y"].randomElement(using: &random)!,
          value: [.integer(1), .integer(2), .string("3"), .string("x"), nil].randomElement(using: &random)!)
      }
      let isTemporal = kind.hasPrefix("temporal")
      let field = kind.hasPrefix("value") ? "field: val, " : ""
      let condition = isTemporal ? "" : "  condition: { \(field)gte: \(plain.count) }\n"
      func rule(_ name: String) -> String {
        "title: \(name)\nname: \(name)\n\(SigmaHunt.trail)\ndetection:\n  s: { eventName: \(name) }\n  condition: s\n---\n"
      }
      let text =
        rule("X") + rule("Y")
        + "title: c\ncorrelation:\n  type: \(kind)\n  rules: [ X, Y ]\n  group-by: [ user ]\n  timespan: \(plain.span)s\n"
        + condition
      let loaded = SigmaHunt.load(text)
      #expect(!loaded.hasErrors && loaded.rules.count == 1, "\(loaded.diagnostics)")
      let records = events.map { event in
        var members: [String: JSONValue] = [
          "eventName": .string(event.name),
          "eventTime": .string(Timestamp(milliseconds: 1_767_600_000_000 + Int64(event.time) * 1000).iso8601),
        ]
        if let user = event.user { members["user"] = .string(user) }
        if let value = event.value { members["val"] = value }
        return SigmaHunt.record(members, event.number)
      }
      let found = try SigmaHunt.alerts(loaded.rules.map(\.rule), records).map { $0.sorted() }
      #expect(
        found.sorted { $0.lexicographicallyPrecedes($1) }
          == plain.alerts(events).sorted { $0.lexicographicallyPrecedes($1) },
        "\(kind), seed \(seed), \(plain)")
    }
  }

  private static let chain = """
    title: denied
    name: denied
    logsource: { product: aws, service: cloudtrail }
    detection:
      s: { errorCode: AccessDenied }
      condition: s
    ---
    title: burst
    name: burst
    correlation:
      type: event_count
      rules: denied
      group-by: [ userIdentity.arn ]
      timespan: 5m
      condition: { gte: 2 }
    ---
    title: key
    name: key
    logsource: { product: aws, service: cloudtrail }
    detection:
      s: { eventName: CreateAccessKey }
      condition: s
    ---
    title: A burst, then a key
    level: high
    tags: [ attack.persistence, attack.t1098.001 ]
    correlation:
      type: temporal_ordered
      rules: [ burst, key ]
      group-by: [ userIdentity.arn ]
      timespan: 10m
    """

  @Test("A correlation is an event of another, at the time of its last event")
  func nested() throws {
    func record(_ number: Int, _ minute: Int, _ members: [String: JSONValue]) -> JSONValue {
      var all = members
      all["userIdentity"] = ["arn": "arn:aws:iam::1:user/eve", "type": "IAMUser"]
      all["eventTime"] = .string("2026-01-05T10:\(minute < 10 ? "0" : "")\(minute):00Z")
      return SigmaHunt.record(all, number)
    }
    let loaded = SigmaHunt.load(Self.chain)
    #expect(loaded.rules.map(\.rule.name) == ["A burst, then a key"])
    #expect(loaded.rules[0].rule.threats.first?.techniques.first?.subtechniques.first?.id == "T1098.001")
    let denied: [String: JSONValue] = ["eventName": "ListUsers", "errorCode": "AccessDenied"]
    let events = [
      // A key before the burst is complete does not count.
      record(0, 0, denied), record(1, 1, ["eventName": "CreateAccessKey"]), record(2, 2, denied),
      record(3, 8, ["eventName": "CreateAccessKey"]), record(4, 30, ["eventName": "CreateAccessKey"]),
    ]
    // All events of the span are told.
    #expect(try SigmaHunt.alerts(loaded.rules.map(\.rule), events) == [[0, 1, 2, 3]])
  }

  @Test("A condition that may cease to hold is asked of the span before each execution")
  func few() throws {
    let text = """
      title: beat
      name: beat
      \(SigmaHunt.trail)
      detection:
        s: { eventName: Beat }
        condition: s
      ---
      title: few beats
      correlation:
        type: event_count
        rules: beat
        timespan: 5m
        condition: { lt: 3 }
      """
    let loaded = SigmaHunt.load(text)
    let events = [0, 1, 2, 3, 11].enumerated().map { number, minute in
      SigmaHunt.record(
        ["eventName": "Beat", "eventTime": .string("2026-01-05T10:\(minute < 10 ? "0" : "")\(minute):30Z")], number)
    }
    #expect(try SigmaHunt.alerts(loaded.rules.map(\.rule), events) == [[4]])
  }

  @Test("Rules that only feed a correlation do not alert, unless it says so")
  func generate() throws {
    func names(_ line: String) -> [String] {
      SigmaHunt.load(Self.chain + line).rules.map(\.rule.name)
    }
    #expect(names("\n").count == 1)
    #expect(Set(names("\n  generate: true\n")) == ["A burst, then a key", "burst", "key"])
  }

  // MARK: Conversion

  private static let convertible = [
    "s: { eventName: CreateUser, eventSource: iam.amazonaws.com }\n  condition: s",
    "s: { eventName: [ CreateUser, 'Delete*' ] }\n  condition: s",
    "s: { eventName|startswith: del }\n  f: { errorCode: null }\n  condition: s and not f",
    "s: { errorCode|contains: '*' }\n  condition: s",
    "s: { sourceIPAddress|cidr: [ 10.0.0.0/8, '2001:db8::/32' ] }\n  condition: s",
    "s: { eventName|endswith: USER }\n  condition: not s",
    "s: { requestParameters.userName|cased: bob }\n  condition: not s",
    "s: { requestParameters.userName|cased|startswith: b }\n  t: { requestParameters.count: [ 4, 4 ] }\n  condition: s and t",
    "s: { requestParameters.count: 5 }\n  t: { eventName|cased: CreateUser }\n  condition: s or t",
    "s: { eventName|re: '^(Create|Delete)[A-Z]' }\n  condition: s",
    "s: { eventName|re|i: 'user\\d?$' }\n  condition: s",
    "s: { requestParameters.userName|cased: 'b\\*b' }\n  condition: s", "s: { eventName: 'b\\*b' }\n  condition: not s",
    "s: { readOnly: true }\n  t: { userIdentity.type|contains|all: [ i, m ] }\n  condition: 1 of them",
    "s: { eventName|neq: CreateUser }\n  condition: s",
  ]

  @Test("A rule that was converted alerts on the same events")
  func conversion() throws {
    var random = SeededRandom(seed: 7)
    func one<Element>(_ choices: [Element]) -> Element { choices.randomElement(using: &random)! }
    let events = (0..<59).map { number -> JSONValue in
      var members: [String: JSONValue] = [
        "eventName": .string(one(["CreateUser", "createuser", "DeleteUser", "DeleteRole", "GetUser1"])),
        "eventSource": .string(one(["iam.amazonaws.com", "IAM.amazonaws.com", "s3.amazonaws.com"])),
        "sourceIPAddress": .string(one(["10.1.1.1", "11.0.0.1", "2001:db8::1", "AWS Internal"])),
        "readOnly": .bool(one([true, false])), "userIdentity": ["type": .string(one(["IAMUser", "Root"]))],
      ]
      if one([true, false]) { members["errorCode"] = .string(one(["AccessDenied", "x"])) }
      if one([true, false]) {
        members["requestParameters"] = [
          "userName": .string(one(["bob", "BOB", "b*b", "eve"])), "count": .integer(one([4, 5])),
        ]
      }
      return SigmaHunt.record(members, number)
    }
    var languages: Set<QueryLanguage> = []
    for detection in Self.convertible {
      let loaded = SigmaHunt.load("title: t\n\(SigmaHunt.trail)\ndetection:\n  \(detection)\n")
      let rule = try #require(loaded.rules.first?.rule, "\(detection): \(loaded.diagnostics)")
      let converted = try SigmaConversion.elastic(rule).rule
      languages.insert(try #require(converted.language))
      let written = try #require(
        RuleLoader.load(text: try RuleWriter.toml(converted), file: "r.toml").rules.first?.rule)
      let direct = try SigmaHunt.alerts([rule], events)
      #expect(Set(try SigmaHunt.alerts([written], events)) == Set(direct), "\(detection): \(converted.query ?? "")")
    }
    #expect(languages == [.kuery, .eql])
  }

  @Test("A converted rule over fields of several integrations alerts on the events of each")
  func severalIntegrations() throws {
    let rule = try #require(
      SigmaHunt.load(
        """
        title: t
        logsource: { product: windows, category: registry_set }
        detection:
          s: { TargetObject|contains: run, Details|re: '^c:.*x' }
          f: { Details|endswith: ok }
          condition: s and not f
        """
      ).rules.first?.rule)
    let converted = try SigmaConversion.elastic(rule).rule
    let query = try #require(converted.query)
    #expect(query.hasPrefix("registry where "))
    #expect(query.contains("?winlog.event_data.Details regex") && query.contains("or ?registry.data.strings regex"))
    let lines = ["c:x", "c:x ok", "C:x", "d"].enumerated().flatMap { number, value in
      ["winlog.event_data.Details", "registry.data.strings"].enumerated().map { kind, field in
        let id = SigmaHunt.id(number * 2 + kind).text
        return
          #"{"@timestamp":"2026-01-05T10:00:00Z","event.id":\#(id),"event.category":"registry","event.type":"change","#
          + #""host.os.type":"windows","registry.path":"HKLM\\Run","\#(field)":"\#(value)","#
          + #""data_stream.type":"logs","data_stream.dataset":"windows.sysmon","data_stream.namespace":"default"}"#
      }
    }
    func found(_ rule: Rule) throws -> Set<String> {
      let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
      return Set(
        try alerts.compactMap { try $0.document["kibana.alert.ancestors"]?.arrayValue?.first?["id"]?.stringValue })
    }
    #expect(try Set(found(rule).map { $0.suffix(1) }) == ["0", "1"])
    #expect(try found(converted) == found(rule))
  }

  @Test("What cannot be converted exactly is refused by its name")
  func refused() throws {
    for (detection, word) in [
      ("s: [ keyword ]\n  condition: s", "keyword"),
      ("s: { eventName|fieldref: errorCode }\n  condition: s", "compares"),
      ("s: { eventTime|hour: 3 }\n  condition: s", "eventTime"),
      ("s: { userIdentity.userName: bob }\n  condition: s", "userIdentity.userName"),
      ("s: { eventName|re: '\\bx' }\n  condition: s", "Lucene"),
      ("s: { requestParameters.x-amz-acl|contains: public }\n  condition: s", "`requestParameters.x-amz-acl`"),
      ("s: { eventName|re: A, requestParameters.n: 5 }\n  condition: s", "cannot what is asked of `eventName`"),
    ] {
      let loaded = SigmaHunt.load("title: t\n\(SigmaHunt.trail)\ndetection:\n  \(detection)\n")
      let rule = try #require(loaded.rules.first?.rule, "\(detection): \(loaded.diagnostics)")
      do throws(SigmaConversion.Refusal) {
        let converted = try SigmaConversion.elastic(rule).rule
        Issue.record("\(detection) is converted to \(converted.query ?? "")")
      } catch {
        #expect(error.reason.contains(word), "\(error.reason)")
      }
    }
  }

  // MARK: Names of fields

  @Test(
    "What two names of one field ask of it must both hold",
    arguments: [
      "s: { operationName|contains: write, properties.message|contains: role }\n  condition: s",
      "s: { operationName|contains: [ write, WRITE ], OperationName|contains: role, Operation|contains: e }\n  condition: s",
      "s:\n    - { operationName|contains: write, azure.activitylogs.operation_name|contains: role }\n  condition: s",
      "s: { operationName|contains: write }\n  t: { Operation: '*x', properties.message: null }\n"
        + "  u: { operationName: '*e', Operation: 'w*', OperationName: '* *' }\n  condition: s and u and not t",
    ])
  func twoNames(detection: String) throws {
    let loaded = SigmaHunt.load(
      "title: t\nlogsource: { product: azure, service: activitylogs }\ndetection:\n  \(detection)\n")
    let rule = try #require(loaded.rules.first?.rule, "\(loaded.diagnostics)")
    let lines = ["write role", "write policy", "read role"].enumerated().map { number, name in
      #"{"@timestamp":"2026-01-05T10:00:00Z","event.id":\#(SigmaHunt.id(number).text),"event.dataset":"azure.activitylogs","#
        + #""azure.activitylogs.operation_name":"\#(name)","data_stream.type":"logs","#
        + #""data_stream.dataset":"azure.activitylogs","data_stream.namespace":"default"}"#
    }
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    let ids = try alerts.compactMap { try $0.document["kibana.alert.ancestors"]?.arrayValue?.first?["id"]?.stringValue }
    #expect(ids.map { $0.suffix(1) } == ["0"])
  }

  // MARK: Records and events in ECS

  @Test("An event in ECS is looked up in the record that it kept, else by the schema's names")
  func ecs() throws {
    let rule = try #require(
      SigmaHunt.load(
        "title: t\n\(SigmaHunt.trail)\ndetection:\n  s:\n    userIdentity.userName: bob\n    requestParameters.x: 'A'\n  condition: s\n"
      ).rules.first?.rule)
    func event(_ id: Int, _ members: [String: JSONValue]) -> String {
      var all = members
      all["@timestamp"] = "2026-01-05T10:00:00Z"
      all["event.id"] = SigmaHunt.id(id)
      all["event.dataset"] = "aws.cloudtrail"
      all["data_stream.dataset"] = "aws.cloudtrail"
      return JSONValue.object(all).text
    }
    let lines = [
      event(1, ["user.name": "Bob", "aws": ["cloudtrail": ["flattened": ["request_parameters": ["x": "a"]]]]]),
      event(2, ["user.name": "eve", "aws.cloudtrail.flattened.request_parameters.x": "a"]),
      event(
        3,
        ["user.name": "eve", "event.original": #"{"userIdentity":{"userName":"BOB"},"requestParameters":{"x":"a"}}"#]),
      event(
        4,
        ["user.name": "bob", "event.original": #"{"userIdentity":{"userName":"eve"},"requestParameters":{"x":"a"}}"#]),
    ]
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    let ids = try alerts.compactMap { try $0.document["kibana.alert.ancestors"]?.arrayValue?.first?["id"]?.stringValue }
    #expect(Set(ids.map { $0.suffix(1) }) == ["1", "3"])
  }

  @Test("A keyword is looked for in what an event says, not in its id and index")
  func keywords() throws {
    let rule = try #require(
      SigmaHunt.load("title: t\n\(SigmaHunt.trail)\ndetection:\n  s:\n    - filebeat\n  condition: s\n").rules.first?
        .rule)
    func event(_ name: String) -> String {
      #"{"_id":"filebeat","_index":"filebeat-1","@timestamp":"2026-01-05T10:00:00Z","event":{"dataset":"aws.cloudtrail"},"user":{"name":"\#(name)"}}"#
    }
    #expect(try TestHunt([rule]).alerts(event("filebeat")).count == 1)
    #expect(try TestHunt([rule]).alerts(event("nobody")).isEmpty)
  }
}
