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

  /// The alerts that are asked for, in the order of their executions, with what people did with them.
  ///
  /// - Parameter idPrefix: how their ids begin.
  func alerts(in store: AlertStore, idPrefix: String = "") throws -> (alerts: [AlertDocument], left: Int) {
    let catalog = try types.catalog(of: data, tells: true)
    let now = EventOptions.clock()
    let filter = try predicate(catalog).map { AlertFilter($0, catalog: catalog, now: now) }
    let keeps = try selection.alertFilter()
    var found: [AlertDocument] = []
    var (left, bytes) = (0, 0)
    var waiting: [AlertDocument] = []
    var waitingBytes = 0
    func settle() throws {
      let ids = try filter?.ids(in: waiting.map(\.json))
      for alert in waiting where ids?.contains(alert.id) ?? true {
        bytes += alert.json.count
        if bytes <= Self.mostBytes { found.append(alert) } else { left += 1 }
      }
      waiting.removeAll(keepingCapacity: true)
      waitingBytes = 0
    }
    try store.forEachAlert(statuses: Set(statuses), idPrefix: idPrefix) { stored in
      let alert = try AlertDocument(written: try stored.document())
      guard keeps(alert) else { return }
      waiting.append(alert)
      waitingBytes += alert.json.count
      if waitingBytes >= Self.batchBytes { try settle() }
    }
    try settle()
    return (found, left)
  }
}

extension AlertWorkflow.Status: ExpressibleByArgument {}
