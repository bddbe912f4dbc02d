import Alerts
import ArgumentParser
import CloudTrail
import Events
import Foundation
import Ingestion
import Outputs
import Parallel
import Query
import Reports
import SegmentStore

/// Which of the alerts that are kept in a folder a command works on.
struct KeptAlertOptions: ParsableArguments {
  @OptionGroup var folder: FolderOption

  @Option(
    name: .customLong("status"),
    help: ArgumentHelp("Only alerts that are open, acknowledged or closed; may be repeated.", valueName: "status"))
  var statuses: [AlertWorkflow.Status] = []

  @Option(
    name: .customLong("filter"),
    help: ArgumentHelp("Only alerts that this query in KQL matches.", valueName: "query"))
  var query: String?

  @OptionGroup var selection: AlertSelectionOptions
  @OptionGroup var types: MappingOptions

  var data: String { folder.data }

  func validate() throws { _ = try predicate(.standard) }

  /// Bytes of documents that are looked through at once.
  private static let batchBytes = 8 << 20
  /// Bytes of alerts that are held at most: one that is read takes about six times as much memory as its text.
  private static let mostBytes = min(1 << 30, ProcessMemory.available / 12)

  private func predicate(_ catalog: FieldCatalog) throws -> Query.Predicate? {
    guard let query else { return nil }
    let parsed: KQLQuery
    do {
      parsed = try KQL.query(query)
    } catch {
      throw ValidationError("--filter cannot be read.\n\(error.rendered)")
    }
    if let refusal = parsed.refusal(QueryJudge(catalog)) {
      throw ValidationError("--filter is refused, as Elasticsearch would refuse it.\n\(refusal.rendered)")
    }
    return parsed.predicate
  }

  /// Opens the alerts of the folder for reading.
  func open() throws -> AlertStore {
    do {
      // That it is a folder of events is told before there is talk of alerts.
      _ = try SegmentStore(data, .reading)
      return try AlertStore(folder: data, isReadOnly: true)
    } catch {
      throw StoreAccess.failed(error)
    }
  }

  /// The alerts that are asked for, in the order of their executions, with what people did with them. Tells of those that are damaged.
  ///
  /// - Parameters:
  ///   - idPrefix: how their ids begin.
  ///   - notices: is told of fields of the filter that no alert has.
  func alerts(
    in store: AlertStore, idPrefix: String = "", _ notices: NoticeOptions? = nil
  ) throws -> (alerts: [AlertDocument], left: Int) {
    let catalog = try types.catalog(of: data, tells: true)
    let now = EventOptions.clock()
    let predicate = try predicate(catalog)
    let (unknown, patterns) = predicate.map { Self.unknown($0, catalog) } ?? ([], [])
    var met: Set<String> = []
    let filter = predicate.map {
      AlertFilter($0, lookedFor: unknown, patterns: patterns, catalog: catalog, now: now)
    }
    let keeps = try selection.alertFilter()
    var found: [AlertDocument] = []
    var (left, bytes) = (0, 0)
    var waiting: [AlertDocument] = []
    var waitingBytes = 0
    func settle() throws {
      let matching = try filter?.ids(in: waiting.map(\.json))
      met.formUnion(matching?.met ?? [])
      for alert in waiting where matching?.ids.contains(alert.id) ?? true {
        bytes += alert.json.count
        if bytes <= Self.mostBytes { found.append(alert) } else { left += 1 }
      }
      waiting.removeAll(keepingCapacity: true)
      waitingBytes = 0
    }
    let damaged = try store.forEachAlert(statuses: Set(statuses), idPrefix: idPrefix) { stored in
      let alert = try AlertDocument(written: try stored.document())
      guard keeps(alert) else { return }
      waiting.append(alert)
      waitingBytes += alert.json.count
      if waitingBytes >= Self.batchBytes { try settle() }
    }
    try settle()
    DamagedAlerts.tell(damaged, in: data)
    notices?.warn(each: (unknown + patterns.map(\.text)).filter { !met.contains($0) }) {
      UnknownFields.ofAlerts($0, catalog)
    } more: {
      "no alert has \($0) more fields that were named"
    }
    return (found, left)
  }

  /// The fields and patterns of a filter that the catalog does not know: alerts may have them all the same.
  private static func unknown(
    _ predicate: Query.Predicate, _ catalog: FieldCatalog
  ) -> (fields: [String], patterns: [WildcardPattern]) {
    var fields: [String] = []
    var patterns: [WildcardPattern] = []
    for selector in predicate.fields {
      switch selector.strict {
      case .named(let path): if !fields.contains(path) { fields.append(path) }
      case .matching(let pattern): if FieldNotice.isUnknown(pattern.text, catalog) { patterns.append(pattern) }
      default: break
      }
    }
    return (UnknownFields.among(fields, catalog), patterns)
  }
}

extension AlertWorkflow.Status: ExpressibleByArgument {}
