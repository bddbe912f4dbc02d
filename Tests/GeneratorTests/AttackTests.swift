import Foundation
import Testing

@testable import Generator

@Suite struct AttackTests {
  private func planted(_ attack: Attack) throws -> (PlantedAttack, [[String: Any]], [String: Any]) {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, events: 500, attacks: [attack]))
    let planted = try #require(summary.planted.first)
    #expect(summary.planted.count == 1)
    let records = try directory.records().map(\.record)
    #expect(records.count == 500)
    let byID = Dictionary(grouping: records) { $0["eventID"] as? String ?? "" }
    let sequence = try planted.eventIDs.map { try #require(byID[$0]?.first, "\(attack): \($0) is not in the files") }
    return (planted, sequence, try #require(byID[planted.decisiveEventID]?.first))
  }

  @Test(arguments: Attack.allCases)
  func anAttackPlantsWhatItSays(attack: Attack) throws {
    let (planted, sequence, decisive) = try planted(attack)
    #expect(planted.attack == attack)
    #expect(planted.eventIDs.contains(planted.decisiveEventID))
    #expect(sequence.count >= 2)
    let times = sequence.compactMap { $0["eventTime"] as? String }
    #expect(times == times.sorted())
    #expect(try Date(try #require(decisive["eventTime"] as? String), strategy: .iso8601) == planted.time)
    #expect(sequence.allSatisfy { $0["recipientAccountId"] as? String == planted.account })
    #expect((decisive["userIdentity"] as? [String: Any])?["arn"] as? String == planted.who)
    #expect(planted.what.hasSuffix(".") && planted.what.contains(planted.account))
    let expected: [Attack: String] = [
      .trustPolicy: "UpdateAssumeRolePolicy", .consoleLoginWithoutMFA: "ConsoleLogin",
      .createAccessKeyForOtherUser: "CreateAccessKey", .cloudTrailStop: "StopLogging",
      .shareAMI: "ModifyImageAttribute", .shareSnapshot: "ModifySnapshotAttribute", .secretsSweep: "GetSecretValue",
      .adminPolicyAttach: "AttachUserPolicy", .createAdminUser: "AttachUserPolicy",
      .leaveOrganization: "LeaveOrganization", .openSSH: "AuthorizeSecurityGroupIngress",
      .stealInstanceCredentials: "GetCallerIdentity", .stopLoggingThenTakeData: "StopLogging",
      .useNewKeyElsewhere: "CreateAccessKey", .sprayConsoleLogins: "ConsoleLogin", .massDeletion: "DeleteSnapshot",
      .enumeratePermissions: "GetAccountAuthorizationDetails", .enumerateRegions: "DescribeInstances",
    ]
    #expect(decisive["eventName"] as? String == expected[attack])
    let refused: [Attack] = [.leaveOrganization, .enumeratePermissions, .enumerateRegions]
    #expect((decisive["errorCode"] != nil) == refused.contains(attack))
  }

  @Test func theTrustPolicyAttackLetsAnOutsideAccountIn() throws {
    let (planted, sequence, decisive) = try planted(.trustPolicy)
    let request = try #require(decisive["requestParameters"] as? [String: Any])
    let policy = try #require(request["policyDocument"] as? String)
    let role = try #require(request["roleName"] as? String)
    let assumption = try #require(sequence.first { $0["eventName"] as? String == "AssumeRole" })
    let outsider = try #require(assumption["userIdentity"] as? [String: Any])
    let outside = try #require(outsider["accountId"] as? String)
    #expect(outsider["type"] as? String == "AWSAccount")
    #expect(outside != planted.account)
    #expect(policy.contains("arn:aws:iam::\(outside):root"))
    #expect(planted.what.contains(outside) && planted.what.contains(role))
    let taken = (assumption["requestParameters"] as? [String: Any])?["roleArn"] as? String
    #expect(taken == "arn:aws:iam::\(planted.account):role/\(role)")
    let names = sequence.compactMap { $0["eventName"] as? String }
    let change = try #require(names.firstIndex(of: "UpdateAssumeRolePolicy"))
    #expect(change > 0 && names[change + 1] == "AssumeRole")
  }

  @Test("What is planted in a region that the account does not use lies in a file of that region")
  func unusedRegions() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, events: 500, attacks: [.enumerateRegions]))
    let ids = Set(try #require(summary.planted.first).eventIDs)
    var regions: Set<String> = []
    for (file, record) in try directory.records() where ids.contains(record["eventID"] as? String ?? "") {
      let region = try #require(record["awsRegion"] as? String)
      #expect(file.contains("/\(region)/"))
      regions.insert(region)
    }
    #expect(regions.count == 8)
  }

  @Test func anAttackThatIsNamedTwiceIsPlantedTwice() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, attacks: [.shareAMI, .shareAMI]))
    #expect(summary.planted.count == 2)
    #expect(Set(summary.planted.flatMap(\.eventIDs)).count == 4)
  }
}
