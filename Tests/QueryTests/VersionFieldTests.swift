import Events
import Testing

@testable import Query

@Suite("Fields of versions")
struct VersionFieldTests {
  private func holds(_ query: String, _ value: String) throws -> Bool {
    let test = try #require(Self.test(try KQL.parse(query)))
    return test.holds(for: value, type: .version, now: Timestamp(milliseconds: 0))
  }

  private static func test(_ predicate: Predicate) -> ValueTest? {
    if case .test(_, let test) = predicate { test } else { nil }
  }

  @Test("Ranges of KQL go by the numbers of versions, and a pre-release comes before its release")
  func ranges() throws {
    for (query, value, isIn) in [
      ("v > 1.9.0", "1.10.0", true), ("v < 1.9.0", "1.10.0", false), ("v >= 1.10.0", "1.10.0", true),
      ("v > 1.10.0", "1.10.0", false), ("v >= 1.10.0", "1.10.0-rc.1", false), ("v < 1.10.0", "1.10.0-rc.1", true),
      ("v > 1.10.0-rc.2", "1.10.0-rc.10", true), ("v > 1.10", "1.10.0", true), ("v > 9.0.0", "no version", true),
      ("v < 9.0.0", "01.0.0", false), ("v <= 1.0.0+a", "1.0.0", true),
    ] {
      #expect(try holds(query, value) == isIn, "\(query) of \(value)")
    }
  }

  @Test("Values and patterns of KQL are those of keywords")
  func values() throws {
    #expect(try holds("v: 1.10.0", "1.10.0") && !holds("v: 1.10", "1.10.0"))
    #expect(try holds("v: 1.1*", "1.10.0") && !holds("v: 1.2*", "1.10.0"))
  }
}
