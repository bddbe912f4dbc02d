import Events
import Foundation
import GRDB
import Store

extension SegmentStore: AnswerKeeper {
  /// Gives what is kept of a segment. Throws `StoreError` where the catalog cannot be read.
  public func forEachAnswer(
    of part: SegmentPart, _ body: (KeptAnswers.Key, UnsafeRawBufferPointer) -> Void
  ) throws {
    try read { try $0.forEachAnswer(of: StoreFolder.name(ofSegment: part.segment.path), body) }
  }

  /// Keeps what was worked out of segments, beside whoever writes: of one that is gone meanwhile nothing is kept.
  ///
  /// Throws `StoreError`; a folder that was opened for reading alone keeps nothing.
  public func keep(_ answers: [(part: SegmentPart, content: KeptAnswers)]) throws {
    do {
      try catalog.keep(answers.map { (StoreFolder.name(ofSegment: $0.part.segment.path), $0.content) })
    } catch let error as DatabaseError {
      throw Catalog.error(error, "writing", folder)
    }
  }
}

extension SegmentStore {
  /// Forgets what is kept of a segment, so that it is worked out anew. Throws `StoreError`.
  public func forgetAnswers(of part: SegmentPart) throws {
    do {
      try catalog.forgetAnswers(of: StoreFolder.name(ofSegment: part.segment.path))
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

  func forEachAnswer(of segment: String, _ body: (KeptAnswers.Key, UnsafeRawBufferPointer) -> Void) throws {
    guard hasAnswers else { return }
    try database.read { try Self.forEachAnswer(of: segment, in: $0, body) }
  }

  /// The answers are read where SQLite has them: they are many, and most are of no use to who asks.
  private static func forEachAnswer(
    of segment: String, in database: Database, _ body: (KeptAnswers.Key, UnsafeRawBufferPointer) -> Void
  ) throws {
    let statement = try database.cachedStatement(
      sql: "SELECT content FROM answers WHERE segment = ? ORDER BY batch")
    let rows = try Row.fetchCursor(statement, arguments: [segment])
    while let row = try rows.next() {
      try row.withUnsafeData(atIndex: 0) { data in data?.withUnsafeBytes { KeptAnswers.forEach(in: $0, body) } }
    }
  }

  func keep(_ answers: [(segment: String, content: KeptAnswers)]) throws {
    try database.write { database in
      for (segment, content) in answers { try Self.keep(content, of: segment, in: database) }
    }
  }

  /// Adds answers to those of a segment, if it is there.
  static func keep(_ content: KeptAnswers, of segment: String, in database: Database) throws {
    guard content.count > 0 else { return }
    let batches = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM answers WHERE segment = ?", arguments: [segment])
    var content = content
    if batches ?? 0 >= mostBatches {
      var all = KeptAnswers()
      try forEachAnswer(of: segment, in: database) { all.add($1, for: $0) }
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
