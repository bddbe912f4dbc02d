/// What a Sigma detection asks of an event: conditions on values, joined.
public indirect enum SigmaExpression: Hashable, Sendable {
  case and([SigmaExpression])
  case or([SigmaExpression])
  case not(SigmaExpression)
  /// Some value of a field passes a test; of the whole event where no field is named.
  case test(field: String?, SigmaTest)
  /// The field has no value, or null.
  case absent(field: String)
  /// Some value of a field and some value of another agree.
  case reference(field: String, other: String, Agreement, isCased: Bool)

  public enum Agreement: String, Hashable, Sendable {
    case equal, contains, startsWith, endsWith
  }

  /// The fields that are named, each once, in order.
  public var fields: [String] {
    var found: [String] = []
    collect(&found)
    return found
  }

  private func collect(_ found: inout [String]) {
    func add(_ name: String) { if !found.contains(name) { found.append(name) } }
    switch self {
    case .and(let parts), .or(let parts): for part in parts { part.collect(&found) }
    case .not(let part): part.collect(&found)
    case .test(let field, _): if let field { add(field) }
    case .absent(let field): add(field)
    case .reference(let field, let other, _, _):
      add(field)
      add(other)
    }
  }

  /// Several as one, a single one as itself.
  static func every(_ parts: [SigmaExpression]) -> SigmaExpression { parts.count == 1 ? parts[0] : .and(parts) }
  static func some(_ parts: [SigmaExpression]) -> SigmaExpression { parts.count == 1 ? parts[0] : .or(parts) }
}
