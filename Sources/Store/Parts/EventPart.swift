import Events
import Query

/// A part of a store that holds its events in parts which never change, as segments are: what the operations of `PartedSnapshot`,
/// and whoever reads texts and runs rules over stored events, need of it. It may be read by several tasks at once.
///
/// All that throws says so with a `Fault` where the part cannot be read, and throws nothing else but what `body` throws.
public protocol EventPart: Sendable {
  /// How a part says that it, or something of it, cannot be read. Its words are for a person.
  associatedtype Fault: Error

  /// Tells parts of a store from each other. A part that came later has a higher one, and none comes again.
  var number: Int64 { get }
  /// What a person calls it, as "segment 12".
  var name: String { get }
  /// Where it lies, for a person who is to mend it: of a segment the path of its file.
  var location: String { get }
  var dataStream: String { get }
  /// All rows, those that no longer count too.
  var rowCount: Int { get }
  /// The first and the last time of all rows that have one; nil where none has.
  var times: ClosedRange<Timestamp>? { get }
  /// Between which times the dates of other fields lie, of all rows; nil where that is not known.
  var spans: FieldSpans? { get }
  /// Rows that no longer count, ascending.
  var hidden: [Int] { get }
  /// The fields of which some row has a value, each once.
  var paths: [String] { get }
  /// Bytes of all source texts.
  var sourceBytes: Int { get }

  /// False where no event can satisfy the queries, as far as can be said without looking at events; true in doubt.
  func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool

  /// The time of each row.
  func timesOfRows() throws -> [Timestamp]
  /// What the source text of each row is, as `EventHead.form` says it; with that goes when it was taken in.
  func forms() throws -> [UInt8]
  func heads() throws -> [EventHead]
  /// The rows of events of some identities, sorted by their ids, by place in these and then by row.
  func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)]
  /// The rows of events of some ids in whatever scope; the ids are sorted.
  func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)]
  /// The columns that a plan asks for, for as long as `body` runs; it may be that only what `body` looks at is read.
  ///
  /// - Parameter rows: those that are meant, ascending: others may lack values. All where it is nil.
  func withColumns<Result>(
    _ plan: FieldPlan, only rows: [Int]?, _ body: (EventBatch) throws -> Result
  ) throws -> Result
  /// The columns that a plan asks for, all of which are read.
  func events(_ plan: FieldPlan) throws -> EventBatch
  /// Hands on the source texts of some rows, ascending, with their places among those.
  ///
  /// - Parameter damaged: is called, in place of an error, with the place of each row whose text alone cannot be read; the others
  ///   are handed on. Where it is nil such a row is an error.
  func withSources(
    _ rows: [Int], damaged: ((Int, Fault) -> Void)?, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws

  /// The rows whose source texts cost as much as that of one row of theirs, since they are unpacked together.
  func rowsUnpacked(with row: Int) -> Range<Int>

  /// Lets go of the memory that reading took, once nothing more is wanted for a while. It may be read on.
  func letGo()
}

extension EventPart {
  public func rowsUnpacked(with row: Int) -> Range<Int> { row..<row + 1 }

  /// How many events count.
  public var eventCount: Int { rowCount - hidden.count }

  /// The rows that count, ascending.
  public var rows: [Int] {
    guard !hidden.isEmpty else { return Array(0..<rowCount) }
    var next = 0
    return (0..<rowCount).filter { row in
      guard next < hidden.count, hidden[next] == row else { return true }
      next += 1
      return false
    }
  }

  /// The columns that a plan asks for, of all rows.
  public func withColumns<Result>(_ plan: FieldPlan, _ body: (EventBatch) throws -> Result) throws -> Result {
    try withColumns(plan, only: nil, body)
  }

  /// Hands on the source texts of some rows; one that cannot be read is an error.
  public func withSources(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try withSources(rows, damaged: nil, body)
  }
}

/// A part of a store turned out not to be readable while it was read.
public struct DamagedPart: Error, CustomStringConvertible, Sendable {
  public let part: MissingPart
  let number: Int64

  public var description: String { part.reason }

  init(_ part: some EventPart, _ error: any Error) {
    self.part = MissingPart(part, reason: "\(error)")
    number = part.number
  }
}
