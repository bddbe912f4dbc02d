import Events
import Intake
import Synchronization

/// Says why documents are refused: once for each cause in an hour, however many they are.
final class RefusalLog: Sendable {
  private struct Told {
    var at: Timestamp
    /// Refused since, and not told.
    var more = 0
  }

  /// Milliseconds.
  private static let period: Int64 = 3_600_000
  private static let mostCauses = 100
  private let told = Mutex<[String: Told]>([:])

  /// Takes note of documents, and says how many are to be told of, with those that were not before; nil where it was told lately.
  func count(_ refused: RefusedDocuments, at now: Timestamp) -> Int? {
    told.withLock { told in
      // Causes are few; whatever makes them many is told as one.
      let cause = told[refused.cause] != nil || told.count < Self.mostCauses ? refused.cause : ""
      if let last = told[cause], last.at <= now, now.milliseconds - last.at.milliseconds < Self.period {
        told[cause]?.more += refused.count
        return nil
      }
      let count = refused.count + (told[cause]?.more ?? 0)
      told[cause] = Told(at: now)
      return count
    }
  }
}
