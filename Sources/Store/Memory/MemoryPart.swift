import Events
import Query

/// Events that were appended at once.
///
/// Unchecked in its sending: the batch is the store's own from the append on, all its entries are there, and nobody changes it.
public struct MemoryPart: EventPart, @unchecked Sendable {
  public let number: Int64
  private let batch: SourcedBatch
  public internal(set) var hidden: [Int] = []
  public let times: ClosedRange<Timestamp>?
  public let spans: FieldSpans?
  public let paths: [String]
  /// What is to be taken as not readable.
  var damage: MemoryDamage?

  init(_ number: Int64, _ batch: SourcedBatch) {
    self.number = number
    var batch = batch
    // Every event is of the batch's data stream, whatever its columns say.
    batch.events = batch.events.belonging(to: batch.dataStream)
    Self.read(batch.events)
    self.batch = batch
    let known = batch.heads.map(\.time).filter { $0 != .missing }
    times = known.min().flatMap { first in known.max().map { first...$0 } }
    spans = FieldSpans(batch.events)
    paths = batch.events.columnByPath.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
      .filter { [events = batch.events] in !events.columns[$0.value].isEmpty }.map(\.key)
  }

  /// Sees to it that no entry is left to be read when somebody first asks.
  private static func read(_ batch: EventBatch) {
    for column in batch.columns where column.rowCount > 0 { _ = column.code(row: 0) }
    for nested in batch.nested.values { read(nested.batch) }
  }

  public var name: String { "part \(number) of memory" }
  public var location: String { name }
  public var dataStream: String { batch.dataStream }
  public var rowCount: Int { batch.heads.count }
  public var sourceBytes: Int { batch.sources.byteCount }

  public func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool { true }
  /// The time of each row, whatever is to be taken as damaged.
  var storedTimes: [Timestamp] { batch.heads.map(\.time) }

  public func timesOfRows() throws -> [Timestamp] { try sound().heads.map(\.time) }
  public func forms() throws -> [UInt8] { try sound().heads.map(\.form) }
  public func heads() throws -> [EventHead] { try sound().heads }

  public func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)] {
    let heads = try heads()
    let rows = Dictionary(grouping: heads.indices, by: { heads[$0].identity })
    return identities.enumerated().flatMap { place, identity in (rows[identity] ?? []).map { (place, $0) } }
  }

  public func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)] {
    let heads = try heads()
    let rows = Dictionary(grouping: heads.indices, by: { heads[$0].identity.id })
    return ids.enumerated().flatMap { place, id in (rows[id] ?? []).map { (place, $0) } }
  }

  public func withColumns<Result>(
    _ plan: FieldPlan, only rows: [Int]?, _ body: (EventBatch) throws -> Result
  ) throws -> Result {
    try body(events(plan))
  }

  public func events(_ plan: FieldPlan) throws -> EventBatch { try sound().events.projecting(plan) }

  public func withSources(
    _ rows: [Int], damaged: ((Int, MemoryFault) -> Void)?, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    try batch.sources.forEach(rows) { place, text in
      if case .texts(let broken) = damage, broken.contains(rows[place]) {
        let fault = MemoryFault(part: name, what: "the text of event \(rows[place])")
        guard let damaged else { throw fault }
        return damaged(place, fault)
      }
      try body(place, text)
    }
  }

  /// What is in memory stays there.
  public func letGo() {}

  /// What there is beside the texts.
  private func sound() throws -> SourcedBatch {
    if case .columns = damage { throw MemoryFault(part: name, what: "what there is beside texts") }
    return batch
  }
}

/// What of a part of memory is to be taken as not readable. Memory does not break by itself: this is for tests of those who read stores,
/// which must stand it where a part does.
package enum MemoryDamage: Sendable {
  /// All of it: snapshots miss the part.
  case everything
  /// What there is beside texts.
  case columns
  /// The texts of some rows.
  case texts(Set<Int>)
}

/// Why a part of memory, or something of it, cannot be read.
public struct MemoryFault: Error, Equatable, CustomStringConvertible, Sendable {
  let part: String
  let what: String

  public var description: String { "\(what) of \(part) is damaged" }
}
