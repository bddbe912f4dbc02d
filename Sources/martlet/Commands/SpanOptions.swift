import ArgumentParser
import Events
import Outputs

/// What a span of time chooses.
protocol SpanSubject {
  /// As in “no execution lies between”.
  static var singular: String { get }
}

enum ExecutionSubject: SpanSubject { static let singular = "execution" }
enum EventSubject: SpanSubject { static let singular = "event" }

/// From when to when something is meant.
struct SpanOptions<Subject: SpanSubject>: ParsableArguments {
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("No \(Subject.singular)s before this time: ISO 8601 or date math.", valueName: "time"))
  var earliest: String?

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "No \(Subject.singular)s after this time, which is itself still meant.",
      discussion: "A date means the whole of that day, and a month or a year all of it.", valueName: "time"))
  var latest: String?

  /// True where neither was given.
  var isOpen: Bool { earliest == nil && latest == nil }

  /// The options as they were given.
  var asked: [String] {
    [earliest.map { ShellWords.option("--from", $0) }, latest.map { ShellWords.option("--to", $0) }].compactMap(\.self)
  }

  /// The first time that is meant; nil where any is.
  func start(relativeTo now: Timestamp) throws -> Timestamp? {
    try earliest.map { try InputOptions.time($0, option: "--from", relativeTo: now) }
  }

  /// The last time that is meant; nil where any is.
  func end(relativeTo now: Timestamp) throws -> Timestamp? {
    try latest.map { try InputOptions.end($0, relativeTo: now) }
  }

  /// Throws where one of them is no time, or where no time lies between them.
  func check(relativeTo now: Timestamp) throws {
    if let start = try start(relativeTo: now), let end = try end(relativeTo: now), start > end {
      throw ValidationError(
        "--from is after --to: no \(Subject.singular) lies between \(start.iso8601) and \(end.iso8601).")
    }
  }
}
