import Events

/// An investigation guide, taken apart at the places where an event's values go.
///
/// A field named in back-quotes gains the event's value behind it, in parentheses; `{{field}}` becomes the value. What
/// comes from the event stays inside code and cannot end it: logs are written by attackers too.
struct GuideTemplate: Sendable {
  private enum Part: Sendable {
    case text(String)
    /// A field named in back-quotes.
    case named(field: String)
    /// `{{field}}` in running text, or inside code.
    case inserted(field: String, isInCode: Bool)
  }

  private var parts: [Part] = []

  /// How much of one value, and how many values of a field are shown.
  static let longestValue = 400
  static let mostValues = 6

  init(_ markdown: String, catalog: FieldCatalog) {
    var fence: Substring?
    for (number, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if number > 0 { append("\n") }
      let start = line.drop { $0 == " " }
      if let open = fence {
        append(line: line, isInCode: true, catalog)
        if start.hasPrefix(open), start.drop(while: { $0 == open.first }).allSatisfy(\.isWhitespace) { fence = nil }
      } else if start.hasPrefix("```") || start.hasPrefix("~~~") {
        let mark = start.first
        fence = start.prefix { $0 == mark }
        append(String(line))
      } else {
        append(line: line, isInCode: false, catalog)
      }
    }
  }

  private mutating func append(_ text: String) {
    if case .text(let before) = parts.last {
      parts[parts.count - 1] = .text(before + text)
    } else if !text.isEmpty {
      parts.append(.text(text))
    }
  }

  private mutating func append(line: Substring, isInCode: Bool, _ catalog: FieldCatalog) {
    var rest = line
    while let next = rest.firstIndex(where: { $0 == "`" || $0 == "{" }) {
      append(String(rest[..<next]))
      rest = rest[next...]
      if rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") {
        let field = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound].trimmed
        if Self.isFieldName(field) {
          parts.append(.inserted(field: field, isInCode: isInCode))
          rest = rest[end.upperBound...]
          continue
        }
      }
      if rest.first == "`", !isInCode {
        let ticks = rest.prefix { $0 == "`" }
        let inside = rest[ticks.endIndex...]
        if let end = inside.firstRange(of: ticks) {
          let code = inside[..<end.lowerBound]
          append(code: code, ticks: ticks, catalog)
          rest = inside[end.upperBound...]
          continue
        }
        append(String(ticks))
        rest = inside
        continue
      }
      append(String(rest.removeFirst()))
    }
    append(String(rest))
  }

  /// A span of code in running text.
  private mutating func append(code: Substring, ticks: Substring, _ catalog: FieldCatalog) {
    let name = String(code)
    if ticks.count == 1, Self.isFieldName(name), name.contains(".") || name.hasPrefix("@") {
      let field = catalog.resolve(name)
      if field.isKnown, field.type != .object, field.type != .nested { return parts.append(.named(field: name)) }
    }
    append(String(ticks))
    append(line: code, isInCode: true, catalog)
    append(String(ticks))
  }

  private static func isFieldName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 512
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }

  /// The guide with an event's values; `values` gives those of a field as text.
  func rendered(_ values: (String) -> [String]) -> String {
    var known: [String: [String]] = [:]
    func shown(_ field: String) -> String? {
      let all = known[field] ?? values(field)
      known[field] = all
      guard !all.isEmpty else { return nil }
      var texts = all.prefix(Self.mostValues).map(Self.plain)
      if all.count > texts.count { texts.append("… (\(all.count - texts.count) more)") }
      return texts.joined(separator: ", ")
    }
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .named(let field): "`\(field)` (" + (shown(field).map(Self.code) ?? "not in this event") + ")"
      case .inserted(let field, let isInCode):
        if isInCode {
          shown(field)?.replacing("`", with: "'") ?? "(not in this event)"
        } else {
          shown(field).map(Self.code) ?? "(\(Self.code(field)) is not in this event)"
        }
      }
    }.joined()
  }

  /// A value on one line, cut where it is long.
  private static func plain(_ value: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in value.unicodeScalars.prefix(longestValue) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: text.append(" ")
      default: text.append(scalar)
      }
    }
    return String(text) + (value.unicodeScalars.count > longestValue ? "…" : "")
  }

  /// A span of code that holds a text, whatever it is made of.
  private static func code(_ text: String) -> String {
    var longest = 0
    var run = 0
    for character in text {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let space = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return fence + space + text + space + fence
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

}
