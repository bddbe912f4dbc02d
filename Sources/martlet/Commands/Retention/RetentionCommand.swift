import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import JSON
import Outputs
import Rules
import Running
import SegmentStore

struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Says how long, and how much, a folder of events keeps.",
    discussion: """
      Examples:
        martlet retention set --data events --stream 'logs-*' --age 90d --size 50GB
        martlet retention set --data events --stream '.alerts-*' --age 400d
        martlet retention list --data events
      """,
    subcommands: [
      RetentionListCommand.self, RetentionSetCommand.self, RetentionRemoveCommand.self, RetentionApplyCommand.self,
    ])
}

struct RetentionSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Sets how long, and how much, is kept of the data streams that a pattern matches.",
    discussion: """
      Nothing is deleted at once: ingest, run and retention apply delete what lies beyond the bounds by then, and a service that
      runs does within a minute. Events go by whole segments: those whose newest event is older, and of each data stream the oldest that find no room. Alerts are
      never deleted because their events are; they are .alerts-security.alerts-default, the log of runs is
      .martlet-runs-default. Of several patterns that match, the longest counts.

      Examples:
        martlet retention set --data events --stream 'logs-*' --age 90d --size 50GB
        martlet retention set --data events --stream '.martlet-runs-*' --age 30d

      Exit status: 0 when it is set; 1 when the folder cannot be read or written; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("Data streams, as index patterns of rules name them.", valueName: "pattern"))
  var stream: String

  @Option(help: ArgumentHelp("Keep nothing that is older: 36h, 90d, 52w.", valueName: "age"))
  var age: String?

  @Option(help: ArgumentHelp("Keep so much of each data stream on disk: 500MB, 50GB, 2TiB.", valueName: "size"))
  var size: String?

  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  func validate() throws {
    guard age != nil || size != nil else { throw ValidationError("say what is kept: --age, --size or both.") }
    if let age, RetentionPolicy.age(age) == nil {
      throw ValidationError(
        Terminal.safe(
          "--age takes whole minutes, hours, days or weeks, as 90m, 36h, 90d or 52w, not “\(age.prefix(80))”."))
    }
    if let size, RetentionPolicy.size(size) == nil {
      throw ValidationError(Terminal.safe("--size takes bytes, as 500MB, 50GB or 2TiB, not “\(size.prefix(80))”."))
    }
    guard !IndexPattern(stream).patterns.isEmpty, stream.utf8.count <= 1000,
      !IndexPattern(stream).patterns.allSatisfy({ $0.hasPrefix("-") })
    else { throw ValidationError("--stream takes a pattern of data streams, as logs-* or .alerts-*.") }
  }

  func run() throws {
    let store = try FolderRules.openOrMake(folder.data, by: "retention set")
    try FolderRules.telling {
      let policy = RetentionPolicy(
        pattern: stream, age: age.flatMap(RetentionPolicy.age), size: size.flatMap(RetentionPolicy.size))
      _ = try store.changing(by: author.name, at: EventOptions.clock()) {
        try $0.keep(.retention, policy.pattern, policy.text)
      }
      let now = EventOptions.clock()
      let snapshot = try SegmentStore(folder.data, .reading).snapshot()
      let streams = Set(snapshot.parts.map(\.dataStream) + [EventContext.defaultDataStream])
      let meant = streams.filter { IndexPattern(stream).matches($0) }
      if let age = policy.age {
        let rules = try RuleReach.rules(of: store, reading: meant, now: now)
        if let sentence = RuleReach.sentence(rules, beyond: age.value) {
          notices.warn("\(age.text) is short: \(sentence)")
        }
      }
      notices.close("kept of \(stream): \(RetentionText.bounds(policy))")
    }
  }
}

struct RetentionRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Takes back what retention set has set; data streams without a bound are kept for good.",
    discussion: """
      Example:
        martlet retention remove --data events --stream 'logs-*'

      Exit status: 0 when it is gone; 1 when the folder cannot be read or written; 64 for wrong arguments, and where nothing
      is set for the pattern.
      """)

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("The pattern, as it was set.", valueName: "pattern"))
  var stream: String

  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    try FolderRules.telling {
      let isGone = try store.changing(by: author.name, at: EventOptions.clock()) { try $0.remove(.retention, stream) }
      guard isGone else {
        throw ValidationError(
          Terminal.safe("nothing is set for “\(stream.prefix(200))”; retention list shows what is."))
      }
      notices.close("no bound of \(stream) any longer")
    }
  }
}

struct RetentionApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Deletes what lies beyond the bounds of a folder of events.",
    discussion: """
      As ingest and run do at their end. The process that ingests must have ended, since one process writes at a time. Where the clock
      lies more than seven days ahead of everything that the folder knows of, nothing is deleted for its age: --trust-clock says
      that it is right.

      Example:
        martlet retention apply --data events

      Exit status: 0, deleted or not; 1 when the folder cannot be read or written, or the clock may be wrong; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @Option(
    help: ArgumentHelp("The time that ages are counted to: ISO 8601; the clock's unless given.", valueName: "time"))
  var now: String?

  @Flag(help: "The clock is right, however far ahead of what the folder knows of.")
  var trustClock = false

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @OptionGroup var notices: NoticeOptions

  func run() throws {
    let clock = EventOptions.clock()
    let time = try now.map { try InputOptions.time($0, option: "--now", relativeTo: clock) } ?? clock
    _ = try StoreAccess.open(folder.data, .reading)
    let store = try StoreAccess.open(folder.data, .writing(as: "martlet retention apply"))
    try FolderRules.telling {
      let outcome = try Retention.apply(
        to: folder.data, store, now: time, clock: trustClock ? .confirmed : now == nil ? .checked : .given,
        by: SystemUser.name, notices)
      switch format {
      case .json: try StandardOutput().write(line: outcome.json.text)
      case .text:
        if outcome.doubt == nil || outcome.sentence != nil {
          notices.close(outcome.sentence ?? "nothing lies beyond what is kept")
        }
      }
      if outcome.doubt != nil { throw ExitCode(1) }
    }
  }
}

struct RetentionListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists how long, and how much, a folder of events keeps, and what was deleted.",
    discussion: """
      Example:
        martlet retention list --data events

      Exit status: 0; 1 when the folder cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    try FolderRules.telling {
      let documents = try store.current(.retention)
      let retention = try Retention(store)
      let deletions = try store.deletions()
      let snapshot = try SegmentStore(folder.data, .reading).snapshot()
      let streams = Set(snapshot.parts.map(\.dataStream) + deletions.keys)
        .union([AlertReading.defaultDataStream, Retention.runLog])
      let rows = documents.compactMap { document in
        RetentionPolicy(document).map { policy in
          (
            document: document, policy: policy,
            streams: streams.filter { retention.policy(of: $0)?.pattern == policy.pattern }.sorted()
          )
        }
      }
      try StandardOutput.quietly { output in
        switch format {
        case .json:
          let values = rows.map { row -> JSONValue in
            [
              "stream": .string(row.policy.pattern), "age": row.policy.age.map { .string($0.text) } ?? .null,
              "size": row.policy.size.map { .string($0.text) } ?? .null,
              "version": .integer(Int64(row.document.version)),
              "kept_at": .string(row.document.keptAt.iso8601), "kept_by": .string(row.document.who),
              "data_streams": .array(
                row.streams.map { name in
                  let gone = deletions[name]
                  return [
                    "name": .string(name), "deleted_events": .integer(Int64(gone?.events ?? 0)),
                    "deleted_up_to": gone.map { .string($0.upTo.iso8601) } ?? .null,
                  ]
                }),
            ]
          }
          try output.write(line: JSONValue.array(values).text)
        case .table:
          guard !rows.isEmpty else {
            return try output.write(line: "everything is kept for good (martlet retention set)")
          }
          let cells = rows.map { row in
            [
              row.policy.pattern, row.policy.age?.text ?? "-", row.policy.size?.text ?? "-",
              row.document.keptAt.iso8601,
              row.document.who,
              row.streams.map { name in
                name + (deletions[name].map { " (deleted up to \($0.upTo.iso8601))" } ?? "")
              }.joined(separator: ", "),
            ]
          }
          let table = TextTable(
            [
              .init("STREAM", limit: 100), .init("AGE"), .init("SIZE"), .init("SINCE"), .init("BY", limit: 30),
              .init("COUNTS FOR", limit: 200, yields: 1),
            ], sample: cells, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
          try output.write(line: table.header)
          for row in cells { try output.write(line: table.row(row)) }
        }
      }
    }
  }
}

enum RetentionText {
  static func bounds(_ policy: RetentionPolicy) -> String {
    [policy.age.map { "\($0.text) of age" }, policy.size.map { "\($0.text) of each data stream" }].compactMap(\.self)
      .joined(separator: ", and ")
  }
}
