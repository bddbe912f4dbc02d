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
    let unknown = predicate.fields.compactMap { selector -> String? in
      guard case .named(let path) = selector, !catalog.resolve(path).isKnown else { return nil }
      return path
    }
    return unknown.filter { path in
      [FieldType.integer, .boolean].contains { type in
        QueryJudge(catalog, known: [path: type]).refusal(of: predicate) != nil
          && QueryJudge(catalog).refusal(of: predicate) == nil
      }
    }
  }
}
