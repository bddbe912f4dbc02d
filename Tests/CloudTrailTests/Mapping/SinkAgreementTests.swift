import CloudTrail
import Events
import Testing

/// The event as JSON and the event in columns say the same.
struct SinkAgreementTests {
  /// A random CloudTrail record.
  static func record(_ maker: inout RandomObjects) -> String {
    var members = ["\"eventTime\":\"2024-05-01T10:00:01Z\""]
    let names = [
      "eventVersion", "eventSource", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage",
      "requestID", "eventID",
      "eventType", "apiVersion", "managementEvent", "readOnly", "recipientAccountId", "sharedEventID", "vpcEndpointId",
      "eventCategory",
      "sessionCredentialFromConsole", "unknownMember", "sharedEventId", "vpcEndpointAccountId", "eventContext",
      "annotation", "accountId", "eventId", "user_identity", "request_parameters",
    ]
    for name in names where maker.chance(2, in: 3) {
      members.append("\"\(name)\":" + (maker.chance(1, in: 12) ? maker.value(depth: 2) : maker.scalar()))
    }
    if maker.chance(2, in: 3) {
      members.append(
        "\"eventName\":"
          + maker.any([
            "\"ConsoleLogin\"", "\"CreateUser\"", "\"X\"", "\"Console\\u004cogin\"", "\"UserAuthentication\"",
            "\"SwitchRole\"", "\"SendCommand\"", "\"UpdateAssumeRolePolicy\"",
          ]))
    }
    for name in [
      "requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "insightDetails",
    ]
    where maker.chance(2, in: 3) {
      members.append("\"\(name)\":" + (maker.chance(1, in: 10) ? maker.value(depth: 2) : maker.object(depth: 3)))
    }
    if maker.chance(2, in: 3) {
      var identity: [String] = []
      for name in [
        "type", "arn", "accessKeyId", "invokedBy", "principalId", "accountId", "userName", "credentialId", "newPart",
      ] where maker.chance(1, in: 2) {
        let types = ["AssumedRole", "FederatedUser", "IdentityCenterUser", "AWSService", "IAMUser"]
        let value =
          name == "type" && maker.chance(3, in: 4)
          ? "\"\(maker.any(types))\""
          : name == "arn" && maker.chance(1, in: 2) ? "\"arn:aws:sts::1:assumed-role/ops/kim@corp\"" : maker.scalar()
        identity.append("\"\(name)\":" + value)
      }
      for name in ["onBehalfOf", "inScopeOf", "invokedByDelegate"] where maker.chance(1, in: 4) {
        identity.append(
          "\"\(name)\":"
            + (maker.chance(1, in: 5)
              ? maker.value(depth: 1)
              : "{\"userId\":\(maker.scalar()),\"issuerType\":\(maker.scalar()),\"accountId\":\(maker.scalar())}"))
      }
      // A name may stand there twice; the last one counts.
      if maker.chance(1, in: 4) {
        identity.insert(
          "\"type\":" + maker.any(["\"Root\"", "\"AssumedRole\"", "null", "\"\"", "{}"]), at: identity.startIndex)
        identity.append("\"type\":" + maker.any(["\"Root\"", "\"AssumedRole\"", "null", "\"\"", "[]"]))
      }
      if maker.chance(1, in: 2) {
        identity.append(
          """
          "sessionContext":{"attributes":{"mfaAuthenticated":\(maker.scalar()),"creationDate":\(maker.scalar())},\
          "sessionIssuer":{"userName":\(maker.scalar()),"arn":\(maker.any([maker.scalar(), "\"arn:aws:iam::1:role/aws-service-role/x/y\""]))},\
          "sourceIdentity":\(maker.scalar()),"more":\(maker.value(depth: 2)),\
          "webIdFederationData":{"federatedProvider":\(maker.scalar()),"attributes":\(maker.object(depth: 2))}}
          """
        )
      }
      members.append("\"userIdentity\":{" + identity.joined(separator: ",") + "}")
    }
    if maker.chance(1, in: 3) {
      members.append("\"addendum\":{\"reason\":\(maker.scalar()),\"more\":\(maker.value(depth: 2))}")
    }
    if maker.chance(1, in: 5) {
      // An event that sums up many calls.
      members.append("\"timeWindow\":{\"windowSize\":\"PT5M\"}")
      members.removeAll { $0.hasPrefix("\"eventType\"") }
      members.append("\"eventType\":\"AwsAggregatedEvent\"")
    }
    if maker.chance(1, in: 2) {
      members.append(
        """
        "tlsDetails":{"tlsVersion":\(maker.any(["\"TLSv1.3\"", "\"\"", "5", "\"v\"", "\"x\""])),\
        "cipherSuite":\(maker.scalar())}
        """
      )
    }
    if maker.chance(1, in: 2) {
      let resources = (0..<maker.any([0, 1, 2, 3])).map { _ in
        maker.chance(1, in: 10)
          ? maker.scalar() : "{\"ARN\":\(maker.string()),\"accountId\":\(maker.string()),\"type\":\(maker.string())}"
      }
      members.append("\"resources\":[" + resources.joined(separator: ",") + "]")
    }
    return "{" + members.shuffled(using: &maker.random).joined(separator: ",") + "}"
  }

  @Test(
    "Every value of the JSON is in the columns, and the other way round",
    arguments: [UInt64.random(in: 0...UInt64.max), 13])
  func agreement(seed: UInt64) throws {
    var maker = RandomObjects(seed: seed)
    for _ in 0..<400 {
      let record = Self.record(&maker)
      let mapped = try Mapped(record)
      let leaves = try mapped.leavesOfJSON()
      var columns = mapped.columns
      for root in FieldCatalog.standard.flattenedRoots {
        let below = leaves.filter { $0.key.hasPrefix(root + ".") }.reduce(into: Set()) { $0.formUnion($1.value) }
        #expect(columns.removeValue(forKey: root) ?? [] == below, "seed \(seed): \(root) of \(record)")
      }
      for path in Set(columns.keys).union(leaves.keys) where columns[path] != leaves[path] {
        Issue.record("seed \(seed): \(path): columns \(columns[path] ?? []), JSON \(leaves[path] ?? []): \(record)")
      }
    }
  }

  @Test(
    "A plan of some fields gives the same values as a plan of all", arguments: [UInt64.random(in: 0...UInt64.max), 14])
  func plans(seed: UInt64) throws {
    var maker = RandomObjects(seed: seed)
    for _ in 0..<150 {
      let record = Self.record(&maker)
      let all = try Mapped(record).columns
      let paths = Array((EventField.allCases.map(\.path) + all.keys).shuffled(using: &maker.random).prefix(5))
      let some = try Mapped(record, plan: FieldPlan(paths: paths)).columns
      #expect(some == all.filter { paths.contains($0.key) }, "seed \(seed): \(paths) of \(record)")
    }
  }

  @Test(
    "The lean fields of a record are those that it is mapped to", arguments: [UInt64.random(in: 0...UInt64.max), 15])
  func lean(seed: UInt64) throws {
    var maker = RandomObjects(seed: seed)
    for _ in 0..<400 {
      let record = Self.record(&maker)
      let mapped = try Mapped(record)
      for field in LeanField.allCases where mapped.lean[field] != mapped.columns[field.field.path] ?? [] {
        Issue.record(
          """
          seed \(seed): \(field): \(mapped.lean[field] ?? []), mapped \(mapped.columns[field.field.path] ?? []): \(record)
          """
        )
      }
    }
    #expect(LeanField.named("event.action") == .action)
    #expect(LeanField.named("event.id") == nil)
  }
}
