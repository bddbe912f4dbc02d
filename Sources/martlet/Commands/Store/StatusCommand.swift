import Alerts
import ArgumentParser
import Events
import Foundation
import JSON
import Outputs
import Running
import SegmentStore
import Store

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says what a folder of events holds, and how far its rules have come.",
    discussion: """
      Of each rule that has run: its last execution and how long ago that was scheduled, how many executions are due, were skipped since
      they were due too long ago, and failed since it was last done. martlet runs shows the log that this is taken from.

      Example:
        martlet status --data events

      Exit status: 0; 1 when the folder, a segment in it or its alerts cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  @Option(
    help: ArgumentHelp("The time that ages are counted to: ISO 8601; the clock's unless given.", valueName: "time"))
  var now: String?

  /// What a folder has beside its events.
  private struct Kept {
    var alerts: [AlertWorkflow.Status: Int]
    var rules: [RuleStatus]
    var mapping: KeptMapping?
  }

  private struct Stream {
    var events = 0
    var segments = 0
    var fileBytes = 0
    var sourceBytes = 0
    var earliest: Timestamp?
    var latest: Timestamp?

    /// Milliseconds since the last event.
    func delay(_ now: Timestamp) -> Int64? { latest.map { max(0, now.milliseconds - $0.milliseconds) } }
  }

  func run() throws {
    let clock = EventOptions.clock()
    let now = try now.map { try InputOptions.time($0, option: "--now", relativeTo: clock) } ?? clock
    let snapshot: SegmentStore.Snapshot
    let objects: Int
    let kept: Kept?
    do {
      let store = try SegmentStore(folder.data, .reading)
      snapshot = try store.snapshot()
      objects = try store.objectCount()
      kept = try LostAlerts.goingOn {
        let mapping = try KeptMapping.of(folder.data)
        let alerts = try AlertStore(folder: folder.data, isReadOnly: true)
        return Kept(alerts: try alerts.counts(), rules: try RuleStatus.all(alerts, now: now), mapping: mapping)
      }
    } catch {
      throw StoreAccess.failed(error)
    }
    var streams: [String: Stream] = [:]
    for part in snapshot.parts {
      let summary = part.summary
      var stream = streams[summary.dataStream] ?? Stream()
      stream.events += part.eventCount
      stream.segments += 1
      stream.fileBytes += summary.fileBytes
      stream.sourceBytes += summary.sourceBytes
      if let times = summary.times {
        stream.earliest = min(stream.earliest ?? times.lowerBound, times.lowerBound)
        stream.latest = max(stream.latest ?? times.upperBound, times.upperBound)
      }
      streams[summary.dataStream] = stream
    }
    LostAlerts.tell(.status)
    let sorted = streams.sorted { $0.key < $1.key }
    let output = StandardOutput()
    switch format {
    case .table:
      try write(sorted, now, to: output)
      if let kept { try write(kept.alerts, kept.rules, to: output) }
      if let mapping = kept?.mapping {
        try output.write(
          line: Terminal.safe(
            "mapping: \(CountText.count(mapping.mapping.fields.count, "field")), since \(mapping.keptAt.iso8601) by \(mapping.who)"
          ))
      }
    case .json: try output.write(line: json(sorted, snapshot, objects: objects, kept, now).text)
    }
    for missing in snapshot.missingParts {
      StandardError.write(
        line: Terminal.safe(
          "martlet: \(CountText.count(missing.count, "event")) of \(missing.streamName) cannot be read: "
            + missing.reason))
    }
    if !snapshot.missingParts.isEmpty || LostAlerts.areMet { throw ExitCode(1) }
  }

  private func write(
    _ streams: [(key: String, value: Stream)], _ now: Timestamp, to output: StandardOutput
  ) throws {
    guard !streams.isEmpty else { return try output.write(line: Terminal.safe("\(folder.data) holds no event")) }
    let rows = streams.map { name, stream in
      [
        name, "\(stream.events)", "\(stream.segments)", ByteText.text(stream.fileBytes),
        ByteText.text(stream.sourceBytes),
        stream.earliest?.iso8601 ?? "-", stream.latest?.iso8601 ?? "-",
        stream.delay(now).map(DurationText.text) ?? "-",
      ]
    }
    let table = TextTable(
      [
        .init("DATA STREAM", limit: 120), .init("EVENTS"), .init("SEGMENTS"), .init("ON DISK"), .init("AS TEXT"),
        .init("FROM"), .init("TO"), .init("AGE OF LAST"),
      ], sample: rows, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    try output.write(line: table.header)
    for row in rows { try output.write(line: table.row(row)) }
  }

  private func write(
    _ alerts: [AlertWorkflow.Status: Int], _ rules: [RuleStatus], to output: StandardOutput
  ) throws {
    guard !rules.isEmpty else { return try output.write(line: "no rule has run (martlet run)") }
    let counts = AlertWorkflow.Status.allCases.map { "\(alerts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
    let last = rules.compactMap(\.last).max()
    try output.write(
      line: "alerts: \(counts); \(CountText.count(rules.count, "rule")), run up to \(last?.iso8601 ?? "-")")
    let cells = rules.map(\.cells).sorted { $0[0] < $1[0] }
    let table = TextTable(
      RuleStatus.columns, sample: cells, width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    try output.write(line: table.header)
    for row in cells { try output.write(line: table.row(row)) }
    let gaps = rules.filter { $0.skipped > 0 }
    if !gaps.isEmpty {
      let count = gaps.reduce(0) { $0 + $1.skipped }
      try output.write(
        line: "\(CountText.count(count, "execution")) of \(CountText.count(gaps.count, "rule")) "
          + "\(count == 1 ? "was" : "were") skipped: martlet run --from runs a span of the past, martlet runs shows which"
      )
    }
    let failing = rules.filter { $0.log.failures > 0 }
    for rule in failing.prefix(20) {
      let failures = rule.log.failures
      try output.write(
        line: Terminal.safe(
          "  \(rule.ruleID) has failed \(failures == 1 ? "once" : "\(failures) times") since it was last done: "
            + (rule.log.latest.reason ?? "no reason was told")))
    }
    if failing.count > 20 { try output.write(line: "  … and \(failing.count - 20) more") }
    let warned = rules.filter { !$0.log.latest.warnings.isEmpty }
    for rule in warned.prefix(20) {
      for warning in rule.log.latest.warnings {
        try output.write(line: Terminal.safe("  \(rule.ruleID), in its last run: \(warning)"))
      }
    }
    if warned.count > 20 { try output.write(line: "  … and \(warned.count - 20) more rules with warnings") }
  }

  private func json(
    _ streams: [(key: String, value: Stream)], _ snapshot: SegmentStore.Snapshot, objects: Int, _ kept: Kept?,
    _ now: Timestamp
  ) -> JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "folder": .string(folder.data), "events": count(snapshot.eventCount), "source_objects": count(objects),
      "mapping": kept?.mapping.map {
        [
          "fields": count($0.mapping.fields.count), "kept_at": .string($0.keptAt.iso8601), "kept_by": .string($0.who),
        ]
      } ?? .null,
      "missing_events": count(snapshot.missingParts.reduce(0) { $0 + $1.count }),
      "alerts": kept.map { kept in
        .object(
          Dictionary(
            uniqueKeysWithValues: AlertWorkflow.Status.allCases.map { ($0.rawValue, count(kept.alerts[$0] ?? 0)) }))
      } ?? .null,
      "alerts_fault": LostAlerts.error.map { .string("\($0)") } ?? .null,
      "rules": kept.map { .array($0.rules.map(\.json)) } ?? .null,
      "skipped": kept.map { count($0.rules.reduce(0) { $0 + $1.skipped }) } ?? .null,
      "data_streams": .array(
        streams.map { name, stream in
          [
            "name": .string(name), "events": count(stream.events), "segments": count(stream.segments),
            "bytes": count(stream.fileBytes), "source_bytes": count(stream.sourceBytes),
            "earliest": stream.earliest.map { .string($0.iso8601) } ?? .null,
            "latest": stream.latest.map { .string($0.iso8601) } ?? .null,
            "delay_seconds": stream.delay(now).map { .integer($0 / 1000) } ?? .null,
          ]
        }),
    ]
  }
}
