import JSON

extension PredicateMaker {
  /// A few events whose fields and values the predicates may name.
  mutating func events() -> [JSONValue] {
    let values: [JSONValue] = [
      "a", "B", "x y", "and", 1, true, ["a", "1"], "\u{A0}", ["a": "B"], [["b": ["c": "1"]]], .null,
    ]
    return (0..<4).map { _ in
      var members: [String: JSONValue] = [:]
      for name in ["user.name", "a", "b.c", "not", "or", "b"] where Bool.random(using: &random) {
        members[name] = values.randomElement(using: &random)!
      }
      return .object(members)
    }
  }
}
