import CloudTrail
import JSON

/// The records of a CSV text, one a line: what Athena, CloudTrail Lake, Splunk and CloudWatch Logs give for download.
///
/// A row that cannot be read costs itself alone: reading goes on with the line after the one that it started on.
final class CSVSource: ConvertedSource {
  private let layout: CSVLayout
  private var text: [UInt8] = []
  /// Where in `text` the next row starts.
  private var at = 0
  private var isAtEnd = false
  private var line = 1
  private var isBehindHeader = false
  private var problems: [SourceProblem] = []
  /// Bytes that may still be gone over for rows that turn out to be none.
  private var patience = CSVSource.mostPatience
  private var cell: [UInt8] = []
  private var values = AthenaValues()

  /// More is not gone over again for broken rows.
  private static let mostPatience = 256 << 20

  init(_ source: any ByteSource, layout: CSVLayout) {
    self.layout = layout
    super.init(source)
  }

  override func takeProblems() -> [SourceProblem] {
    defer { problems = [] }
    return source.takeProblems() + problems
  }

  override func convert() throws -> Bool {
    try refill()
    var isDone = false
    text.withUnsafeBufferPointer { text in
      if !isBehindHeader, line == 1, at == 0, text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
      while at < text.count {
        switch CSVRow.read(text, from: at, separator: layout.separator, isAtEnd: isAtEnd) {
        case .needsMore:
          guard text.count - at > RecordLimits.recordBytes else { return }
          skip(
            "a row longer than \(RecordLimits.recordBytes) bytes, or a quote that is not closed", text,
            lookedAt: text.count)
        case .fault(.unclosedQuote, let end): skip("a quote is not closed", text, lookedAt: end)
        case .fault(.textBehindQuote, let end): skip("a quote stands in the middle of a value", text, lookedAt: end)
        case .row(let row, let end):
          if row.cells.count == 1, row.cells[0].range.isEmpty {
            // An empty line.
            step(to: end, text)
          } else if !isBehindHeader {
            isBehindHeader = true
            step(to: end, text)
          } else if row.cells.count != layout.columns {
            skip("\(row.cells.count) values, where the heading has \(layout.columns)", text, lookedAt: end)
          } else {
            append(row, text)
            step(to: end, text)
          }
        }
      }
      isDone = isAtEnd && at >= text.count
    }
    return !isDone
  }

  private func step(to end: Int, _ text: UnsafeBufferPointer<UInt8>) {
    line += text[at..<end].count { $0 == 0x0A }
    at = end
  }

  /// Reports the row and goes on with the next line.
  private func skip(_ detail: String, _ text: UnsafeBufferPointer<UInt8>, lookedAt end: Int) {
    note(.brokenCSV, detail)
    // The heading was read before; it is not what is broken.
    isBehindHeader = true
    patience -= end - at
    guard patience > 0 else {
      note(.gaveUp, "too many rows are broken; what follows was not read")
      isAtEnd = true
      at = text.count
      return
    }
    step(to: text[at...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count, text)
  }

  private func note(_ cause: ProblemCause, _ detail: String, count: Int = 1) {
    if let known = problems.firstIndex(where: { $0.cause == cause }) {
      problems[known].count += count
    } else {
      var problem = SourceProblem(cause: cause, detail: "line \(line): \(detail)")
      problem.count = count
      problems.append(problem)
    }
  }

  /// Sees to it that a whole row is there, if one follows.
  private func refill() throws {
    if at > 0 {
      text.removeSubrange(..<at)
      at = 0
    }
    guard !isAtEnd else { return }
    let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      count = try source.read(into: start, capacity: buffer.count)
    }
    if chunk.isEmpty { isAtEnd = true }
    text += chunk
  }

  private func append(_ row: CSVRow, _ text: UnsafeBufferPointer<UInt8>) {
    switch layout.form {
    case .records(let column):
      cell.removeAll(keepingCapacity: true)
      CSVRow.append(row.cells[column], of: text, to: &cell)
      cell.withUnsafeBufferPointer { cell in
        if cell.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
          output.append(contentsOf: cell)
        } else {
          // No record: as a text it is told as that, under its row's number.
          JSONString.appendQuoted(cell, to: &output)
        }
      }
    case .members(let members):
      output.append(UInt8(ascii: "{"))
      var isFirst = true
      for (member, place) in zip(members, row.cells) where !place.range.isEmpty {
        guard let member else { continue }
        cell.removeAll(keepingCapacity: true)
        CSVRow.append(place, of: text, to: &cell)
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONString.appendQuoted(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        if let fault = values.append(cell, as: member, to: &output) {
          note(.brokenCSV, fault.detail, count: fault.rows)
        }
      }
      output.append(UInt8(ascii: "}"))
    }
    output.append(0x0A)
  }
}
