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
    abstract: "Says what a folder of events holds.",
    discussion: """
      Example:
        martlet status --data events

      Exit status: 0; 1 when the folder, a segment in it or its alerts cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var folder: FolderOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  /// What a folder has beside its events.
  private struct Kept {
    var alerts: [AlertWorkflow.Status: Int]
    var runs: [(run: AlertStore.Run, failures: Int)]
    var mapping: KeptMapping?
  }

  private struct Stream {
    var events = 0
    var segments = 0
    var fileBytes = 0
    var sourceBytes = 0
    var earliest: Timestamp?
    var latest: Timestamp?
  }

  func run() throws {
    let snapshot: StoreSnapshot
    let objects: Int
    let kept: Kept?
    do {
      let store = try SegmentStore(folder.data, .reading)
      snapshot = try store.snapshot()
      objects = try store.objectCount()
      kept = try LostAlerts.goingOn {
        let mapping = try KeptMapping.of(folder.data)
        let alerts = try AlertStore(folder: folder.data, isReadOnly: true)
        return Kept(alerts: try alerts.counts(), runs: try alerts.latestRuns(), mapping: mapping)
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
      try write(sorted, to: output)
      if let kept { try write(kept.alerts, kept.runs, to: output) }
      if let mapping = kept?.mapping {
        try output.write(
          line: Terminal.safe(
            "mapping: \(CountText.count(mapping.mapping.fields.count, "field")), since \(mapping.keptAt.iso8601) by \(mapping.who)"
          ))
      }
    case .json: try output.write(line: json(sorted, snapshot, objects: objects, kept).text)
    }
    for missing in snapshot.missing {
      StandardError.write(
        line: Terminal.safe(
          "martlet: \(CountText.count(missing.summary.rowCount, "event")) of \(missing.summary.dataStream) cannot be read: "
            + missing.reason))
    }
    if !snapshot.missing.isEmpty || LostAlerts.areMet { throw ExitCode(1) }
  }

  private func write(_ streams: [(key: String, value: Stream)], to output: StandardOutput) throws {
    guard !streams.isEmpty else { return try output.write(line: Terminal.safe("\(folder.data) holds no event")) }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let rows = streams.map { name, stream in
      [
        name, "\(stream.events)", "\(stream.segments)", ByteText.text(stream.fileBytes),
        ByteText.text(stream.sourceBytes),
        stream.earliest?.iso8601 ?? "-", stream.latest?.iso8601 ?? "-",
        stream.latest.map { DurationText.text(max(0, now.milliseconds - $0.milliseconds)) } ?? "-",
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
    _ alerts: [AlertWorkflow.Status: Int], _ runs: [(run: AlertStore.Run, failures: Int)], to output: StandardOutput
  ) throws {
    guard !runs.isEmpty else { return try output.write(line: "no rule has run (martlet run)") }
    let counts = AlertWorkflow.Status.allCases.map { "\(alerts[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
    let last = runs.map(\.run.last).max()
    try output.write(
      line: "alerts: \(counts); \(CountText.count(runs.count, "rule")), run up to \(last?.iso8601 ?? "-")")
    let failing = runs.filter { $0.failures > 0 }
    for (run, failures) in failing.prefix(20) {
      try output.write(
        line: Terminal.safe(
          "  \(run.ruleID) has failed \(failures == 1 ? "once" : "\(failures) times") since it was last done: "
            + (run.reason ?? "no reason was told")))
    }
    if failing.count > 20 { try output.write(line: "  … and \(failing.count - 20) more") }
    let warned = runs.filter { !$0.run.warnings.isEmpty }
    for (run, _) in warned.prefix(20) {
      for warning in run.warnings {
        try output.write(line: Terminal.safe("  \(run.ruleID), in its last run: \(warning)"))
      }
    }
    if warned.count > 20 { try output.write(line: "  … and \(warned.count - 20) more rules with warnings") }
  }

  private func json(
    _ streams: [(key: String, value: Stream)], _ snapshot: StoreSnapshot, objects: Int, _ kept: Kept?
  ) -> JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "folder": .string(folder.data), "events": count(snapshot.eventCount), "source_objects": count(objects),
      "mapping": kept?.mapping.map {
        [
          "fields": count($0.mapping.fields.count), "kept_at": .string($0.keptAt.iso8601), "kept_by": .string($0.who),
        ]
      } ?? .null,
      "missing_events": count(snapshot.missing.reduce(0) { $0 + $1.summary.rowCount }),
      "alerts": kept.map { kept in
        .object(
          Dictionary(
            uniqueKeysWithValues: AlertWorkflow.Status.allCases.map { ($0.rawValue, count(kept.alerts[$0] ?? 0)) }))
      } ?? .null,
      "alerts_fault": LostAlerts.error.map { .string("\($0)") } ?? .null,
      "rules": kept.map { kept in
        .array(
          kept.runs.map { run, failures in
            [
              "rule_id": .string(run.ruleID), "last_tick": .string(run.last.iso8601),
              "outcome": .string(run.outcome.rawValue),
              "reason": run.reason.map { .string($0) } ?? .null, "failures": count(failures),
              "took": .integer(run.took), "warnings": .array(run.warnings.map { .string($0) }),
            ]
          })
      } ?? .null,
      "data_streams": .array(
        streams.map { name, stream in
          [
            "name": .string(name), "events": count(stream.events), "segments": count(stream.segments),
            "bytes": count(stream.fileBytes), "source_bytes": count(stream.sourceBytes),
            "earliest": stream.earliest.map { .string($0.iso8601) } ?? .null,
            "latest": stream.latest.map { .string($0.iso8601) } ?? .null,
          ]
        }),
    ]
  }
}
