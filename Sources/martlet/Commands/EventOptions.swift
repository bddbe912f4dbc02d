import ArgumentParser
import CloudTrail
import Events
import Foundation
import Inputs
import Outputs

/// How events are read and made of records.
struct EventOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of workers; all cores unless given.", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("The namespace of the CloudTrail data stream.", valueName: "name"))
  var namespace = "default"

  @Option(
    help: ArgumentHelp(
      "The time that `now` stands for, and `event.created`: ISO 8601 or date math; the clock's unless given.",
      valueName: "time"))
  var now: String?

  @Option(
    help: ArgumentHelp(
      "A MaxMind database (.mmdb) of places or networks, for source.geo.* and source.as.*; may be repeated.",
      discussion: "City, Country, Enterprise, ASN and ISP databases; the first that knows an address counts.",
      valueName: "path"),
    completion: .file(extensions: ["mmdb"]))
  var geoip: [String] = []

  @OptionGroup var types: MappingOptions

  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024, not \(threads).")
    }
    // What Elastic allows in the name of a data stream.
    guard !namespace.isEmpty, namespace.utf8.count <= 100, namespace == namespace.lowercased(),
      !namespace.contains(where: { $0.isWhitespace || #"*\/?"<>|,#:"#.contains($0) })
    else {
      throw ValidationError(
        "--namespace takes a name in lower case without blanks and *, \\, /, ?, \", <, >, |, comma, # and colon, not "
          + "“\(Terminal.safe(namespace))”.")
    }
    _ = try currentTime()
    _ = try types.catalog()
  }

  /// The time of the machine's clock.
  static func clock() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  func currentTime() throws -> Timestamp {
    let clock = Self.clock()
    guard let now else { return clock }
    return try InputOptions.time(now, option: "--now", relativeTo: clock)
  }

  func context(keepsOriginal: Bool = false) throws -> EventContext {
    EventContext(
      readAt: try currentTime(), namespace: namespace, keepsOriginal: keepsOriginal,
      geoDatabases: try geoip.map { path in
        do {
          return try GeoDatabase(path: path)
        } catch {
          throw UnusableFile("--geoip \(error)")
        }
      })
  }
}
