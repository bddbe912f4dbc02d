import Events
import Store

/// An event as plain values, for whoever makes events and for the reference.
struct PlainEvent: Equatable {
  var id: UInt64
  var stream = "logs-a-default"
  /// Milliseconds; nil for an event without a time.
  var time: Int64?
  var content: UInt32 = 5
  /// Values by field: texts, and for `event.severity` whole numbers.
  var values: [String: [String]] = [:]
  var text: String

  init(
    _ id: UInt64, at time: Int64? = 0, _ values: [String: [String]] = [:], stream: String = "logs-a-default",
    content: UInt32 = 5, text: String? = nil
  ) {
    self.id = id
    self.time = time
    self.values = values
    self.stream = stream
    self.content = content
    self.text = text ?? "event \(id)"
  }

  var identity: EventIdentity {
    EventIdentity(EventID(high: id % 3, low: id), scope: stream == "logs-a-default" ? 1 : 2)
  }

  static func isNumber(_ field: String) -> Bool { field == "event.severity" }
}

extension SourcedBatch {
  /// Events of one data stream.
  init(_ events: [PlainEvent]) {
    var (texts, ends): ([UInt8], [Int]) = ([], [])
    for event in events {
      texts += event.text.utf8
      ends.append(texts.count)
    }
    let paths = Set(events.flatMap(\.values.keys)).sorted()
    let columns = paths.map { path -> Column in
      var values = ValueDictionary()
      var (rows, codes): ([UInt32], [UInt32]) = ([], [])
      for (row, event) in events.enumerated() {
        for text in event.values[path] ?? [] {
          let code = Array(text.utf8).withUnsafeBufferPointer {
            values.insert(Scalar(PlainEvent.isNumber(path) ? .number : .string, $0))
          }
          rows.append(UInt32(row))
          codes.append(code)
        }
      }
      return rows.withUnsafeBufferPointer { rows in
        codes.withUnsafeBufferPointer {
          Column(dictionary: values, rows: rows, codes: $0, rowCount: events.count)
        }
      }
    }
    self.init(
      dataStream: events.first?.stream ?? "logs-a-default",
      heads: events.map {
        EventHead(
          time: $0.time.map(Timestamp.init(milliseconds:)) ?? .missing, identity: $0.identity, content: $0.content,
          form: 0)
      },
      sources: SourceTexts(texts, ends: ends),
      events: EventBatch(columns: columns, paths: paths, rowCount: events.count))
  }
}

extension EventStore {
  /// Appends events of one data stream.
  @discardableResult
  func append(_ events: [PlainEvent], from object: SourceObject? = nil) async throws -> AppendOutcome {
    try await append([SourcedBatch(events)], from: object, at: Timestamp(milliseconds: 0))
  }
}

/// What a scan gave.
struct ScannedEvent: Equatable {
  var id: UInt64
  var stream: String
  var text: String
  /// By the fields of the projection.
  var values: [[String]]
}

extension EventSnapshot {
  /// All events that a scan gives, with their texts.
  func events(_ request: ScanRequest) async throws -> (events: [ScannedEvent], summary: ReadSummary) {
    var found: [ScannedEvent] = []
    let summary = try await scan(request) { batch in
      try found.append(batch, request.projection)
      return .more
    }
    return (found, summary)
  }

  /// The texts of all events that satisfy a selection, as they were stored.
  func texts(_ selection: EventSelection = EventSelection(now: Timestamp(milliseconds: 0))) async throws -> [String] {
    try await events(ScanRequest(selection)).events.map(\.text)
  }
}

extension [ScannedEvent] {
  /// Adds the events of a batch.
  mutating func append(_ batch: ScanBatch, _ projection: Projection = .none) throws {
    try batch.withSources(Array<Int>(batch.heads.indices)) { row, text in
      var values: [[String]] = []
      if case .fields(let paths) = projection {
        values = paths.indices.map { place in
          let column = batch.events.columns[place]
          return column.codes(row: row).map { column.dictionary.text($0) }
        }
      }
      let stream = batch.events.dataStream
      append(
        ScannedEvent(
          id: batch.heads[row].identity.id.low, stream: stream.dictionary.text(stream.code(row: row)),
          text: String(decoding: text, as: UTF8.self), values: values))
    }
  }
}
