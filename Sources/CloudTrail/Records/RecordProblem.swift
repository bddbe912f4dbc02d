/// Why input could not be read, in the words of the count at the end of a run.
public enum ProblemCause: String, CaseIterable, Sendable, Comparable {
  case unreadable = "unreadable file"
  case tornCompression = "damaged compression"
  case bomb = "decompression beyond the limit"
  case brokenJSON = "broken JSON"
  case notAnObject = "not an object"
  case noTime = "no readable time"
  case tooDeep = "nested too deep"
  case tooLong = "string or record too long"
  case tooManyFields = "fields left out of an event"
  case noRoom = "no memory for more"
  case gaveUp = "recovery given up"
  case otherForm = "not CloudTrail"
  case reserved = "reserved data stream"
  case unopened = "not opened"
  case tornArchive = "damaged archive"
  case brokenCSV = "broken CSV"
  case brokenColumns = "columns that cannot be told apart"
  case tornSegment = "damaged segment"

  public static func < (left: ProblemCause, right: ProblemCause) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// One piece of input that was passed over: the first of its cause in a file, and how many of that cause there were.
public struct RecordProblem: Sendable {
  public var file: String
  public var cause: ProblemCause
  /// 1-based number of the record in its file; nil when the trouble is not with one record.
  public var record: Int?
  /// Offset in the file's decompressed bytes; nil where none can be given.
  public var offset: Int?
  public var detail: String
  public var count = 1

  public init(file: String, cause: ProblemCause, record: Int? = nil, offset: Int? = nil, detail: String) {
    self.file = file
    self.cause = cause
    self.record = record
    self.offset = offset
    self.detail = detail
  }

  /// One line for a person: where, what, why, how often.
  public var description: String {
    var line = file
    if let record { line += ": record \(record)" }
    if let offset { line += record == nil ? ": byte \(offset)" : " at byte \(offset)" }
    line += ": \(cause.rawValue): \(detail)"
    if count > 1 { line += " (and \(count - 1) more of this cause in this file)" }
    return line
  }
}

/// The problems of a run, one entry per file and cause.
public struct ProblemLog: Sendable {
  private var byFile: [String: [ProblemCause: RecordProblem]] = [:]
  /// Files that are named; those beyond it are counted together.
  static let mostFiles = 10_000
  private static let others = "further files"

  public init() {}

  public var isEmpty: Bool { byFile.isEmpty }

  /// Notes a problem; of several with one cause in one file the first record's stays, with a count.
  public mutating func note(_ problem: RecordProblem) {
    if byFile.count >= Self.mostFiles, byFile[problem.file] == nil, problem.file != Self.others {
      var problem = problem
      problem.file = Self.others
      problem.record = nil
      problem.offset = nil
      return note(problem)
    }
    guard var known = byFile[problem.file]?[problem.cause] else {
      byFile[problem.file, default: [:]][problem.cause] = problem
      return
    }
    let count = known.count + problem.count
    if (problem.offset ?? -1, problem.record ?? -1) < (known.offset ?? -1, known.record ?? -1) { known = problem }
    known.count = count
    byFile[problem.file]?[problem.cause] = known
  }

  public mutating func merge(_ other: ProblemLog) {
    for problem in other.problems { note(problem) }
  }

  /// All problems, by file and cause.
  public var problems: [RecordProblem] {
    byFile.values.flatMap(\.values).sorted { ($0.file, $0.cause) < ($1.file, $1.cause) }
  }

  /// How often each cause was met.
  public var counts: [(cause: ProblemCause, count: Int)] {
    var counts: [ProblemCause: Int] = [:]
    for problem in byFile.values.flatMap(\.values) { counts[problem.cause, default: 0] += problem.count }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
