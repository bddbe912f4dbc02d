import CloudTrail
import Events
import JSON
import Rules
import TestSupport
import Testing

@testable import Detection

@Suite("Sessions are joined to who opened them")
struct SessionTests {
  /// A call, as CloudTrail tells of it.
  private struct Call {
    var minute: Int
    var action: String
    var type = "IAMUser"
    var arn: String?
    var key: String?
    var name: String?
    /// The minute that the session was opened at.
    var created: Int?
    var response: JSONValue?
    var additional: JSONValue?
    var error: String?

    var id: String { "call-\(minute)-\(action)" }

    private static func time(_ minute: Int) -> String { TestEvent.iso(1_767_225_600_000 + Int64(minute) * 60_000) }

    var json: String {
      var identity: [String: JSONValue] = ["type": .string(type)]
      if let arn { identity["arn"] = .string(arn) }
      if let key { identity["accessKeyId"] = .string(key) }
      if let name { identity["userName"] = .string(name) }
      if let created {
        identity["sessionContext"] = ["attributes": ["creationDate": .string(Self.time(created))]]
      }
      var members: [String: JSONValue] = [
        "eventID": .string(id), "eventTime": .string(Self.time(minute)), "eventName": .string(action),
        "userIdentity": .object(identity),
      ]
      if let response { members["responseElements"] = response }
      if let additional { members["additionalEventData"] = additional }
      if let error { members["errorCode"] = .string(error) }
      return JSONValue.object(members).text
    }

    /// The same as a document in ECS.
    var document: String {
      var identity: [String: JSONValue] = ["type": .string(type)]
      if let arn { identity["arn"] = .string(arn) }
      if let key { identity["access_key_id"] = .string(key) }
      if let created { identity["session_context"] = ["creation_date": .string(Self.time(created))] }
      var flattened: [String: JSONValue] = [:]
      if let response { flattened["response_elements"] = response }
      if let additional { flattened["additional_eventdata"] = additional }
      var source: [String: JSONValue] = [
        "@timestamp": .string(Self.time(minute)),
        "event": ["id": .string(id), "action": .string(action), "outcome": error == nil ? "success" : "failure"],
        "aws": ["cloudtrail": ["user_identity": .object(identity), "flattened": .object(flattened)]],
      ]
      if let name { source["user"] = ["name": .string(name)] }
      return JSONValue.object(["_index": .string(TestEvent.stream), "_id": .string(id), "_source": .object(source)])
        .text
    }

    static func opening(
      _ minute: Int, _ action: String = "AssumeRole", by arn: String, key: String?, gives issued: String,
      session: String?, type: String = "IAMUser", name: String? = nil, created: Int? = nil
    ) -> Call {
      var response: [String: JSONValue] = ["credentials": ["accessKeyId": .string(issued)]]
      if let session { response["assumedRoleUser"] = ["arn": .string(session)] }
      return Call(
        minute: minute, action: action, type: type, arn: arn, key: key, name: name, created: created,
        response: .object(response))
    }
  }

  private static let dana = "arn:aws:iam::111122223333:user/dana"
  private static func role(_ role: String, _ session: String) -> String {
    "arn:aws:sts::111122223333:assumed-role/\(role)/\(session)"
  }

  /// What `martlet.session` is of the one alert, on the call named Alert; the same for records and for documents.
  private func session(_ calls: [Call]) throws -> JSONValue? {
    let asRecords = try session(calls.map(\.json))
    #expect(try session(calls.map(\.document)) == asRecords)
    // The order of the input decides nothing.
    #expect(try session(calls.reversed().map(\.json)) == asRecords)
    return asRecords
  }

  private func session(_ texts: [String]) throws -> JSONValue? {
    let hunt = TestHunt([Rule.query("event.action: Alert")])
    let parts = [texts.indices.filter { $0 % 2 == 0 }, texts.indices.filter { $0 % 2 == 1 }].map { part in
      [part.map { texts[$0] }.joined(separator: "\n")]
    }
    var result = try hunt.run(parts)
    // Records that are read at once give the same as those that are held until they are asked for.
    var eager = hunt
    eager.holdsSessions = false
    let read = try #require(try TestHunt.alerts(eager.run(parts)).first).document["martlet"]?["session"]
    // A hunt that looks for no context knows it as well.
    let session = try #require(try TestHunt.alerts(result).first).document["martlet"]?["session"]
    #expect(session == read)
    let plan = try result.contextPlan()
    try result.add(plan, try parts.map { try TestHunt.consume($0, ContextCollector(plan, context: hunt.plan.context)) })
    #expect(try #require(try TestHunt.alerts(result).first).document["martlet"]?["session"] == session)
    return session
  }

  @Test("A chain of roles is followed by its keys to the user who began it")
  func chain() throws {
    let session = try #require(
      try session([
        .opening(
          1, "GetSessionToken", by: Self.dana, key: "AKIADANA", gives: "ASIA1", session: nil, name: "dana"),
        .opening(
          2, by: Self.dana, key: "ASIA1", gives: "ASIA2", session: Self.role("ops", "one"), name: "dana", created: 1),
        .opening(
          3, by: Self.role("ops", "one"), key: "ASIA2", gives: "ASIA3", session: Self.role("admin", "two"),
          type: "AssumedRole", created: 2),
        Call(
          minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("admin", "two"), key: "ASIA3", created: 3),
      ]))
    #expect(session["end"]?.stringValue == "identity")
    #expect(session["opened_by"]?["arn"]?.stringValue == Self.dana)
    #expect(session["opened_by"]?["name"]?.stringValue == "dana")
    let chain = session["chain"]?.arrayValue ?? []
    #expect(
      chain.map { $0["event_id"]?.stringValue } == ["call-3-AssumeRole", "call-2-AssumeRole", "call-1-GetSessionToken"])
    #expect(chain.allSatisfy { $0["joined_by"]?.stringValue == "access_key" })
  }

  @Test("A session of the console is joined by its name and the time it was opened at")
  func switchedRole() throws {
    let session = try #require(
      try session([
        Call(
          minute: 5, action: "SwitchRole", type: "AssumedRole", arn: Self.role("ops", "dana"),
          response: ["SwitchRole": "Success"], additional: ["SwitchFrom": .string(Self.dana)]),
        Call(
          minute: 50, action: "SwitchRole", type: "AssumedRole", arn: Self.role("ops", "dana"),
          response: ["SwitchRole": "Success"], additional: ["SwitchFrom": "arn:aws:iam::999988887777:user/dana"]),
        Call(minute: 60, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "dana"), key: "ASIA9", created: 5),
      ]))
    #expect(session["opened_by"]?["arn"]?.stringValue == Self.dana)
    #expect(session["opened_by"]?["type"]?.stringValue == "IAMUser")
    #expect(session["chain"]?.arrayValue?.first?["joined_by"]?.stringValue == "session")
  }

  @Test("Where two may have opened it nobody is named, and where the opening is not in the input that is said")
  func honest() throws {
    let other = "arn:aws:iam::111122223333:user/erin"
    let alert = Call(minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "x"))
    func opening(_ minute: Int, by arn: String) -> Call {
      .opening(minute, by: arn, key: nil, gives: "ASIA\(minute)", session: Self.role("ops", "x"))
    }
    let several = try #require(try session([opening(1, by: Self.dana), opening(2, by: other), alert]))
    #expect(several["end"]?.stringValue == "ambiguous")
    #expect(several["possible_openers"]?.integerValue == 2)
    #expect(several["opened_by"] == nil)
    let one = try #require(try session([opening(1, by: Self.dana), opening(2, by: Self.dana), alert]))
    #expect(one["opened_by"]?["arn"]?.stringValue == Self.dana)
    for calls in [[alert], [opening(10, by: Self.dana), alert]] {
      let missing = try #require(try session(calls))
      #expect(missing["end"]?.stringValue == "opening_not_in_input")
      #expect(missing["opened_by"] == nil)
    }
    // A refused call opens nothing.
    var refused = opening(1, by: Self.dana)
    refused.error = "AccessDenied"
    refused.response = ["credentials": ["accessKeyId": "ASIA1"]]
    #expect(try session([refused, alert])?["end"]?.stringValue == "opening_not_in_input")
  }

  @Test("A session of a federated user is joined to who asked for its token")
  func federated() throws {
    let arn = "arn:aws:sts::111122223333:federated-user/contractor"
    let token = Call(
      minute: 1, action: "GetFederationToken", arn: Self.dana, key: "AKIADANA", name: "dana",
      response: ["credentials": ["accessKeyId": "ASIA7"], "federatedUser": ["arn": .string(arn)]])
    for key in ["ASIA7", nil] {
      let call = Call(minute: 9, action: "Alert", type: "FederatedUser", arn: arn, key: key, created: 1)
      #expect(try session([token, call])?["opened_by"]?["name"] == "dana")
    }
  }

  @Test(
    "Held records give the sessions that reading each of them gives, however they are written",
    arguments: [UInt64.random(in: 0...UInt64.max), 1, 2])
  func held(seed: UInt64) throws {
    print("sessions, seed \(seed)")
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      let count = Int.random(in: 1...30, using: &random)
      var texts = (0..<count).map { at -> String in
        let key = Int.random(in: 0..<8, using: &random)
        let opened = Self.role("r", "s\(Int.random(in: 0..<4, using: &random))")
        let isRole = Bool.random(using: &random)
        var call = Call.opening(
          Int.random(in: 0..<90, using: &random), by: isRole ? Self.role("r", "s\(key % 4)") : Self.dana,
          key: isRole ? "ASIA\(key)" : "AKIADANA", gives: "ASIA\(Int.random(in: 0..<8, using: &random))",
          session: Bool.random(using: &random) ? opened : nil, type: isRole ? "AssumedRole" : "IAMUser",
          name: isRole ? nil : "dana", created: isRole ? Int.random(in: 0..<90, using: &random) : nil)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: call.action = "SwitchRole"
        case 1: call.error = "AccessDenied"
        case 2: call.response = ["credentials": ["accessKeyId": ["ASIA1", "ASIA2"]], "arn": 7]
        case 3: call.response = ["credentials.accessKeyId": "ASIA3", "assumedRoleUser.arn": .string(opened)]
        case 4: call.response = ["note": "accessKeyId", "federatedUser": ["x": "arn", "arn": .string(opened)]]
        default: break
        }
        let id = "00000000-0000-0000-0000-0000000000\(10 + at)"
        var text = call.json.replacing(call.id, with: id)
        if Int.random(in: 0..<4, using: &random) == 0 { text = text.replacing("ASIA", with: "\\u0041SIA") }
        if Int.random(in: 0..<4, using: &random) == 0 { text = text.replacing("\":", with: "\" : ") }
        return text
      }
      let key = "ASIA\(Int.random(in: 0..<8, using: &random))"
      for minute in [50, 95] {
        texts.append(
          Call(
            minute: minute, action: "Alert", type: "AssumedRole", arn: Self.role("r", "s1"), key: key, created: 20
          ).json)
      }
      func sessions(holding: Bool) throws -> [JSONValue?] {
        var hunt = TestHunt([Rule.query("event.action: Alert")])
        hunt.holdsSessions = holding
        let half = texts.count / 2
        let parts = [[texts[..<half].joined(separator: "\n")], [texts[half...].joined(separator: "\n")]]
        return try TestHunt.alerts(hunt.run(parts)).map { try $0.document["martlet"]?["session"] }
      }
      let held = try sessions(holding: true)
      let read = try sessions(holding: false)
      try #require(held.count == 2 && held == read, "seed \(seed)")
    }
  }

  @Test("A document whose action is escaped opens its session all the same")
  func escapedAction() throws {
    let opening = Call.opening(
      1, by: Self.dana, key: "AKIADANA", gives: "ASIA2", session: Self.role("ops", "x"), name: "dana"
    ).document.replacing("AssumeRole", with: "\\u0041ssume\\u0052ole")
    #expect(!opening.contains("AssumeRole"))
    let call = Call(minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "x"), key: "ASIA2").document
    #expect(try session([opening, call])?["opened_by"]?["name"] == "dana")
  }

  @Test("Of openings that find no memory it is told how many there are, and alerts are not fewer for it")
  func memory() throws {
    let calls = (0..<3000).map { at in
      Call.opening(
        at, by: Self.dana, key: "AKIADANA", gives: "ASIA\(at)", session: Self.role("ops", "s\(at)"), name: "dana")
    }
    let alert = Call(minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "s1"), key: "ASIA1")
    var hunt = TestHunt([Rule.query("event.action: Alert")])
    hunt.plan = HuntPlan(
      [Rule.query("event.action: Alert")], context: hunt.plan.context, memory: MemoryBudget(bytes: 1 << 20)
    ) {
      try RuleQuery.predicate($0)
    }
    let result = try hunt.run([[(calls + [alert]).map(\.json).joined(separator: "\n")]])
    #expect(result.alertCount == 1)
    #expect(result.openingsLeft > 0 && result.openingsLeft < 3000)
  }

  @Test("A call with a key of long life is in no session")
  func noSession() throws {
    #expect(try session([Call(minute: 9, action: "Alert", arn: Self.dana, key: "AKIADANA", name: "dana")]) == nil)
    // A session of the console is the user's own.
    #expect(try session([Call(minute: 9, action: "Alert", arn: Self.dana, key: "ASIA1", name: "dana")]) == nil)
    let role = try session([
      .opening(8, by: Self.dana, key: "ASIA1", gives: "ASIA2", session: Self.role("ops", "x"), name: "dana"),
      Call(minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "x"), key: "ASIA2"),
    ])
    #expect(role?["opened_by"]?["name"]?.stringValue == "dana")
  }

  @Test("An alert on a call that opened a session opens none itself")
  func alertsOpenNothing() throws {
    let opening = Call.opening(
      1, by: Self.dana, key: "AKIADANA", gives: "ASIA2", session: Self.role("ops", "x"), name: "dana")
    let call = Call(minute: 9, action: "Alert", type: "AssumedRole", arn: Self.role("ops", "x"), key: "ASIA2").document
    #expect(try session([opening.document, call])?["opened_by"]?["name"] == "dana")
    // The same document as an alert of a hunt, whose fields it has all.
    guard case .object(var hit) = try JSONValue(parsing: opening.document), case .object(var source)? = hit["_source"]
    else { return #expect(Bool(false)) }
    source["kibana.alert.uuid"] = "an-alert"
    source["kibana.alert.rule.name"] = "A role was assumed"
    hit["_source"] = .object(source)
    for index: JSONValue? in [".alerts-security.alerts-default", .string(TestEvent.stream), nil] {
      hit["_index"] = index
      let session = try #require(try session([JSONValue.object(hit).text, call]))
      #expect(session["end"] == "opening_not_in_input" && session["opened_by"] == nil, "\(session.text)")
    }
  }

  @Test("Sessions that open each other do not go round for ever")
  func loop() throws {
    let calls = (0..<40).map { at in
      Call.opening(
        at, by: Self.role("r", "\(at % 20)"), key: "ASIA\(at % 20)", gives: "ASIA\((at + 1) % 20)",
        session: Self.role("r", "\((at + 1) % 20)"), type: "AssumedRole")
    }
    let alert = Call(minute: 50, action: "Alert", type: "AssumedRole", arn: Self.role("r", "3"), key: "ASIA3")
    let session = try #require(try session(calls + [alert]))
    #expect(session["end"]?.stringValue == "cut")
    #expect(session["chain"]?.arrayValue?.count == 16)
  }
}
