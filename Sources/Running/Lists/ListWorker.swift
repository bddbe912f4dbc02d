import CloudTrail
import Detection
import Events
import Foundation
import JSON
import Outputs

/// Reads pieces of a list. Its `Sendable` is unchecked: workers are made before the pieces are handed out, and each is used by one task at
/// a time, which the compiler cannot see.
///
/// Its documents go into columns as they are read. Those that may be something else, hits of their own and alerts among them, go
/// the way that events go: as hits, through a reader of records.
final class ListWorker: @unchecked Sendable {
  private let form: ListForm
  private let collector: IndicatorCollector
  private let scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
  private let indexer = StructuralIndexer()
  private let documents: DocumentColumns?
  private var texts: ListTexts
  private var own = ProblemLog()

  /// Of each document in the columns where its line lies in the piece, and its number.
  private var lines: [(range: Range<Int>, number: Int)] = []
  /// Hits for the reader of records, each with zeros behind it; where each lies, and the line that it is from.
  private var hits: [UInt8] = []
  private var places: [(range: Range<Int>, line: Int)] = []

  init(_ plan: IndicatorPlan, _ form: ListForm) {
    self.form = form
    collector = IndicatorCollector(plan, list: form.name)
    let documents = collector.makeDocuments(of: form.name)
    self.documents = documents?.setNames(form.columns ?? []) == true ? documents : nil
    texts = ListTexts(form)
  }

  var problems: ProblemLog {
    var all = own
    all.merge(scanner.problems)
    all.merge(collector.problems)
    return all
  }

  func finish() -> FoundIndicators { collector.finish(texts) }

  /// Reads a piece; gives why the list cannot be read any further.
  func take(_ piece: ListPiece) -> (any Error)? {
    do {
      try piece.withText { text in
        if form.columns == nil { try readLines(text, piece.line) } else { try readRows(text, piece.line) }
        try flush(text)
      }
      try takeHits()
      return nil
    } catch {
      return error
    }
  }

  private func note(_ cause: ProblemCause, line: Int, _ detail: String) {
    own.note(RecordProblem(file: form.path, cause: cause, detail: "line \(line)\(detail)"))
  }

  // MARK: Columns

  /// A document was appended: remembers its line, and hands on what is in the columns when there is enough of it.
  private func added(_ range: Range<Int>, _ line: Int, _ text: UnsafeBufferPointer<UInt8>) throws {
    guard let documents else { return }
    lines.append((range, line))
    let cut = documents.takeCut()
    if cut.contains(.paths) {
      note(
        .tooManyFields, line: line, ": fields whose paths are longer than \(BatchLimits.pathBytes) bytes were left out")
    }
    if cut.contains(.columns) {
      note(.tooManyFields, line: line, ": more than \(BatchLimits.columns) fields; the others were left out")
    }
    if documents.isFull { try flush(text) }
  }

  /// Hands on what is in the columns.
  private func flush(_ text: UnsafeBufferPointer<UInt8>) throws {
    guard let documents, documents.count > 0 else { return }
    let (batch, times) = documents.finish()
    defer { lines.removeAll(keepingCapacity: true) }
    try collector.consume(batch, times: times, keptBytes: ListTexts.placeBytes) { row in
      try texts.keep(UnsafeBufferPointer(rebasing: text[lines[row].range]), line: lines[row].number)
    }
  }

  /// True where a line may go into columns: what a hit is made of is no longer than a record may be, however it is written.
  private func isPlain(_ range: Range<Int>, _ line: Int) -> Bool {
    range.count < Self.longestPlain && line <= ListTexts.lastLine
  }

  private static let longestPlain = min(RecordLimits.recordBytes / 8, JSONLimits.stringBytes / 8)

  // MARK: Records

  private func addHit(_ line: Int, _ append: (inout [UInt8]) -> Void) {
    let start = hits.count
    append(&hits)
    places.append((start..<hits.count, line))
    hits.append(contentsOf: repeatElement(0, count: ListPiece.padding))
  }

  /// Hands on the hits, each read by itself: what is broken in one is told with its line, and harms no other.
  private func takeHits() throws {
    guard !hits.isEmpty else { return }
    defer {
      hits.removeAll(keepingCapacity: hits.count < 8 << 20)
      places.removeAll(keepingCapacity: true)
    }
    try hits.withUnsafeBufferPointer { buffer in
      scanner.beginBatch()
      for place in places {
        scanner.scan(
          UnsafeBufferPointer(rebasing: buffer[place.range]), of: form.region(recordsBefore: place.line - 1))
      }
      scanner.finishBatch()
      try collector.consume(scanner.batch)
      scanner.beginBatch()
    }
  }

  // MARK: CSV

  private func readRows(_ text: UnsafeBufferPointer<UInt8>, _ line: Int) throws {
    let columns = form.columns?.count ?? 0
    var row = CSVReader(text, line: line, skipsMark: line == 1)
    // The heading.
    if line == 1 { _ = row.next() }
    while row.next() {
      guard row.cells.count <= columns else {
        note(.brokenCSV, line: row.line, ": \(row.cells.count) values, where the heading has \(columns)")
        continue
      }
      if let documents, isPlain(row.range, row.line), Self.isText(text, row.range),
        documents.append(count: row.cells.count, { cell, body in row.withCell(cell, body) })
      {
        try added(row.range, row.line, text)
      } else {
        addHit(row.line) { form.appendHit(row, to: &$0) }
      }
    }
    if let quote = row.openQuote { note(.brokenCSV, line: quote, ": this quote is never closed") }
  }

  /// True where bytes are UTF-8.
  private static func isText(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let bytes = UnsafeBufferPointer(rebasing: text[range])
    return bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
  }

  // MARK: JSON

  private func readLines(_ whole: UnsafeBufferPointer<UInt8>, _ first: Int) throws {
    let mark = first == 1 && whole.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let text = UnsafeBufferPointer(rebasing: whole[mark...])
    var plain = documents.flatMap { PlainLines(text, indexer, $0) }
    var (start, line) = (0, first)
    while start < text.count {
      let end = Self.lineEnd(text, from: start)
      defer { (start, line) = (end + 1, line + 1) }
      guard let object = text[start..<end].firstIndex(where: { $0 > 0x20 }) else { continue }
      guard text[object] == UInt8(ascii: "{") else {
        note(.brokenJSON, line: line, " is no JSON object")
        continue
      }
      if plain != nil, isPlain(start..<end, line), plain!.append(object..<end) {
        try added(mark + start..<mark + end, line, whole)
      } else {
        addHit(line) { form.appendHit(UnsafeBufferPointer(rebasing: text[start..<end]), line: line, to: &$0) }
      }
    }
  }

  private static func lineEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    guard let base = text.baseAddress, let end = memchr(base + start, 0x0A, text.count - start) else {
      return text.count
    }
    return UnsafeRawPointer(end) - UnsafeRawPointer(base)
  }
}

/// The lines of a piece that are documents as they stand there, found by what was read of the piece at once.
private struct PlainLines {
  private let text: UnsafeBufferPointer<UInt8>
  private let documents: DocumentColumns
  private let index: StructuralIndex
  private var walker: JSONWalker
  private var token = 0
  /// What may not stand in a line, of that which stands in the piece.
  private let refused: [SoughtText]
  private let mayHoldHits: Bool

  /// Nil where the piece is broken somewhere: its lines are read one by one.
  init?(_ text: UnsafeBufferPointer<UInt8>, _ indexer: StructuralIndexer, _ documents: DocumentColumns) {
    guard let index = try? indexer.index(text) else { return nil }
    self.text = text
    self.documents = documents
    self.index = index
    walker = JSONWalker(index)
    refused = DocumentColumns.refusedWords.map { SoughtText($0) }.filter { $0.stands(in: text) }
    mayHoldHits = ListForm.hit.stands(in: text)
  }

  /// Appends the object that starts a range of the text and is all that stands in it; false where it is not such a one.
  mutating func append(_ range: Range<Int>) -> Bool {
    while token < index.count, index.offset(token) < range.lowerBound { token += 1 }
    guard token < index.count, index.offset(token) == range.lowerBound else { return false }
    let line = UnsafeBufferPointer(rebasing: text[range])
    guard !refused.contains(where: { $0.stands(in: line) }) else { return false }
    let isHit = mayHoldHits && ListForm.hit.stands(in: line)
    let end = walker.skip(token)
    guard end > token, index.offset(end - 1) < range.upperBound,
      end >= index.count || index.offset(end) >= range.upperBound,
      !isDeep(token..<end)
    else { return false }
    let document = JSONNode(index, token: token)
    guard isHit ? documents.append(hit: document) : documents.append(document) else { return false }
    token = end
    return true
  }

  /// True where a hit around the object would be nested deeper than is read.
  private func isDeep(_ tokens: Range<Int>) -> Bool {
    guard tokens.count >= 2 * JSONLimits.depth else { return false }
    var (depth, deepest) = (0, 0)
    for token in tokens {
      switch index.byte(token) {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      deepest = max(deepest, depth)
    }
    return deepest >= JSONLimits.depth
  }
}
