extension ExceptionEntry: CustomStringConvertible {
  /// The condition in words, as `user.name is "alice"`.
  public var description: String {
    switch test {
    case .match(let value): "\(field) is\(negation) \(Self.quoted(value))"
    case .matchAny(let values): "\(field) is\(negation) one of \(Self.listed(values))"
    case .exists: "\(field) \(isExcluded ? "is missing" : "has a value")"
    case .wildcard(let pattern): "\(field) is\(negation) like \(Self.quoted(pattern))"
    case .list(let list): "\(field) is\(negation) in the \(list.kind.rawValue) list \(Self.quoted(list.id))"
    case .nested(let entries):
      "\(isExcluded ? "no" : "an") object of \(field) has: " + entries.map(\.description).joined(separator: " and ")
    }
  }

  private var negation: String { isExcluded ? " not" : "" }

  /// Values that are told of a long list.
  private static let shown = 10

  private static func listed(_ values: [String]) -> String {
    let told = values.prefix(shown).map(quoted).joined(separator: ", ")
    return values.count > shown ? told + " and \(values.count - shown) more" : told
  }

  private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
