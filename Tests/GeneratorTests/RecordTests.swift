import Foundation
import Testing

@testable import Generator

@Suite struct RecordTests {
  private static let mandatory = [
    "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
    "userAgent",
    "requestParameters", "responseElements", "eventID", "readOnly", "eventType", "managementEvent",
    "recipientAccountId", "eventCategory",
  ]

  @Test func everyRecordIsCompleteAndLiesWhereItsFileSays() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, events: 12_000, days: 3, accounts: 3, attacks: Attack.allCases))
    let records = try directory.records()
    var identifiers: Set<String> = []
    var accounts: Set<String> = []
    var regions: Set<String> = []
    var days: Set<String> = []
    var latest: [String: String] = [:]
    for (path, record) in records {
      for field in Self.mandatory where record[field] == nil { Issue.record("\(path) lacks \(field): \(record)") }
      let parts = path.split(separator: "/").map(String.init)
      let time = try #require(record["eventTime"] as? String)
      let region = try #require(record["awsRegion"] as? String)
      #expect(record["recipientAccountId"] as? String == parts[1])
      #expect(region == parts[3])
      #expect(time.prefix(10) == parts[4...6].joined(separator: "-"))
      #expect(try Date(time, strategy: .iso8601) >= GeneratorOptions.defaultStart)
      // Within a file, records are in the order of time.
      #expect(time >= latest[path] ?? "")
      latest[path] = time
      let identity = try #require(record["userIdentity"] as? [String: Any])
      #expect(identity["type"] is String)
      let id = try #require(record["eventID"] as? String)
      #expect(UUID(uuidString: id) != nil && Array(id)[14] == "4")
      identifiers.insert(id)
      accounts.insert(parts[1])
      regions.insert(region)
      days.insert(String(time.prefix(10)))
    }
    #expect(records.count == 12_000)
    #expect(identifiers.count == 12_000)
    #expect(summary.events == 12_000)
    #expect(summary.files == Set(records.map(\.path)).count)
    #expect(accounts.count == 3)
    #expect(accounts.allSatisfy { $0.count == 12 && $0.allSatisfy(\.isNumber) })
    #expect(days == ["2026-01-01", "2026-01-02", "2026-01-03"])
    #expect(regions.count >= 4)
  }

  @Test func keysStandInTheOrderInWhichCloudTrailWritesThem() throws {
    let directory = TemporaryDirectory()
    _ = try generate(.small(directory, events: 20, days: 1, accounts: 1))
    let file = try #require(try directory.files().first { $0.key.hasSuffix(".gz") })
    let text = String(decoding: try TemporaryDirectory.text(of: file.value), as: UTF8.self)
    #expect(text.hasPrefix(#"{"Records":[{"eventVersion":"1."#))
    let first = text.prefix(while: { $0 != "\n" })
    let places = ["eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "eventID"]
      .compactMap { first.range(of: "\"\($0)\":")?.lowerBound }
    #expect(places.count == 7)
    #expect(places == places.sorted())
  }

  @Test func theMixLooksLikeATrailInUse() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, events: 30_000, days: 2, accounts: 1))
    let records = try directory.records().map(\.record)
    let count = Double(records.count)
    let types = Dictionary(grouping: records) { ($0["userIdentity"] as? [String: Any])?["type"] as? String ?? "" }
    for type in ["AssumedRole", "AWSService", "IAMUser", "AWSAccount", "Root", "FederatedUser"] {
      #expect(types[type] != nil, "no \(type)")
    }
    let failures = Double(records.filter { $0["errorCode"] != nil }.count) / count
    #expect((0.02...0.06).contains(failures))
    let reads = Double(records.filter { $0["readOnly"] as? Bool == true }.count) / count
    #expect((0.6...0.95).contains(reads))
    #expect(Set(records.compactMap { $0["eventName"] as? String }).count > 60)
    #expect((1_200...1_550).contains(summary.uncompressedBytes / summary.events))
    let office = Dictionary(grouping: records.filter { $0["sessionCredentialFromConsole"] != nil }) {
      Int(($0["eventTime"] as? String ?? "").dropFirst(11).prefix(2)) ?? 0
    }
    #expect((office[10]?.count ?? 0) > 5 * (office[2]?.count ?? 0))
  }

  @Test("Calls come from private addresses through endpoints of a network, and through nothing else")
  func privateAddressesComeThroughEndpoints() throws {
    let directory = TemporaryDirectory()
    _ = try generate(.small(directory, events: 6_000, days: 1, accounts: 2, attacks: Attack.allCases))
    var through = 0
    var fromInstances = 0
    for (_, record) in try directory.records() {
      let isPrivate = (record["sourceIPAddress"] as? String)?.hasPrefix("10.") == true
      #expect(isPrivate == (record["vpcEndpointId"] != nil), "\(record)")
      if isPrivate { through += 1 }
      let arn = (record["userIdentity"] as? [String: Any])?["arn"] as? String ?? ""
      if arn.contains("/i-"), !isPrivate { fromInstances += 1 }
    }
    #expect(through > 100 && fromInstances > 100)
  }

  @Test func addressesArePrivateOrReservedForDocumentation() throws {
    let directory = TemporaryDirectory()
    _ = try generate(.small(directory, attacks: Attack.allCases))
    let networks = ["10.", "192.0.2.", "198.51.100.", "203.0.113."]
    for (_, record) in try directory.records() {
      let address = try #require(record["sourceIPAddress"] as? String)
      #expect(address.hasSuffix(".amazonaws.com") || networks.contains { address.hasPrefix($0) }, "\(address)")
    }
  }
}
