import Events
import Segments

extension SegmentStore {
  /// What of a data stream is kept; what is nil has no bound.
  public struct RetentionBound: Equatable, Sendable {
    /// Events before it need not be kept.
    public var oldest: Timestamp?
    /// Bytes of segments on disk.
    public var bytes: Int?

    public init(oldest: Timestamp? = nil, bytes: Int? = nil) {
      self.oldest = oldest
      self.bytes = bytes
    }
  }

  /// Segments of a data stream that lie beyond what is kept of it.
  public struct Expired: Sendable {
    public let dataStream: String
    let parts: [SegmentPart]
    /// The time of the newest event in them.
    public let newest: Timestamp

    public var segments: Int { parts.count }
    public var events: Int { parts.reduce(0) { $0 + $1.eventCount } }
    /// On disk.
    public var bytes: Int { parts.reduce(0) { $0 + $1.summary.fileBytes } }
  }

  /// The segments that lie beyond what is kept, by data stream: those whose newest event is too old, and of those that are left
  /// the oldest until the others find room. For the process that writes.
  ///
  /// An event is no newer than when its segment was stored, whatever it says; one without a time is as old as that. Segments
  /// that cannot be read are left.
  ///
  /// - Parameter bound: what is kept of a data stream; all where it is nil.
  public func expired(_ bound: (String) -> RetentionBound?) throws -> [Expired] {
    let stored = Dictionary(try read { try $0.entries() }.map { ($0.number, $0.committedAt) }) { $1 }
    var found: [Expired] = []
    for (stream, parts) in Dictionary(grouping: parts, by: \.summary.dataStream).sorted(by: { $0.key < $1.key }) {
      guard let bound = bound(stream) else { continue }
      func newest(_ part: SegmentPart) -> Timestamp {
        let latest = Timestamp(milliseconds: .max)
        return min(part.summary.times?.upperBound ?? latest, stored[part.number] ?? latest)
      }
      let ordered = parts.sorted { (newest($0), $0.number) < (newest($1), $1.number) }
      var count = bound.oldest.map { oldest in ordered.prefix { newest($0) < oldest }.count } ?? 0
      if let bytes = bound.bytes {
        var left = ordered[count...].reduce(0) { $0 + $1.summary.fileBytes }
        while left > bytes, count < ordered.count {
          left -= ordered[count].summary.fileBytes
          count += 1
        }
      }
      guard count > 0 else { continue }
      let chosen = Array(ordered[..<count])
      found.append(Expired(dataStream: stream, parts: chosen, newest: newest(chosen[count - 1])))
    }
    return found
  }

  /// Deletes segments: one transaction of the catalog, and then their files go. Whoever reads them keeps what is mapped. The
  /// objects that their events came from stay known, so that nothing of them is read again.
  ///
  /// False where they have changed since they were looked at, and then nothing is done. Throws `StoreError`.
  public func delete(_ expired: Expired, at now: Timestamp) throws -> Bool {
    let numbers = expired.parts.sorted { $0.number < $1.number }
    return try replace(numbers, by: nil, at: now)
  }
}
