import Alerts
import ArgumentParser
import CloudTrail
import Detection
import Events
import Foundation
import Ingestion
import Inputs
import JSON
import Outputs
import Query
import Reports
import Running
import SegmentStore

struct ContextCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "context",
    abstract: "Says what the principal of an alert that is kept did before and afterwards, and its other alerts.",
    discussion: """
      As hunt --context does, out of the events that are stored by now: a day before the alert's event and a day after it, and
      alerts within 48 hours. With --format json, the object that an alert has as martlet.context.

      Examples:
        martlet context --data events 3f9c
        martlet context --data events --format json 3f9c

      Exit status: 0 when the alert was found and everything was looked at; 1 when it was not found, when several begin alike, or
      when some event or the folder cannot be read; 2 when the alert's event names nobody; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @OptionGroup var folder: FolderOption

  @Argument(
    help: ArgumentHelp("The alert's id (kibana.alert.uuid), or as much of its start as no other has.", valueName: "id"))
  var id: String

  @OptionGroup var events: EventOptions

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    guard !id.isEmpty else { throw ValidationError("an alert's id, or the start of one, must be given.") }
  }

  func run() async throws {
    let now = try events.currentTime()
    let snapshot = try StoreAccess.open(folder.data, .reading).snapshot()
    let (alert, alerts) = try FolderRules.telling { try near() }
    guard let own = alerts.first, own.principal != nil else {
      StandardError.write(line: Terminal.safe("martlet: the event of the alert \(alert.id) names nobody"))
      throw ExitCode(2)
    }
    let catalog = try events.types.catalog(of: folder.data, tells: true)
    let spans = snapshot.parts.compactMap(\.times) + snapshot.missingParts.compactMap(\.times)
    let plan = ContextPlan(
      alerts, inputStart: spans.map(\.lowerBound).min(), inputEnd: spans.map(\.upperBound).max())
    let context = try events.context()
    var reader = StoreReader(snapshot, now: now)
    if let threads = events.threads { reader.workers = threads }
    reader.times = plan.window
    // Columns are stored as the schema types them.
    if try !events.types.meansMapping(of: folder.data) {
      var queries = QuerySet(catalog: catalog, now: now)
      let query = queries.add(plan.question)
      reader.question = (queries, query)
    }
    let registry = EventRegistry(dataStream: context.dataStream, remembers: false)
    let (summary, parts) = try await reader.read(registry: registry) {
      ContextCollector(plan, context: context, catalog: catalog)
    }
    let (contexts, left) = plan.contexts(of: alerts, parts)
    ProblemReport.write(summary.reading.problems)
    for missing in summary.missing {
      StandardError.write(
        line: Terminal.safe(
          "martlet: \(CountText.count(missing.count, "event")) cannot be read: \(missing.reason)"))
    }
    if left > 0 { events.notices.warn("\(left) events were not remembered for want of memory, and are not counted") }
    try StandardOutput.quietly { output in
      switch format {
      case .json: try output.write(line: (contexts.first.flatMap(\.self) ?? .null).text)
      case .text:
        try output.write(
          line: AlertSheet.context(
            try with(contexts.first.flatMap(\.self) ?? .null, alert), usesColour: Terminal.usesColour(STDOUT_FILENO)))
      }
    }
    if !summary.missing.isEmpty || !summary.reading.problems.isEmpty || DamagedAlerts.areMet { throw ExitCode(1) }
  }

  /// The alert, and what context needs of it and of all alerts that are near to it.
  private func near() throws -> (AlertDocument, [WrittenAlert]) {
    let store = try FolderRules.open(folder.data, isReadOnly: true)
    var found: [AlertDocument] = []
    let damaged = try store.forEachAlert(idPrefix: id) {
      found.append(try AlertDocument(written: try $0.document()))
    }
    // Alerts that cannot be looked at may be near: what was named is told of alone where it is damaged.
    if found.isEmpty { DamagedAlerts.tell(damaged, in: folder.data) }
    let alert = try AlertPick.one(id, found)
    let own = written(alert)
    var alerts = [own]
    let further = try store.forEachAlert { stored in
      guard stored.id != alert.id else { return }
      let document = try AlertDocument(written: stored.made)
      // A building block is no alert beside the one that it is a part of.
      guard !document.isPartOfGroup else { return }
      let other = written(document)
      if other.isNear(own) { alerts.append(other) }
    }
    DamagedAlerts.tell(further, in: folder.data)
    return (alert, alerts)
  }

  private func written(_ alert: AlertDocument) -> WrittenAlert {
    let time = alert.first("kibana.alert.original_time").flatMap { Timestamp(iso8601: $0) }
    return WrittenAlert(
      id: alert.id, rule: alert.ruleName, severity: alert.severity.rawValue,
      time: time ?? alert.time ?? Timestamp(milliseconds: 0)
    ) { alert.first($0) }
  }

  private func with(_ context: JSONValue, _ alert: AlertDocument) throws -> AlertDocument {
    var members = alert.root.objectValue ?? [:]
    var own = members["martlet"]?.objectValue ?? [:]
    own["context"] = context
    members["martlet"] = .object(own)
    return try AlertDocument(written: Array(JSONValue.object(members).text.utf8))
  }
}
