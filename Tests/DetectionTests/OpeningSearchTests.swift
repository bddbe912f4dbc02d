import Events
import Testing

@testable import Detection

@Suite("Stored events are asked who opened sessions step by step")
struct OpeningSearchTests {
  private static let use = Timestamp(milliseconds: 1_767_225_600_000)

  private static func search(_ keys: Set<UInt64>) -> OpeningSearch {
    var need = AlertBackground.Need()
    need.sessionUses = use...use
    need.keys = keys
    return OpeningSearch(need)
  }

  /// How many hours before the use a step looks.
  private static func hours(_ search: OpeningSearch) -> Int64? {
    search.range.map { (use.milliseconds - $0.lowerBound.milliseconds) / 3_600_000 }
  }

  @Test("A role that renews itself for ever takes no more steps than a chain has links")
  func endless() {
    var search = Self.search([0])
    var steps: UInt64 = 0
    while search.range != nil, steps < 1000 {
      #expect(search.wanted == [steps])
      steps += 1
      search.goOn(to: [steps])
    }
    #expect(steps == 16)
  }

  @Test(
    "Each step looks as far back as its sessions can have begun, and as far as any chain goes for what is met again")
  func reach() {
    var search = Self.search([1])
    #expect(Self.hours(search) == 36)
    search.goOn(to: [2])
    #expect(search.wanted == [2] && Self.hours(search) == 72)
    // The first may have been opened before that, too.
    search.goOn(to: [1, 3])
    #expect(search.wanted == [1, 3] && Self.hours(search) == 16 * 36)
    search.goOn(to: [1, 3])
    #expect(search.wanted.isEmpty && search.range == nil)
  }

  @Test("Nothing is looked for where no alert's event was made in a session")
  func nothing() {
    #expect(OpeningSearch(AlertBackground.Need()).range == nil)
    #expect(Self.search([]).range == nil)
  }
}
