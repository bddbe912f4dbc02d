import Events
import Query

/// A part of a store that holds its events in parts which never change, as segments are: what the operations of `PartedSnapshot`
/// need of it. It may be read by several tasks at once.
///
/// Whatever a part throws means that it cannot be read.
public protocol EventPart: Sendable {
  /// Tells parts of a store from each other.
  var number: Int64 { get }
  var dataStream: String { get }
  /// All rows, those that no longer count too.
  var rowCount: Int { get }
  /// The first and the last time of all rows that have one; nil where none has.
  var times: ClosedRange<Timestamp>? { get }
  /// Rows that no longer count, ascending.
  var hidden: [Int] { get }

  /// False where no event can satisfy the queries, as far as can be said without looking at events; true in doubt.
  func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool

  /// The time of each row.
  func timesOfRows() throws -> [Timestamp]
  func heads() throws -> [EventHead]
  /// The rows of events of some identities, sorted by their ids, by place in these and then by row.
  func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)]
  /// The rows of events of some ids in whatever scope; the ids are sorted.
  func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)]
  /// The columns that a plan asks for, for as long as `body` runs; it may be that only what `body` looks at is read.
  func withColumns<Result>(_ plan: FieldPlan, _ body: (EventBatch) throws -> Result) throws -> Result
  /// The columns that a plan asks for, all of which are read.
  func events(_ plan: FieldPlan) throws -> EventBatch
  /// Hands on the source texts of some rows, ascending, with their places among those.
  func withSources(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws
}

extension EventPart {
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
}

/// A part of a store turned out not to be readable while it was read.
public struct DamagedPart: Error, CustomStringConvertible, Sendable {
  public let part: MissingPart
  let number: Int64

  public var description: String { part.reason }

  init(_ part: some EventPart, _ error: any Error) {
    self.part = MissingPart(
      dataStream: part.dataStream, eventCount: part.eventCount, times: part.times, reason: "\(error)")
    number = part.number
  }
}
