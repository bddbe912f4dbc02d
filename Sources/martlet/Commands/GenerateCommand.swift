import ArgumentParser
import Events
import Foundation
import Generator
import Outputs

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes realistic CloudTrail files for demonstrations, tests and measurements.",
    discussion: """
      The same options always give the same bytes. All accounts, addresses and names are invented.

      Examples:
        martlet generate --events 20000 --out sample/ --attack trust-policy
        martlet generate --events 10000000 --days 30 --accounts 8 --seed 7 --out big/
      """)

  @Option(help: ArgumentHelp("How many records.", valueName: "n"))
  var events = 100_000

  @Option(help: ArgumentHelp("Over how many days they spread.", valueName: "n"))
  var days = 1

  @Option(help: ArgumentHelp("How many accounts they belong to.", valueName: "n"))
  var accounts = 1

  @Option(help: ArgumentHelp("Another seed gives other records.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The first day, for example 2026-01-01.", valueName: "date"))
  var start: String?

  @Option(name: .customLong("out"), help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var output: String

  @Option(
    name: .customLong("attack"),
    help: ArgumentHelp(
      "An attack to plant; may be repeated. One of: \(Attack.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var attacks: [Attack] = []

  @Option(
    name: .customLong("events-per-file"), help: ArgumentHelp("About how many records a file holds.", valueName: "n"))
  var eventsPerFile = 2_000

  @Flag(help: "Replace the files of an earlier run in the same directory.")
  var replace = false

  func run() async throws {
    var options = GeneratorOptions(
      events: events, days: days, accounts: accounts, seed: seed, outputDirectory: URL(filePath: output),
      attacks: attacks, eventsPerFile: eventsPerFile, replace: replace)
    if let start {
      let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
      let time = try InputOptions.time(start, option: "--start", relativeTo: now)
      options.start = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    }
    let showsProgress = Terminal.isTerminal(STDERR_FILENO)
    let summary: GenerationSummary
    do {
      summary = try await generateInParallel(options) { progress in
        guard showsProgress else { return }
        StandardError.write("\r\u{1B}[K\(progress.events) of \(progress.totalEvents) records, \(progress.files) files")
      }
    } catch let error as GenerationError {
      throw ValidationError("\(error)")
    }
    if showsProgress { StandardError.write("\r\u{1B}[K") }
    print(
      "\(CountText.count(summary.events, "record")) in \(CountText.count(summary.files, "file")) under \(output): "
        + "\(summary.uncompressedBytes / 1_000_000) MB of JSON, \(summary.compressedBytes / 1_000_000) MB compressed")
    for planted in summary.planted {
      let time = Timestamp(milliseconds: Int64(planted.time.timeIntervalSince1970 * 1000)).iso8601
      print("planted \(planted.attack.rawValue) at \(time) in account \(planted.account): \(planted.what)")
      print("  by \(planted.who); decisive event \(planted.decisiveEventID)")
    }
  }
}

extension Attack: ExpressibleByArgument {}
