import Events

/// Of what kinds the values of a field were that nothing else is known of: what Elasticsearch's dynamic mapping goes by.
public struct FieldKinds: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  static let whole = FieldKinds(rawValue: 1)
  static let fraction = FieldKinds(rawValue: 2)
  static let boolean = FieldKinds(rawValue: 4)
  static let text = FieldKinds(rawValue: 8)

  /// The kind of one value.
  public init(_ value: Scalar) {
    switch value.kind {
    case .string: self = .text
    case .boolean: self = .boolean
    case .number: self = value.bytes.contains { ".eE".utf8.contains($0) } ? .fraction : .whole
    }
  }

  /// The type that the values have given their field; nil where there were none, or of kinds that make it a matter of which
  /// came first.
  public var type: FieldType? {
    switch self {
    case .whole: .integer
    case .fraction, [.whole, .fraction]: .double
    case .boolean: .boolean
    case .text: .keyword
    default: nil
    }
  }
}

extension QueryJudge {
  /// The fields of which nothing is known and whose values decide whether Elasticsearch refuses the predicate.
  public func doubtfulFields(_ predicate: Predicate) -> [String] {
    guard QueryJudge(catalog).refusal(of: predicate) == nil else { return [] }
    var isDoubtful: [String: Bool] = [:]
    predicate.forEachTest { path, test in
      // Asked again of each value, and no more once one is in doubt.
      guard isDoubtful[path] != true, !catalog.resolve(path).isKnown else { return }
      isDoubtful[path] = [FieldType.integer, .boolean].contains { type in
        QueryJudge(catalog, known: [path: type]).refusal(of: .test(.named(path), test), in: nestedPath(path)) != nil
      }
    }
    return predicate.fields.compactMap { selector in
      guard let path = selector.path, isDoubtful[path] == true else { return nil }
      return path
    }
  }

  /// Where a field stands that is not misplaced.
  private func nestedPath(_ path: String) -> String? { catalog.resolve(path).nestedPath }
}

extension Predicate {
  /// Visits every test of the values of a field that is named.
  fileprivate func forEachTest(_ visit: (String, ValueTest) -> Void) {
    switch self {
    case .and(let parts), .or(let parts): for part in parts { part.forEachTest(visit) }
    case .not(let inner), .nested(_, let inner): inner.forEachTest(visit)
    case .test(.lenient, _), .all, .nothing, .exists, .holds: break
    case .test(let selector, let test): if let path = selector.path { visit(path, test) }
    }
  }
}
