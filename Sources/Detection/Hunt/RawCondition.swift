import CloudTrail
import Events
import Foundation
import Query

/// What a record's own text must hold for a query to match: pieces of the values and keys that the query names, which stand
/// in the JSON as they stand in the fields. Looking for them costs a fraction of mapping the record.
///
/// A text with a backslash has to be let through, since what it escapes may be anything.
indirect enum RawCondition: Sendable, Hashable {
  case always
  /// In the request, the response and what else is kept flattened.
  case contains(TextPiece)
  /// In the parameters of the request.
  case requestContains(TextPiece)
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
    case .test(.named(let path), let test): self.init(catalog.resolve(path), test)
    case .exists(.named(let path)): self.init(catalog.resolve(path), nil)
    case .all, .nothing, .not, .exists, .test, .nested, .holds: self = .always
    }
  }

  private init(_ field: ResolvedField, _ test: ValueTest?) {
    self = .always
    guard !field.type.isAnalyzed else { return }
    // On a flattened field the blanks of a pattern part alternatives, of which any one will do.
    let isParted =
      if case .wildcard(let pattern)? = test {
        field.type != .keyword && field.flattenedRoot != nil && Self.mayHoldBlanks(pattern)
      } else {
        false
      }
    let value = isParted ? [] : test.flatMap(Self.longestPiece).map { [TextPiece($0)] } ?? []
    guard field.flattenedRoot.map(Self.flattened.contains) ?? Self.textForms.contains(field.sourcePath) else { return }
    let isInRequest =
      field.sourcePath == EventField.requestParameters.path
      || field.flattenedRoot == EventField.flattenedRequestParameters.path
    let pieces = (value + Self.key(of: field)).map { isInRequest ? Self.requestContains($0) : .contains($0) }
    if !pieces.isEmpty { self = pieces.count == 1 ? pieces[0] : .all(pieces) }
  }

  /// The most telling key above the values of a field below a flattened one.
  private static func key(of field: ResolvedField) -> [TextPiece] {
    guard let root = field.flattenedRoot, field.sourcePath.hasPrefix(root + ".") else { return [] }
    let keys = field.sourcePath.dropFirst(root.count + 1).split(separator: ".")
    return keys.compactMap { longestPiece(of: String($0)) }.max { $0.count < $1.count }.map { [TextPiece($0)] } ?? []
  }

  private static let textForms = Set(
    [EventField.requestParameters, .responseElements, .additionalEventData, .serviceEventDetails].map(\.path))

  /// The flattened fields whose values stand in the part of a record that is looked into.
  private static let flattened = Set(
    [
      EventField.flattenedRequestParameters, .flattenedResponseElements, .flattenedAdditionalEventData,
      .flattenedServiceEventDetails, .flattenedInsightDetails,
    ].map(\.path))

  /// True when a text may be that of something escaped, so that nothing can be told from it.
  static func isEscaped(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = text.baseAddress else { return false }
    return memchr(start, 0x5C, text.count) != nil
  }

  /// True when nothing but the request's parameters is looked into.
  var isInRequest: Bool {
    switch self {
    case .requestContains: true
    case .always, .contains: false
    case .all(let parts), .any(let parts): parts.allSatisfy(\.isInRequest)
    }
  }

  /// True when the part of a record, whose text is not escaped, may satisfy the query.
  func holds(in row: UnsafePointer<RecordRow>) -> Bool {
    switch self {
    case .always: return true
    case .contains(let piece): return piece.stands(in: row.pointee.parametersText)
    case .requestContains(let piece): return piece.stands(in: row.pointee.requestText)
    case .all(let parts):
      for part in parts where !part.holds(in: row) { return false }
      return true
    case .any(let parts):
      for part in parts where part.holds(in: row) { return true }
      return false
    }
  }

  // MARK: Pieces

  /// False where a pattern is one alternative, since nothing in it could be taken for a blank.
  private static func mayHoldBlanks(_ pattern: WildcardPattern) -> Bool {
    pattern.parts.contains { part in
      if case .literal(let text) = part { text.utf8.contains { $0 <= 0x20 || $0 >= 0x7F } } else { false }
    }
  }

  /// The longest piece of a test's value that lies within one key or value of the JSON.
  private static func longestPiece(of test: ValueTest) -> [UInt8]? {
    switch test {
    case .match(let text), .phrase(let text), .term(let text): return longestPiece(of: text)
    case .wildcard(let pattern), .termPattern(let pattern):
      guard !pattern.ignoresCase else { return nil }
      let pieces = pattern.parts.compactMap { part -> [UInt8]? in
        if case .literal(let text) = part { longestPiece(of: text) } else { nil }
      }
      return pieces.max { $0.count < $1.count }
    case .range, .list, .regex, .words, .sigma, .inZone: return nil
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
