/// The way from a rule to one of its fields: `query`, `threat[0].technique[1].id`.
public struct RuleKeyPath: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// One step down.
  public enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  public var steps: [Step]

  public init(steps: [Step] = []) {
    self.steps = steps
  }

  /// Reads keys separated by points, with indices in brackets; a key cannot hold a point or a bracket here.
  public init(_ text: String) {
    steps = text.split(separator: ".").flatMap { part -> [Step] in
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      var steps: [Step] = pieces[0].isEmpty ? [] : [.key(String(pieces[0]))]
      for piece in pieces.dropFirst() {
        if let index = Int(piece.prefix { $0 != "]" }) { steps.append(.index(index)) }
      }
      return steps
    }
  }

  public init(stringLiteral value: String) {
    self.init(value)
  }

  /// The path one key further down.
  public func appending(_ key: String) -> RuleKeyPath { RuleKeyPath(steps: steps + [.key(key)]) }

  /// The path one element further down.
  public func appending(_ index: Int) -> RuleKeyPath { RuleKeyPath(steps: steps + [.index(index)]) }

  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}

extension RuleKeyPath {
  /// The ways in which files spell the path: rule files nest what exports have at the top.
  var spellings: [[Step]] {
    guard case .key(let first)? = steps.first else { return [steps] }
    let nested: [[Step]]
    switch first {
    case "new_terms_fields":
      nested = [[.key("new_terms"), .key("value")], [.key("new_terms"), .key(first)]]
    case "history_window_start":
      nested = [[.key("new_terms"), .key(first), .index(0), .key("value")], [.key("new_terms"), .key(first)]]
    default: return [steps]
    }
    return [steps] + nested.map { $0 + steps.dropFirst() }
  }
}
