import Foundation
import Testing

@testable import Generator

@Suite(.serialized) struct MemoryTests {
  /// The text of a run's files is worked out without writing them, so that a long run is tested in seconds.
  @Test func aRunOfAnyLengthHoldsOneFileAtATime() throws {
    let directory = TemporaryDirectory()
    var options = GeneratorOptions.small(directory, events: 10_000_000, days: 30, accounts: 5)
    options.eventsPerFile = 2_000
    let world = World(options: options, firstDay: 20_454)
    var plan = try Plan(world: world, options: options)
    let maker = FileMaker(world: world)
    var events = 0
    var files = 0
    var largest = 0
    while let job = plan.next() {
      events += job.eventCount
      files += 1
      if files % 400 == 1 { largest = max(largest, maker.text(of: job).count) }
    }
    #expect(events == 10_000_000)
    #expect(files > 5_000)
    #expect(largest < 4 << 20)
  }

  @Test func everyTemplateFindsItsSlotsAndEverySharePicksSomeone() {
    let catalogue = Catalogue()
    #expect(catalogue.callers.count == 96)
    #expect(catalogue.callers.allSatisfy { !$0.isEmpty })
    #expect(catalogue.calls.allSatisfy { !$0.home.isEmpty })
    let account = Account(seed: 1, index: 0)
    for persona in catalogue.personas { #expect(!account.casts[persona.cast.rawValue].isEmpty) }
    for list in NameList.allCases {
      for region in account.regions.indices {
        #expect(!account.names.names(list, region: list.isRegional ? region : 0).isEmpty)
      }
    }
  }

  @Test func aThousandAccountsHaveNumbersOfTheirOwn() {
    let numbers = Set((0..<1_000).map { Account(seed: 5, index: $0).id })
    #expect(numbers.count == 1_000)
    #expect(numbers.allSatisfy { $0.utf8.count == 12 })
  }
}
