import Events
import JSON

/// Puts documents of a list, which are ECS already, into batches of columns without making records of them first: cells under
/// the names of fields, or JSON that was checked. One worker's own.
///
/// A document becomes what `EventMapper` makes of a hit that has it under `_source` in the list's index. Those that a hit would be
/// taken for something else for, it refuses: they have to go that way.
public final class DocumentColumns {
  private let builder: EventBatchBuilder
  private let ecs: ECSReader
  private let dataStream: String
  /// When the documents of the batch happened; `Timestamp.missing` for one without `@timestamp`.
  private var times: [Timestamp] = []
  private var names: [String] = []
  private var timeCell: Int?
  private var places: [PathNode] = []
  private var placesGeneration = -1

  /// Nil where a plan asks for what is not read of columns: what is judged from calls or worked out of agents and addresses, values of
  /// whole records, and ids of documents.
  ///
  /// - Parameter index: the index that documents belong to.
  public init?(_ plan: FieldPlan, context: EventContext, flattenedRoots: [String], index: String) {
    guard !plan.asksTexts else { return nil }
    builder = EventBatchBuilder(plan, flattenedRoots: flattenedRoots)
    let added = JudgedCall.fields + Enrichment.fields(context)
    guard !added.contains(where: { [builder] in builder.column($0.path) >= 0 }) else { return nil }
    ecs = ECSReader(context)
    dataStream = BackingIndex.dataStream(of: index)
  }

  /// Documents in the batch.
  public var count: Int { times.count }

  /// True when the batch should be ended before it grows further.
  public var isFull: Bool { times.count >= Self.mostRows || builder.isFull }

  private static let mostRows = 8192

  /// What had to be left out of the document appended last.
  public func takeCut() -> BatchCut { builder.takeCut() }

  /// Ends the batch and starts a new one.
  public func finish() -> (documents: EventBatch, times: [Timestamp]) {
    defer { times.removeAll(keepingCapacity: true) }
    return (builder.finish(), times)
  }

  // MARK: Cells

  /// Says which fields the cells of rows are of; false where a document with such fields may be no indicator but an alert, or a
  /// record.
  public func setNames(_ names: [String]) -> Bool {
    self.names = names
    timeCell = names.firstIndex(of: Self.time)
    placesGeneration = -1
    return !names.contains { $0 == "eventTime" || $0 == "kibana" || $0.hasPrefix("kibana.") }
  }

  private static let time = "@timestamp"

  /// Adds a document of cells, of which empty ones are no values; false, and nothing is added, where its time cannot be read here.
  ///
  /// - Parameters:
  ///   - count: how many cells there are, at most as many as names.
  ///   - cell: calls its second argument with the text of a cell, which is UTF-8.
  public func append(count: Int, _ cell: (Int, (UnsafeBufferPointer<UInt8>) -> Void) -> Void) -> Bool {
    var time: Timestamp? = .missing
    if let timeCell, timeCell < count { cell(timeCell) { time = Self.time(of: $0) } }
    guard let time else { return false }
    begin(time)
    for at in 0..<count {
      cell(at) { text in
        guard !text.isEmpty else { return }
        if at == timeCell, RecordTime.isForeign(text) {
          builder.append(time.iso8601, at: places[at])
        } else {
          builder.append(Scalar(.string, text), at: places[at])
        }
      }
    }
    return true
  }

  private static func time(of text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    guard !text.isEmpty else { return .missing }
    // What a string in JSON has to write in another way is left to it.
    guard text.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
      return nil
    }
    return RecordTime.ofDocument(text)
  }

  private func begin(_ time: Timestamp) {
    builder.beginRow(dataStream: dataStream)
    times.append(time)
    guard placesGeneration != builder.pathsGeneration else { return }
    places = names.map { builder.place($0) }
    placesGeneration = builder.pathsGeneration
  }

  // MARK: JSON

  /// Words of which one stands in every document that `append` may not be given: an alert, or a record.
  public static let refusedWords = ["kibana", "\"eventTime\""]
  /// What stands in every hit.
  public static let wordOfHits = "\"_source\""

  /// Adds a document that is an object and no hit; false, and nothing is added, where its time cannot be read.
  public func append(_ document: JSONNode) -> Bool { append(document, of: dataStream) }

  /// Adds the document of a hit that is an object; false, and nothing is added, where it is no plain one, or its time cannot be read.
  public func append(hit: JSONNode) -> Bool {
    var source: JSONNode?
    var index: JSONNode?
    var isPlain = true
    hit.forEachMember { key, value in
      if key.equals("_source") {
        if source != nil || !value.isObject { isPlain = false }
        source = value
      } else if key.equals("_index") {
        if index != nil || !value.isString { isPlain = false }
        index = value
      } else if !Self.besideSource.contains(where: { key.equals($0) }) {
        isPlain = false
      }
    }
    guard isPlain, let source else { return false }
    if let index, !known.index.isEmpty, index.rawString.elementsEqual(known.index) {
      return append(source, of: known.dataStream)
    }
    known = (index.map { Array($0.rawString) } ?? [], ECSReader.dataStream(of: hit))
    return append(source, of: known.dataStream)
  }

  /// What may stand in a plain hit beside its index and its source.
  private static let besideSource: [StaticString] = ["_id", "_score", "_type", "_version", "_ignored", "sort"]
  /// The index of the last hit, as it is written, and its data stream.
  private var known: (index: [UInt8], dataStream: String) = ([], "")

  private func append(_ document: JSONNode, of dataStream: String) -> Bool {
    let node = document.member("@timestamp")
    guard let time = node.map(RecordTime.isMissing) ?? true ? .missing : node.flatMap(RecordTime.ofDocument) else {
      return false
    }
    builder.beginRow(dataStream: dataStream)
    times.append(time)
    ecs.read(event: document, time: time, into: builder)
    return true
  }
}
