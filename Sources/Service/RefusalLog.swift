import Events
import Intake
import Synchronization

/// Says why documents are refused: once for each cause in an hour, however many they are, and at the end of it how many more there were.
final class RefusalLog: Sendable {
  private struct Told {
    var at: Timestamp
    /// Refused since, and not told, for the reason of the last of them.
    var more: RefusedDocuments?
    var source = ""
  }

  /// Documents of which nothing has been told, and where the last of them came from.
  struct Rest: Equatable {
    var refused: RefusedDocuments
    var source: String
  }

  /// Milliseconds.
  private static let period: Int64 = 3_600_000
  private static let mostCauses = 100
  private let told = Mutex<[String: Told]>([:])

  /// Takes note of documents, and says how many are to be told of, with those that were not before; nil where it was told lately.
  func count(_ refused: RefusedDocuments, from source: String, at now: Timestamp) -> Int? {
    told.withLock { told in
      // Causes are few; whatever makes them many is told as one.
      let cause = told[refused.cause] != nil || told.count < Self.mostCauses ? refused.cause : ""
      let count = refused.count + (told[cause]?.more?.count ?? 0)
      if let last = told[cause], !Self.isOver(last, now) {
        told[cause]?.more = RefusedDocuments(refused.cause, count: count, reason: refused.reason)
        told[cause]?.source = source
        return nil
      }
      told[cause] = Told(at: now)
      return count
    }
  }

  /// What has not been told and whose hour is over, or all of it at the end of the service; it counts as told.
  func rest(at now: Timestamp, isEnd: Bool = false) -> [Rest] {
    told.withLock { told in
      var rest: [Rest] = []
      for (cause, last) in told.sorted(by: { $0.key < $1.key }) where isEnd || Self.isOver(last, now) {
        // A cause that has not come again gives its place to others.
        told[cause] = last.more == nil ? nil : Told(at: now)
        if let more = last.more { rest.append(Rest(refused: more, source: last.source)) }
      }
      return rest
    }
  }

  private static func isOver(_ last: Told, _ now: Timestamp) -> Bool {
    last.at > now || now.milliseconds - last.at.milliseconds >= period
  }
}
