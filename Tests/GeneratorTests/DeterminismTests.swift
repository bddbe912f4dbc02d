import Foundation
import Testing

@testable import Generator

@Suite struct DeterminismTests {
  @Test func equalOptionsGiveEqualBytesWithOneWorkerOrMany() async throws {
    let first = TemporaryDirectory()
    let second = TemporaryDirectory()
    let attacks: [Attack] = [.trustPolicy, .secretsSweep]
    let one = try generate(.small(first, attacks: attacks))
    var options = GeneratorOptions.small(second, attacks: attacks)
    options.workers = 5
    let many = try await generateInParallel(options)
    #expect(one == many)
    #expect(try first.files() == second.files())
  }

  @Test func anotherSeedGivesOtherAccountsAndRecords() throws {
    let first = TemporaryDirectory()
    let second = TemporaryDirectory()
    _ = try generate(.small(first, events: 200))
    _ = try generate(.small(second, events: 200, seed: 8))
    let firstPaths = Set(try first.files().keys)
    let secondPaths = Set(try second.files().keys)
    #expect(firstPaths.intersection(secondPaths) == ["martlet-generated.txt"])
    let firstIDs = Set(try first.records().compactMap { $0.record["eventID"] as? String })
    let secondIDs = Set(try second.records().compactMap { $0.record["eventID"] as? String })
    #expect(firstIDs.isDisjoint(with: secondIDs))
  }

  @Test func theStartMovesTheSpanAndNothingElse() throws {
    let directory = TemporaryDirectory()
    var options = GeneratorOptions.small(directory, events: 300, days: 1)
    options.start = Date(timeIntervalSince1970: 951_782_400)  // 2000-02-29
    _ = try generate(options)
    for (path, record) in try directory.records() {
      #expect(path.contains("/2000/02/29/"))
      #expect((record["eventTime"] as? String)?.hasPrefix("2000-02-29T") == true)
    }
  }

  @Test func identifiersOfDifferentOrdinalsNeverMeet() {
    var seen: Set<UInt64> = []
    for ordinal in 0..<200_000 {
      seen.insert(UniqueID.halves(seed: 3, ordinal: UInt64(ordinal)).low)
      seen.insert(UniqueID.halves(seed: 3, ordinal: 1 << 61 + UInt64(ordinal)).low)
    }
    #expect(seen.count == 400_000)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_767_225_600, "2026-01-01T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
  ])
  func secondsBecomeTheRightDateAndTime(seconds: Int, expected: String) {
    #expect(CivilDate.timestamp(seconds) == expected)
  }
}
