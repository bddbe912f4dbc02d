import Foundation
import Testing

@testable import Generator

@Suite struct AdministrationTests {
  private struct Change {
    var day: Int
    var who: String
    var role: String
    var address: String
  }

  private func changes(days: Int, events: Int, attacks: [Attack]) throws -> [Change] {
    let directory = TemporaryDirectory()
    _ = try generate(.small(directory, events: events, days: days, accounts: 1, attacks: attacks))
    return try directory.records().map(\.record).filter { $0["eventName"] as? String == "UpdateAssumeRolePolicy" }.map {
      let request = try #require($0["requestParameters"] as? [String: Any])
      let policy = try #require(request["policyDocument"] as? String)
      #expect(try JSONSerialization.jsonObject(with: Data(policy.utf8)) is [String: Any])
      let time = try Date(try #require($0["eventTime"] as? String), strategy: .iso8601)
      return Change(
        day: Int(time.timeIntervalSince(GeneratorOptions.defaultStart)) / 86_400,
        who: try #require(($0["userIdentity"] as? [String: Any])?["arn"] as? String),
        role: try #require(request["roleName"] as? String), address: try #require($0["sourceIPAddress"] as? String))
    }
  }

  @Test func theSamePrincipalChangesTheSameRoleAgainWithinFourteenDays() throws {
    let changes = try changes(days: 20, events: 20_000, attacks: [.trustPolicy])
    let pairs = Dictionary(grouping: changes) { "\($0.who) \($0.role)" }
    let repeated = pairs.values.filter { $0.count > 1 }
    #expect(repeated.count >= 4)
    for days in repeated.map({ $0.map(\.day).sorted() }) {
      for (earlier, later) in zip(days, days.dropFirst()) { #expect(later - earlier <= 14) }
    }
    // The planted change alone is of a principal that never changed that role, a role that others did change.
    let single = pairs.values.filter { $0.count == 1 }.flatMap { $0 }
    #expect(single.count == 1)
    let planted = try #require(single.first)
    #expect(planted.who.contains(":user/"))
    #expect(changes.contains { $0.role == planted.role && $0.who != planted.who && $0.day < planted.day })
  }

  @Test func onTheFirstDayOnlyCloudFormationAndTheAttackChangeTrustPolicies() throws {
    for events in [1_000, 20_000] {
      let changes = try changes(days: 1, events: events, attacks: [.trustPolicy])
      #expect(changes.filter { $0.address != "cloudformation.amazonaws.com" }.count == 1)
    }
  }

  @Test func aSmallRunIsNotCrowdedByAdministrators() throws {
    #expect(try changes(days: 60, events: 200, attacks: []).count <= 10)
  }
}
