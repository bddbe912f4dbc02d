import CloudTrail
import Detection
import Foundation
import Outputs
import Parallel

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

  /// Reads lists for the questions of a plan.
  ///
  /// - Parameters:
  ///   - options: each `NAME=FILE`.
  ///   - origin: what faults call them.
  public static func read(
    _ options: [String], _ plan: IndicatorPlan, origin: String = "--indicators"
  ) throws(Fault) -> Outcome {
    try read(options, plan, origin: origin, pieceBytes: 1 << 20)
  }

  /// - Parameter pieceBytes: about how much is read at once.
  static func read(
    _ options: [String], _ plan: IndicatorPlan, origin: String = "--indicators", pieceBytes: Int
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
        try read(handle, path, name, plan, pieceBytes, &outcome)
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
    _ handle: FileHandle, _ path: String, _ name: String, _ plan: IndicatorPlan, _ pieceBytes: Int,
    _ outcome: inout Outcome
  ) throws {
    var pieces = ListPieces(handle, pieceBytes: pieceBytes)
    guard let first = try pieces.next() else { return }
    let isCSV: Bool
    switch first.text.first(where: { $0 > 0x20 && $0 < 0x80 }) {
    case UInt8(ascii: "{"): isCSV = false
    case UInt8(ascii: "["):
      throw Fault(description: "this is one JSON list; give lines of JSON objects, or CSV")
    default: isCSV = true
    }
    let form = ListForm(list: name, path: path, columns: isCSV ? try columns(first) : nil)
    let workers = (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in ListWorker(plan, form) }
    pieces.goesByQuotes = isCSV
    var piece: ListPiece? = first
    if isCSV { piece = try pieces.again(first) }
    while piece != nil {
      var turn: [(ListWorker, ListPiece)] = []
      for worker in workers {
        guard let next = piece else { break }
        turn.append((worker, next))
        piece = try pieces.next()
      }
      let faults = turn.concurrentMap(slice: 1) { worker, piece in worker.take(piece) }.compactMap(\.self)
      if let fault = faults.first { throw fault }
    }
    for worker in workers {
      outcome.found.append(worker.finish())
      outcome.problems.merge(worker.problems)
    }
  }

  /// The fields that the first row of a list in CSV names.
  private static func columns(_ piece: ListPiece) throws -> [String] {
    let columns = (CSVRecords.parse(Array(piece.text.prefix(1 << 20))).rows.first ?? []).map { name in
      name.trimmingCharacters(in: .whitespaces)
    }
    guard columns.count <= 1000, columns.allSatisfy({ !$0.isEmpty }), Set(columns).count == columns.count else {
      throw Fault(description: "line 1: the first line must name the fields, each once")
    }
    return columns
  }
}
