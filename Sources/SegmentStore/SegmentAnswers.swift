import Events
import Foundation
import GRDB
import Segments

/// What was worked out of one segment, by what was asked: bytes that mean something to whoever asked. A segment never
/// changes, so that they hold for as long as it is there.
public struct SegmentAnswers: Sendable {
  /// What was asked, as a hash of it.
  public struct Key: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  private var content: [UInt8] = []
  private var places: [Key: Range<Int>] = [:]

  public init() {}

  public var count: Int { places.count }
  public var keys: some Sequence<Key> { places.keys }

  /// Adds an answer, in place of a former one under its key; none at all is an answer too.
  public mutating func add(_ answer: [UInt8], for key: Key) {
    withUnsafeBytes(of: (key.high.littleEndian, key.low.littleEndian)) { content.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt32(answer.count).littleEndian) { content.append(contentsOf: $0) }
    places[key] = content.count..<content.count + answer.count
    content += answer
  }

  /// Calls `body` with an answer; nil where there is none.
  public func withAnswer<Result>(for key: Key, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
    guard let place = places[key] else { return nil }
    return try content.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[place])) }
  }

  /// Of each answer the hash of what was asked, 16 bytes, its length, 4 bytes, and the answer; numbers are little-endian.
  var bytes: [UInt8] { content }

  /// Adds what was kept; what cannot be read counts as not there.
  mutating func add(kept: UnsafeRawBufferPointer) {
    let start = content.count
    var at = 0
    defer { content.append(contentsOf: kept[..<at]) }
    while kept.count - at >= 20 {
      func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: kept.loadUnaligned(fromByteOffset: at + offset, as: UInt64.self))
      }
      let length = Int(UInt32(littleEndian: kept.loadUnaligned(fromByteOffset: at + 16, as: UInt32.self)))
      guard length <= kept.count - at - 20 else { return }
      let answer = at + 20..<at + 20 + length
      places[Key(high: word(0), low: word(8))] = start + answer.lowerBound..<start + answer.upperBound
      at = answer.upperBound
    }
  }
}

extension SegmentStore {
  /// What is kept of a segment. Throws `StoreError` where the catalog cannot be read.
  public func answers(of segment: Segment) throws -> SegmentAnswers {
    try read { try $0.answers(of: StoreFolder.name(ofSegment: segment.path)) }
  }

  /// Keeps what was worked out of segments, beside whoever writes: of one that is gone meanwhile nothing is kept.
  ///
  /// Throws `StoreError`; a folder that was opened for reading alone keeps nothing.
  public func keep(_ answers: [(segment: Segment, content: SegmentAnswers)]) throws {
    do {
      try catalog.keep(answers.map { (StoreFolder.name(ofSegment: $0.segment.path), $0.content) })
    } catch let error as DatabaseError {
      throw Catalog.error(error, "writing", folder)
    }
  }
}

extension SegmentStore {
  /// Forgets what is kept of a segment, so that it is worked out anew. Throws `StoreError`.
  public func forgetAnswers(of segment: Segment) throws {
    do {
      try catalog.forgetAnswers(of: StoreFolder.name(ofSegment: segment.path))
    } catch let error as DatabaseError {
      throw Catalog.error(error, "writing", folder)
    }
  }
}

extension Catalog {
  func forgetAnswers(of segment: String) throws {
    try database.write { try $0.execute(sql: "DELETE FROM answers WHERE segment = ?", arguments: [segment]) }
  }

  /// Of a segment so many batches of answers stand side by side before they are put together.
  private static let mostBatches = 16
  /// Answers that are kept of a segment; beyond that the oldest go.
  private static let mostAnswers = 20_000

  func answers(of segment: String) throws -> SegmentAnswers {
    guard hasAnswers else { return SegmentAnswers() }
    return try database.read { try Self.answers(of: segment, in: $0) }
  }

  private static func answers(of segment: String, in database: Database) throws -> SegmentAnswers {
    var answers = SegmentAnswers()
    let rows = try Row.fetchCursor(
      database, sql: "SELECT content FROM answers WHERE segment = ? ORDER BY batch", arguments: [segment])
    while let row = try rows.next() {
      try row.withUnsafeData(atIndex: 0) { data in data?.withUnsafeBytes { answers.add(kept: $0) } }
    }
    return answers
  }

  func keep(_ answers: [(segment: String, content: SegmentAnswers)]) throws {
    try database.write { database in
      for (segment, content) in answers { try Self.keep(content, of: segment, in: database) }
    }
  }

  /// Adds answers to those of a segment, if it is there.
  static func keep(_ content: SegmentAnswers, of segment: String, in database: Database) throws {
    guard content.count > 0 else { return }
    let batches = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM answers WHERE segment = ?", arguments: [segment])
    var content = content
    if batches ?? 0 >= mostBatches {
      var all = try answers(of: segment, in: database)
      if all.count + content.count <= mostAnswers {
        content.bytes.withUnsafeBytes { all.add(kept: $0) }
        content = all
      }
      try database.execute(sql: "DELETE FROM answers WHERE segment = ?", arguments: [segment])
    }
    try database.execute(
      sql: """
        INSERT INTO answers
        SELECT name, (SELECT coalesce(max(batch), 0) + 1 FROM answers WHERE segment = name), ?
        FROM segments WHERE name = ?
        """, arguments: [Data(content.bytes), segment])
  }
}
