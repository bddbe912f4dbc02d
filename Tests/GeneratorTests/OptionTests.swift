import Foundation
import Testing

@testable import Generator

@Suite struct OptionTests {
  private func message(_ change: (inout GeneratorOptions) -> Void) -> String? {
    let directory = TemporaryDirectory()
    var options = GeneratorOptions.small(directory)
    change(&options)
    do {
      _ = try generate(options)
      return nil
    } catch {
      #expect(!FileManager.default.fileExists(atPath: directory.url.path), "a refused run leaves nothing behind")
      return "\(error)"
    }
  }

  @Test func optionsOutOfBoundsAreRefusedInWords() {
    #expect(message { $0.events = 0 } == "events must be between 1 and 1000000000, not 0")
    #expect(message { $0.events = -5 } == "events must be between 1 and 1000000000, not -5")
    #expect(message { $0.days = 0 } == "days must be between 1 and 3650, not 0")
    #expect(message { $0.accounts = 0 } == "accounts must be between 1 and 1000, not 0")
    #expect(message { $0.accounts = 1_001 } == "accounts must be between 1 and 1000, not 1001")
    #expect(message { $0.eventsPerFile = .max } == "events per file must be between 1 and 20000, not \(Int.max)")
    #expect(message { $0.compressionLevel = 13 } == "compression level must be between 1 and 12, not 13")
    #expect(message { $0.workers = 0 } == "workers must be between 1 and 256, not 0")
    #expect(message { $0.start = Date(timeIntervalSince1970: 1_767_225_601) }?.contains("midnight UTC") == true)
    #expect(message { $0.start = Date(timeIntervalSince1970: .nan) }?.contains("1970") == true)
    #expect(message { $0.start = .distantFuture.addingTimeInterval(1e15) }?.contains("9000") == true)
  }

  @Test func attacksThatDoNotFitAreRefused() {
    #expect(
      message { options in
        options.events = 3
        options.attacks = [.trustPolicy]
      }?.contains("ask for at least as many, not 3") == true)
  }

  @Test func everyBoundItselfWorks() throws {
    let directory = TemporaryDirectory()
    let summary = try generate(.small(directory, events: 1, days: 3_650, accounts: 3))
    #expect(summary.events == 1 && summary.files == 1)
  }
}
