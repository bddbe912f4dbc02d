import CloudTrail
import Events
import Foundation
import Query

/// What a record's own text must hold for a query to match: pieces of the values that the query names, which stand in
/// the JSON as they stand in the fields. Looking for them costs a fraction of mapping the record.
///
/// A text with a backslash is let through, since what it escapes may be anything.
indirect enum RawCondition: Sendable, Hashable {
  case always
  case contains([UInt8])
  case all([RawCondition])
  case any([RawCondition])

  /// The condition that holds wherever a query does.
  init(_ predicate: Query.Predicate, catalog: FieldCatalog) {
    switch predicate {
    case .and(let parts):
      let conditions = Set(parts.map { RawCondition($0, catalog: catalog) }).subtracting([.always])
      self = conditions.isEmpty ? .always : .all(Array(conditions))
    case .or(let parts):
      let conditions = Set(parts.map { RawCondition($0, catalog: catalog) })
      self = conditions.contains(.always) ? .always : .any(Array(conditions))
    case .test(.named(let path), let test):
      let field = catalog.resolve(path)
      guard field.type != .text, field.flattenedRoot != nil || Self.textForms.contains(field.sourcePath) else {
        self = .always
        return
      }
      self = Self.longestPiece(of: test).map { .contains($0) } ?? .always
    case .all, .nothing, .not, .exists, .test, .nested: self = .always
    }
  }

  private static let textForms = Set(
    [EventField.requestParameters, .responseElements, .additionalEventData, .serviceEventDetails].map(\.path))

  /// True when the text of a record may satisfy the query.
  func holds(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    if case .always = self { return true }
    guard let start = text.baseAddress, memchr(start, 0x5C, text.count) == nil else { return true }
    return isFound(in: text)
  }

  private func isFound(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .always: true
    case .contains(let piece): Self.find(piece, in: text)
    case .all(let parts): parts.allSatisfy { $0.isFound(in: text) }
    case .any(let parts): parts.contains { $0.isFound(in: text) }
    }
  }

  private static func find(_ piece: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = text.baseAddress else { return false }
    var place = 0
    while place + piece.count <= text.count {
      guard let found = memchr(start + place, Int32(piece[0]), text.count - piece.count - place + 1) else {
        return false
      }
      place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - start
      if memcmp(start + place, piece, piece.count) == 0 { return true }
      place += 1
    }
    return false
  }

  // MARK: Pieces

  /// The longest piece of a test's value that lies within one key or value of the JSON.
  private static func longestPiece(of test: ValueTest) -> [UInt8]? {
    switch test {
    case .match(let text), .phrase(let text): return longestPiece(of: text)
    case .wildcard(let pattern):
      guard !pattern.ignoresCase else { return nil }
      let pieces = pattern.parts.compactMap { part -> [UInt8]? in
        if case .literal(let text) = part { longestPiece(of: text) } else { nil }
      }
      return pieces.max { $0.count < $1.count }
    case .range, .list: return nil
    }
  }

  /// What joins keys and values in a text form splits a piece; so do characters that JSON escapes. A piece without a letter
  /// may be a number, which is written in more than one way.
  private static func longestPiece(of text: String) -> [UInt8]? {
    let runs = text.utf8.split { byte in
      byte <= 0x20 || byte >= 0x7F || "{}[]=,\"\\".utf8.contains(byte)
    }
    let telling = runs.filter { run in
      run.count >= 3 && run.contains { $0 | 0x20 != UInt8(ascii: "e") && (0x61...0x7A).contains($0 | 0x20) }
    }
    return telling.max { $0.count < $1.count }.map(Array.init)
  }
}
