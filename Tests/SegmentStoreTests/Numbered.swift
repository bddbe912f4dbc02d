import Events
import SegmentStore
import Segments
import Store

/// Events of one data stream that are told by numbers: their identity, the second of their time, their text.
enum Numbered {
  static func content(_ numbers: [UInt64], content: UInt32 = 5, text: String = "") -> SourcedBatch {
    var (texts, ends): ([UInt8], [Int]) = ([], [])
    for number in numbers {
      texts.append(contentsOf: "event \(number)\(text)".utf8)
      ends.append(texts.count)
    }
    let heads = numbers.map {
      EventHead(
        time: Timestamp(milliseconds: Int64($0) * 1000), identity: EventIdentity(EventID(high: 7, low: $0)),
        content: content, form: 0)
    }
    return SourcedBatch(
      dataStream: "logs-a-b", heads: heads, sources: SourceTexts(texts, ends: ends),
      events: EventBatch(columns: [], paths: [], rowCount: numbers.count))
  }

  /// How many parts a request misses that is about events of some data streams and seconds.
  static func missing(
    _ snapshot: SegmentStore.Snapshot, index: String? = nil, _ seconds: ClosedRange<Int64>? = nil
  ) async throws -> Int {
    let times = seconds.map {
      Timestamp(milliseconds: $0.lowerBound * 1000)...Timestamp(milliseconds: $0.upperBound * 1000)
    }
    let selection = EventSelection(
      index: index.map { IndexPattern($0) }, times: times, now: Timestamp(milliseconds: 1_790_000_000_000))
    return try await snapshot.groups(GroupRequest(selection, by: [])).summary.missing.count
  }

  static func texts(_ snapshot: SegmentStore.Snapshot) throws -> [String] {
    var texts: [String] = []
    for part in snapshot.parts {
      try part.segment.withSources(part.rows) { _, text in texts.append(String(decoding: text, as: UTF8.self)) }
    }
    return texts
  }
}
