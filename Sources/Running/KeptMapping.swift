import Alerts
import Events
import JSON
import Synchronization

/// The mapping that a folder remembers cannot be read; a sentence without a full stop.
public struct UnreadableMapping: Error, CustomStringConvertible {
  public let description: String
}

/// The mapping that a folder of events remembers: types of fields, over those of the schema, for whoever reads it.
///
/// Events are stored under the schema's own types, so that another mapping asks nothing to be stored anew.
public struct KeptMapping: Sendable {
  public var mapping: FieldMapping
  public var keptAt: Timestamp
  public var who: String

  private static let key = "fields"
  /// By folder; a process asks several times.
  private static let known = Mutex<[String: KeptMapping?]>([:])

  /// Nil where a folder remembers none, or is none. Throws `UnreadableMapping` where it cannot be read, and `AlertStoreError` where all that
  /// the folder keeps beside its events is lost.
  public static func of(_ folder: String) throws -> KeptMapping? {
    if let known = known.withLock({ $0[folder] }) { return known }
    let kept: KeptMapping?
    do {
      let document = try AlertStore(folder: folder, isReadOnly: true).current(.mapping).first { $0.key == key }
      if document?.isDamaged ?? false {
        throw UnreadableMapping(
          description:
            "it is damaged, and not what was kept; give it again with ingest --mapping, or put back the alerts.sqlite of a backup"
        )
      }
      kept = try document.flatMap { document in
        try document.text.map { text in
          KeptMapping(
            mapping: try FieldMapping(JSONValue(parsing: Array(text.utf8)[...])), keptAt: document.keptAt,
            who: document.who)
        }
      }
    } catch let error as AlertStoreError where error.isLoss {
      throw error
    } catch {
      throw UnreadableMapping(description: "the mapping that \(folder) remembers cannot be read: \(error)")
    }
    known.withLock { $0[folder] = .some(kept) }
    return kept
  }

  /// Forgets what is known of a folder's mapping, which another process may have changed.
  public static func look(again folder: String) { known.withLock { $0[folder] = nil } }

  /// Makes a folder remember a mapping; one without fields ends that, and then it is nil.
  public static func keep(
    _ mapping: FieldMapping, _ text: String, in folder: String, at now: Timestamp
  ) throws -> Keeping? {
    known.withLock { $0[folder] = nil }
    guard !mapping.fields.isEmpty else {
      guard try of(folder) != nil else { return nil }
      known.withLock { $0[folder] = nil }
      _ = try AlertStore(folder: folder, isReadOnly: false)
        .changing(by: SystemUser.name, at: now) { try $0.remove(.mapping, key) }
      return nil
    }
    return try AlertStore(folder: folder, isReadOnly: false).changing(by: SystemUser.name, at: now) {
      let outcome = try $0.keep(.mapping, key, text)
      // Of a mapping of megabytes not every version is kept.
      try $0.forgetContents(.mapping, key, but: 10)
      return outcome
    }
  }
}
