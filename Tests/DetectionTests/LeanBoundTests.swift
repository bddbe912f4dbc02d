import CloudTrail
import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

struct LeanBoundTests {
  @Test(
    "A record that lean fields, principal or text rule out is one that the whole query does not match",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func neverLosesAnAlert(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<60 {
      let records = (0..<30).map { _ in Self.record(&random) }
      // A few rules alone leave stages out that the others would bring in.
      let count = Int.random(in: 1...12, using: &random)
      let predicates = (0..<count).map { _ in Self.predicate(3, &random) }
      let byID = Dictionary(uniqueKeysWithValues: predicates.enumerated().map { ("rule-\($0)", $1) })
      func plan(_ rules: [Rule]) -> HuntPlan {
        HuntPlan(rules, context: EventContext(readAt: TestHunt.readAt)) {
          byID[$0.ruleID] ?? .nothing
        }
      }
      let rules = byID.keys.sorted().map { Rule.query("*", id: $0) }
      var hunt = TestHunt([])
      hunt.plan = plan(rules)
      let text = records.map(\.text).joined(separator: "\n")
      var found: [String: Set<String>] = [:]
      for alert in try TestHunt.alerts(hunt.run([[text]])) {
        found[alert.ruleID, default: []].insert(try alert.document["event"]?["id"]?.stringValue ?? "?")
      }
      let expected = try Self.fully(byID, text)
      // What columns of records say of their ids is what their texts say.
      #expect(try Self.fully(byID.mapValues { $0.onRecords ?? $0 }, text) == expected, "seed \(seed), round \(round)")
      for rule in rules {
        try #require(
          found[rule.ruleID, default: []] == expected[rule.ruleID, default: []],
          "seed \(seed), round \(round): \(String(describing: byID[rule.ruleID]))\n\(text)")
      }
    }
  }

  @Test("A value that the JSON writes with escapes is found, though its letters do not stand in the text")
  func escapedValues() throws {
    let text = #"""
      {"eventID":"1","eventTime":"2026-01-01T00:00:00Z","requestParameters":{"roleName":"ops\/admin"}}
      {"eventID":"2","eventTime":"2026-01-01T00:00:00Z","requestParameters":{"roleName":"\u006fps/admin"}}
      {"eventID":"3","eventTime":"2026-01-01T00:00:00Z","requestParameters":{"roleName":"other"}}
      """#
    let field = "aws.cloudtrail.flattened.request_parameters.roleName"
    let query = #"\#(field): "ops/admin" and aws.cloudtrail.request_parameters: *ops/admin*"#
    let hunt = TestHunt([Rule.query(query, id: "escapes")])
    #expect(try TestHunt.alerts(hunt.run([[text]])).count == 2)
  }

  /// Every predicate on every event, all fields mapped.
  private static func fully(_ predicates: [String: Query.Predicate], _ text: String) throws -> [String: Set<String>] {
    var queries = QuerySet(now: TestHunt.readAt)
    let bound = predicates.mapValues { queries.add($0) }
    let identity = queries.addField("event.id")
    let mapper = EventMapper(
      queries.plan, context: EventContext(readAt: TestHunt.readAt),
      flattenedRoots: FieldCatalog.standard.flattenedRoots)
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    return bytes.withUnsafeBufferPointer { buffer in
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]), of: TextRegion(file: "test"))
      scanner.finishBatch()
      let events = mapper.batch(of: scanner.batch, rows: Array(scanner.batch.rows.indices))
      let evaluator = QueryEvaluator(queries)
      evaluator.begin(events)
      return bound.mapValues { query in
        var ids: Set<String> = []
        evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
          for code in events.columns[identity].codes(row: row) {
            ids.insert(events.columns[identity].dictionary.text(code))
          }
        }
        return ids
      }
    }
  }

  private static func record(_ random: inout SeededRandom) -> JSONValue {
    func pick(_ values: [JSONValue]) -> JSONValue { values.randomElement(using: &random) ?? .null }
    var members: [String: JSONValue] = [
      "eventID": .string(TestEvent.uuid(&random)), "eventTime": "2026-01-01T00:00:00Z",
      "eventName": pick(["A", "ConsoleLogin", "b", "", 7, "UserAuthentication", "SwitchRole", "-", "none"]),
    ]
    if Bool.random(using: &random) { members["eventSource"] = pick(["iam.amazonaws.com", "s3", .null, "ïam"]) }
    if Bool.random(using: &random) { members["errorCode"] = pick(["AccessDenied", "", .null, 3, true]) }
    if Bool.random(using: &random) { members["errorMessage"] = pick(["not allowed", "", ["x"], [:], []]) }
    if Bool.random(using: &random) { members["sourceIPAddress"] = pick(["192.0.2.7", "iam", "::1"]) }
    if Bool.random(using: &random) { members["awsRegion"] = pick(["eu-west-1", "us-east-1"]) }
    if Bool.random(using: &random) { members["userAgent"] = pick(["aws-cli/2", "\"quoted\"", "Boto3"]) }
    if Bool.random(using: &random) { members["eventType"] = pick(["AwsApiCall", "AwsServiceEvent"]) }
    if Bool.random(using: &random) { members["apiVersion"] = pick(["1", 1, 1.5]) }
    if Bool.random(using: &random) { members["recipientAccountId"] = pick(["1", 1]) }
    if Bool.random(using: &random) {
      members["responseElements"] = pick([
        ["ConsoleLogin": "Failure"], ["ConsoleLogin": "SUCCESS"], ["SwitchRole": "Failure"], .null, "x",
      ])
    }
    if Bool.random(using: &random) {
      members["userIdentity"] = [
        "type": pick([
          "IAMUser", "AssumedRole", "FederatedUser", "IdentityCenterUser", "AWSService", "Unknown", .null,
        ]), "userName": pick(["A", "eve", "", "none", "a@corp", .null]),
        "arn": pick(["arn:aws:iam::1:user/eve", "arn:aws:sts::1:assumed-role/ops/eve@corp", "arn:\"é\"", .null]),
        "accountId": pick(["1", 1, "-", .null]), "principalId": pick(["P", "", .null]),
        "invokedBy": pick(["ec2.amazonaws.com", .null]), "onBehalfOf": pick([["userId": "u-1"], .null, "x"]),
        "sessionContext": pick([
          ["sessionIssuer": ["userName": "role", "arn": "arn:aws:iam::1:role/ops"]],
          ["sessionIssuer": ["userName": "role", "arn": "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/y"]],
          ["attributes": ["creationDate": pick(["soon", "2026-01-01T00:00:00Z", 7])]],
          ["attributes": ["mfaAuthenticated": "true"]], .null,
        ]),
      ]
    }
    if Bool.random(using: &random) {
      members["additionalEventData"] = pick([["UserName": "eve"], ["UserName": "a@corp", "x": "A"], ["x": "A"], "x"])
    }
    if Int.random(in: 0..<4, using: &random) == 0 {
      members["serviceEventDetails"] = pick([["UserAuthentication": "Failure"], ["sourceIpAddress": "192.0.2.7"], "x"])
    }
    if Int.random(in: 0..<6, using: &random) == 0 {
      members["eventTime"] = .null
      members["eventType"] = "AwsAggregatedEvent"
      members["timeWindow"] = ["windowStart": "2026-01-01T00:00:00Z"]
      members["accountId"] = pick(["1", "2"])
      members["eventTime"] = nil
    }
    if Bool.random(using: &random) { members["eventContext"] = pick([["deep": ["key": "needle=here, too"]], "A"]) }
    if Bool.random(using: &random) {
      members["requestParameters"] = pick([
        ["roleName": "ops-admin", "n": 1e3], ["roleName": "a\"b\\c", "deep": ["key": "needle=here, too"]],
        ["list": ["ops-admin", true, 12]], .null, ["empty": ""],
      ])
    }
    return .object(members)
  }

  private static func predicate(_ depth: Int, _ random: inout SeededRandom) -> Query.Predicate {
    let paths = [
      "event.action", "event.provider", "cloud.region", "source.address", "user_agent.original",
      "aws.cloudtrail.error_code", "aws.cloudtrail.error_message", "aws.cloudtrail.event_type", "event.outcome",
      "aws.cloudtrail.recipient_account_id", "aws.cloudtrail.api_version", "event.dataset", "cloud.provider",
      "user.name",
      "aws.cloudtrail.user_identity.type", "aws.cloudtrail.user_identity.arn", "cloud.account.id",
      "aws.cloudtrail.user_identity.session_context.session_issuer.arn", "aws.cloudtrail.request_parameters",
      "aws.cloudtrail.user_identity.session_context.mfa_authenticated", "related.user",
      "aws.cloudtrail.flattened.request_parameters.roleName", "aws.cloudtrail.flattened.request_parameters",
      "aws.cloudtrail.flattened.request_parameters.list", "aws.cloudtrail.request_parameters.text",
      "source.ip", "user.email", "user.id", "service.name", "aws.cloudtrail.user_identity.on_behalf_of.user_id",
      "aws.cloudtrail.user_identity.session_context.creation_date", "related.ip", "tags", "user.name",
      "cloud.account.id",
      "aws.cloudtrail.event_context.deep.key", "aws.cloudtrail.additional_eventdata", "event.category",
      "aws.cloudtrail.flattened.additional_eventdata.UserName", "aws.cloudtrail.user_identity.user_name",
      "user_agent.original.text", "event.kind", "data_stream.namespace", "event.module", "event.type",
      "_index", "_index", "_id",
    ]
    let values = [
      "A", "ConsoleLogin", "b", "iam.amazonaws.com", "AccessDenied", "failure", "success", "aws.cloudtrail", "aws",
      "eve",
      "AssumedRole", "arn:aws:iam::1:user/eve", "role", "ops-admin", "a\"b\\c", "needle=here, too", "1000.0", "true",
      "12",
      "{n=1000.0, roleName=ops-admin}", "not allowed", "1", "7", "eu-west-1", "192.0.2.7", "event", "default", "boto3",
      "a@corp", "eve@corp", "u-1", "P", "ec2.amazonaws.com", "x.amazonaws.com", "pipeline_error", "none",
      "UserAuthentication", "logs-aws.cloudtrail-default", "logs-*", "logs-other-*",
    ]
    let selector: FieldSelector =
      Int.random(in: 0..<12, using: &random) == 0 ? .any : .named(paths.randomElement(using: &random) ?? "")
    let value = values.randomElement(using: &random) ?? ""
    switch Int.random(in: 0...(depth > 0 ? 8 : 4), using: &random) {
    case 0: return .exists(selector)
    case 1: return .test(selector, .match(value))
    case 2: return .test(selector, .phrase(value))
    case 3:
      let middle = String(value.dropFirst(2).prefix(6))
      let parts: [WildcardPattern.Part] =
        Bool.random(using: &random)
        ? [.literal(String(value.prefix(1))), .anyRun] : [.anyRun, .literal(middle), .anyRun]
      return .test(selector, .wildcard(WildcardPattern(parts)))
    case 4: return .test(selector, .range(lower: RangeBound(value, inclusive: true), upper: nil))
    case 5: return .not(predicate(depth - 1, &random))
    case 6: return .or((0..<3).map { _ in predicate(depth - 1, &random) })
    default: return .and((0..<2).map { _ in predicate(depth - 1, &random) })
    }
  }
}
