import Alerts
import Events
import Foundation
import Intake
import JSON

/// Stores the entries of the audit log as events, so that they are searched and watched by rules as others are; only what is stored can
/// bear witness against a log that was changed.
struct AuditMirror: Sendable {
  let alerts: AlertStore
  let sink: StoreSink
  let clock: any ServiceClock
  let log: ServiceLog
  let health: ServiceHealth

  /// Goes on until the task is cancelled; what changes is stored within some seconds.
  func run() async {
    while !Task.isCancelled {
      do {
        while try await storeSome() {}
        health.set("audit log", nil)
      } catch is CancellationError {
        return
      } catch {
        health.set("audit log", "its entries cannot be stored as events: \(error)")
        log.warn("entries of the audit log cannot be stored as events, which is tried again: \(error)")
      }
      try? await clock.sleep(for: .seconds(2))
    }
  }

  /// Stores the next entries; false where there are no more.
  func storeSome() async throws -> Bool {
    let entries = try alerts.auditToStore(limit: Self.most)
    guard let last = entries.last else { return false }
    var documents = IngestionDocuments()
    for entry in entries {
      if let document = entry.document { documents.add(Array(document.text.utf8)) }
    }
    // One that is there already is none the worse for it: it was stored, and the process ended before that was noted.
    _ = try await sink.take(documents, from: IngestionSource(road: .service, name: "audit log"))
    try alerts.noteAuditStored(upTo: last.number)
    return entries.count == Self.most
  }

  private static let most = 1000
}
