extension Expression {
  /// The expression with its parts changed, each by itself.
  func changingParts(_ change: (Expression) -> Expression) -> Expression {
    func all(_ parts: [Expression]) -> [Expression] { parts.map(change) }
    let node: Node =
      switch self.node {
      case .literal, .field: self.node
      case .call(let function, let arguments, let ignoresCase):
        .call(function, all(arguments), ignoresCase: ignoresCase)
      case .negative(let part): .negative(change(part))
      case .arithmetic(let kind, let left, let right): .arithmetic(kind, change(left), change(right))
      case .comparison(let kind, let left, let right): .comparison(kind, change(left), change(right))
      case .oneOf(let value, let choices, let ignoresCase):
        .oneOf(change(value), all(choices), ignoresCase: ignoresCase)
      case .fits(let value, let patterns, let kind): .fits(change(value), patterns, kind)
      case .isNull(let part): .isNull(change(part))
      case .and(let parts): .and(all(parts))
      case .or(let parts): .or(all(parts))
      case .not(let part): .not(change(part))
      case .cast(let part, let type): .cast(change(part), type)
      }
    return Expression(node, range)
  }

  /// The expression with other fields in place of its own.
  func changingFields(_ change: (_ name: String, _ isOptional: Bool) -> Node) -> Expression {
    if case .field(let name, let isOptional) = node { return Expression(change(name, isOptional), range) }
    return changingParts { $0.changingFields(change) }
  }

  /// The name, where it is a field and nothing else.
  var isField: String? { if case .field(let name, _) = node { name } else { nil } }

  var isNull: Bool { if case .literal(.none, _) = node { true } else { false } }

  /// True where it names no field.
  var isConstant: Bool {
    var isConstant = true
    forEachField { _ in isConstant = false }
    return isConstant
  }

  /// True where it is true or false by its form.
  var isCondition: Bool {
    switch node {
    case .and, .or, .not, .comparison, .oneOf, .fits, .isNull: true
    case .call(let name, _, _): ["cidrmatch", "startswith", "endswith", "stringcontains"].contains(name.lowercased())
    case .literal, .field, .negative, .arithmetic, .cast: false
    }
  }
}
