import CloudTrail
import Detection
import Foundation
import JSON
import Outputs
import Parallel
import Synchronization

/// Lists of indicators in files, as `--indicators NAME=FILE` gives them: lines of JSON, or CSV whose first row names the fields.
///
/// A file is read piece by piece on all cores and never held whole. A document is in the index that its list is named after, under
/// an id that says where it stands, unless it is a hit of Elasticsearch that says so itself.
public enum IndicatorLists {
  /// Why a list cannot be read.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
  }

  /// What was found in lists.
  public struct Outcome: Sendable {
    public var found: [FoundIndicators] = []
    public var problems = ProblemLog()
    /// Names of lists that no rule looks into.
    public var unread: [String] = []
  }

  /// The longest line, and how much is read at once, in bytes.
  private static let longestLine = 16 << 20
  private static let pieceBytes = 4 << 20

  /// Reads lists for the questions of a plan.
  ///
  /// - Parameters:
  ///   - options: each `NAME=FILE`.
  ///   - origin: what faults call them.
  public static func read(
    _ options: [String], _ plan: IndicatorPlan, origin: String = "--indicators"
  ) throws(Fault) -> Outcome {
    var outcome = Outcome()
    var names: Set<String> = []
    for option in options {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw Fault(description: "\(origin) takes NAME=FILE, not “\(option)”")
      }
      let (name, path) = (String(parts[0]), String(parts[1]))
      guard names.insert(name).inserted else { throw Fault(description: "\(origin) \(name) is given twice") }
      do {
        guard let handle = FileHandle(forReadingAtPath: path) else {
          throw Fault(description: "the file cannot be read: \(SystemError.words(at: path))")
        }
        defer { try? handle.close() }
        guard plan.reads(list: name) else {
          outcome.unread.append(name)
          continue
        }
        try read(handle, path, name, plan, &outcome)
      } catch let fault as Fault {
        throw Fault(description: "\(origin) \(name)=\(path): \(fault)")
      } catch {
        throw Fault(description: "\(origin) \(name)=\(path): the file cannot be read: \(error)")
      }
    }
    return outcome
  }

  /// What tells whether the file of a list, `NAME=FILE`, is still the same: where it lies, its size, and when it or who may read it
  /// was changed.
  public static func mark(_ option: String) -> String {
    let path = option.split(separator: "=", maxSplits: 1).last.map(String.init) ?? ""
    var file = stat()
    guard stat(path, &file) == 0 else { return option }
    return "\(option) \(file.st_ino) \(file.st_size) \(file.st_ctim.tv_sec).\(file.st_ctim.tv_nsec)"
  }

  private static func read(
    _ handle: FileHandle, _ path: String, _ name: String, _ plan: IndicatorPlan, _ outcome: inout Outcome
  ) throws {
    var pieces = PieceReader(handle)
    guard let first = try pieces.next(atMost: pieceBytes) else { return }
    let isCSV: Bool
    switch first.bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) {
    case UInt8(ascii: "{"): isCSV = false
    case UInt8(ascii: "["):
      throw Fault(description: "this is one JSON list; give lines of JSON objects, or CSV")
    default: isCSV = true
    }
    var columns: [String] = []
    if isCSV {
      columns = (CSVRecords.parse(Array(first.bytes.prefix(1 << 20))).rows.first ?? []).map { name in
        name.trimmingCharacters(in: .whitespaces)
      }
      guard columns.count <= 1000, columns.allSatisfy({ !$0.isEmpty }), Set(columns).count == columns.count else {
        throw Fault(description: "line 1: the first line must name the fields, each once")
      }
    }
    let workers = (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
      ListWorker(plan, path: path, name: name, columns: columns)
    }
    pieces.goesByQuotes = isCSV
    var piece: Piece? = first
    if isCSV { piece = try pieces.again(first) }
    while piece != nil {
      var turn: [(ListWorker, Piece)] = []
      for worker in workers {
        guard let next = piece else { break }
        turn.append((worker, next))
        piece = try pieces.next(atMost: pieceBytes)
      }
      let faults = turn.concurrentMap(slice: 1) { worker, piece in worker.take(piece) }.compactMap(\.self)
      if let fault = faults.first { throw fault }
    }
    for worker in workers {
      outcome.found.append(worker.collector.finish())
      outcome.problems.merge(worker.problems)
    }
  }

  /// Whole lines of a file.
  struct Piece: Sendable {
    var bytes: [UInt8]
    /// The number of the first line, from 1.
    var line: Int
  }

  /// Cuts a file into pieces of whole lines.
  private struct PieceReader {
    private let handle: FileHandle
    private var rest: [UInt8] = []
    private var line = 1
    private var isAtEnd = false
    /// A line end within quotes ends no line.
    var goesByQuotes = false

    init(_ handle: FileHandle) { self.handle = handle }

    /// Puts the first piece back and gives it anew, now that it is known how lines end.
    mutating func again(_ piece: Piece) throws -> Piece? {
      rest = piece.bytes + rest
      line = piece.line
      return try next(atMost: 0)
    }

    mutating func next(atMost count: Int) throws -> Piece? {
      while true {
        if !isAtEnd, rest.count < max(count, 1) {
          let more = try handle.read(upToCount: max(1 << 16, count - rest.count)) ?? Data()
          isAtEnd = more.isEmpty
          rest += more
        }
        guard !rest.isEmpty else { return nil }
        var end = isAtEnd && rest.count <= max(count, 1) ? rest.count : lastEnd()
        if end == 0, isAtEnd { end = rest.count }
        if end == 0 {
          guard rest.count <= IndicatorLists.longestLine else {
            throw Fault(
              description:
                "line \(line): the line is longer than \(IndicatorLists.longestLine >> 20) MiB, or its quote is not closed"
            )
          }
          let more = try handle.read(upToCount: 1 << 20) ?? Data()
          isAtEnd = more.isEmpty
          rest += more
          continue
        }
        let piece = Piece(bytes: Array(rest[..<end]), line: line)
        line += piece.bytes.count { $0 == 0x0A }
        rest.removeSubrange(..<end)
        return piece
      }
    }

    /// Behind the last line end.
    private func lastEnd() -> Int {
      guard goesByQuotes else { return rest.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0 }
      var (end, isQuoted) = (0, false)
      for (at, byte) in rest.enumerated() {
        if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
        if byte == 0x0A, !isQuoted { end = at + 1 }
      }
      return end
    }
  }
}

/// Reads pieces of a list. Unchecked since it is used by one task at a time.
private final class ListWorker: @unchecked Sendable {
  let collector: IndicatorCollector
  private let scanner: RecordScanner
  private let path: String
  /// The fields that the first row of CSV names, each as the beginning of a member.
  private let columns: [[UInt8]]
  /// What every hit begins with, up to the number of its line.
  private let head: [UInt8]
  private var own = ProblemLog()

  init(_ plan: IndicatorPlan, path: String, name: String, columns: [String]) {
    collector = IndicatorCollector(plan, list: name)
    scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
    self.path = path
    func quoted(_ text: String) -> [UInt8] {
      var bytes: [UInt8] = []
      JSONString.appendQuoted(text, to: &bytes)
      return bytes
    }
    self.columns = columns.map { quoted($0) + [UInt8(ascii: ":")] }
    let id = quoted("\(path.split(separator: "/").last ?? ""):").dropLast()
    head = Array("{\"_index\":".utf8) + quoted(name) + Array(",\"_id\":".utf8) + id
  }

  var problems: ProblemLog {
    var all = own
    all.merge(scanner.problems)
    all.merge(collector.problems)
    return all
  }

  /// Reads a piece; gives why the list cannot be read any further.
  func take(_ piece: IndicatorLists.Piece) -> (any Error)? {
    var text: [UInt8] = []
    text.reserveCapacity(piece.bytes.count * 2)
    let records = columns.isEmpty ? appendLines(piece, &text) : appendRows(piece, &text)
    let count = text.count
    text.append(contentsOf: repeatElement(0, count: 64))
    do {
      try text.withUnsafeBufferPointer { buffer in
        var region = TextRegion(file: path, recordsBefore: records)
        region.hasOffsets = false
        region.isOfDocuments = true
        scanner.beginBatch()
        scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<count]), of: region)
        scanner.finishBatch()
        try collector.consume(scanner.batch)
        scanner.beginBatch()
      }
      return nil
    } catch {
      return error
    }
  }

  /// Appends the beginning of a hit, before its source.
  private func begin(_ line: Int, _ text: inout [UInt8]) {
    text += head
    text += String(line).utf8
    text += "\",\"_source\":".utf8
  }

  private func appendLines(_ piece: IndicatorLists.Piece, _ text: inout [UInt8]) -> Int {
    let source = Array("\"_source\"".utf8)
    var line = piece.line
    for bytes in piece.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      defer { line += 1 }
      let bytes = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
      guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { continue }
      guard bytes[first] == UInt8(ascii: "{") else {
        own.note(
          RecordProblem(file: path, cause: .brokenJSON, detail: "line \(line) is no JSON object"))
        continue
      }
      if bytes.count > 20, bytes.contains(UInt8(ascii: "_")), Self.holds(bytes, source) {
        text += bytes
      } else {
        begin(line, &text)
        text += bytes
        text.append(UInt8(ascii: "}"))
      }
      text.append(0x0A)
    }
    return piece.line - 1
  }

  /// Whether a member of that name may stand in a line.
  private static func holds(_ bytes: ArraySlice<UInt8>, _ sought: [UInt8]) -> Bool {
    bytes.firstRange(of: sought) != nil
  }

  private func appendRows(_ piece: IndicatorLists.Piece, _ text: inout [UInt8]) -> Int {
    let (rows, openQuote) = CSVRecords.parse(piece.bytes)
    if let openQuote {
      own.note(
        RecordProblem(
          file: path, cause: .brokenCSV, detail: "line \(piece.line + openQuote - 1): this quote is never closed"))
    }
    for (place, row) in rows.enumerated() where piece.line > 1 || place > 0 {
      guard row.count <= columns.count else {
        own.note(
          RecordProblem(
            file: path, cause: .brokenCSV,
            detail: "about line \(piece.line + place): \(row.count) values, where the heading has \(columns.count)"))
        continue
      }
      begin(piece.line + place, &text)
      text.append(UInt8(ascii: "{"))
      var isFirst = true
      for (column, value) in zip(columns, row) where !value.isEmpty {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        text += column
        JSONString.appendQuoted(value, to: &text)
      }
      text += "}}\n".utf8
    }
    return max(0, piece.line - 2)
  }
}
