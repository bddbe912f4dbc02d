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

  static func texts(_ snapshot: SegmentStore.Snapshot) throws -> [String] {
    var texts: [String] = []
    for part in snapshot.parts {
      try part.segment.withSources(part.rows) { _, text in texts.append(String(decoding: text, as: UTF8.self)) }
    }
    return texts
  }
}
