import Foundation

extension EQLTerm {
  /// The term as a query has it.
  var text: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .whole(let number): "\(number)"
    case .decimal(let number): "\(number)"
    case .boolean(let flag): flag ? "true" : "false"
    case .null: "null"
    case .field(let name, let isOptional): (isOptional ? "?" : "") + name
    case .call(let name, let arguments, let tilde):
      name + (tilde ? "~" : "") + "(" + arguments.map(\.text).joined(separator: ", ") + ")"
    case .arithmetic(let sign, let left, let right): "(\(left.text) \(sign) \(right.text))"
    case .negative(let term): "(-\(term.text))"
    case .condition(let test): "(\(test.text))"
    }
  }

  static func quoted(_ text: String) -> String {
    var written = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": written += "\\" + String(scalar)
      case "\n": written += "\\n"
      default: written.unicodeScalars.append(scalar)
      }
    }
    return written + "\""
  }
}

extension EQLTest {
  /// The condition as a query has it.
  var text: String {
    switch self {
    case .compares(let left, let sign, let right): "\(left.text) \(sign) \(right.text)"
    case .among(let value, let choices, let tilde, let isNegated):
      "\(value.text) \(isNegated ? "not " : "")in\(tilde ? "~" : "") (\(choices.map(\.text).joined(separator: ", ")))"
    case .fits(let value, let word, let patterns):
      patterns.count == 1
        ? "\(value.text) \(word) \(EQLTerm.quoted(patterns[0]))"
        : "\(value.text) \(word) (\(patterns.map(EQLTerm.quoted).joined(separator: ", ")))"
    case .bare(let term): term.text
    case .and(let parts): parts.map { "(\($0.text))" }.joined(separator: " and ")
    case .or(let parts): parts.map { "(\($0.text))" }.joined(separator: " or ")
    case .not(let part): "not (\(part.text))"
    }
  }
}

extension EQLAsked {
  /// The query as people write it.
  var text: String {
    func keys(_ keys: [Key]) -> String {
      keys.isEmpty ? "" : " by " + keys.map { ($0.isOptional ? "?" : "") + $0.field }.joined(separator: ", ")
    }
    func event(_ item: Item) -> String { "\(item.category ?? "any") where \(item.test.text)" }
    func written(_ item: Item) -> String {
      (item.isMissing ? " ![" : " [") + event(item) + "]" + keys(item.keys)
        + (item.runs > 1 ? " with runs=\(item.runs)" : "")
    }
    var text: String
    switch form {
    case .event: text = event(items[0])
    case .sequence: text = "sequence" + keys(self.keys) + (maxspan.map { " with maxspan=\($0)ms" } ?? "")
    case .sample: text = "sample" + keys(self.keys)
    }
    if form != .event { for item in items { text += written(item) } }
    if let until { text += " until" + written(until) }
    for pipe in pipes {
      switch pipe {
      case .head(let count): text += " | head \(count)"
      case .tail(let count): text += " | tail \(count)"
      }
    }
    return text
  }
}
