import Events
import Rules

/// An investigation guide, taken apart at the places where an event's values go.
///
/// A field named in back-quotes gains the event's value behind it, in parentheses; `{{field}}` becomes the value. What
/// comes from the event stays inside code and cannot end it: logs are written by attackers too. A field that the guide gives
/// a value itself, as in “`event.outcome` of `failure`”, gains none.
struct GuideTemplate: Sendable {
  /// Where a value is to stand.
  enum Place: Sendable {
    /// In running text: it becomes a span of code.
    case text
    /// In a span of code, or in a block of it that back-quotes fence.
    case code
    /// In a block of code that tildes fence.
    case tildeFence
    /// Behind a back-quote that nothing closes on its line: whether that is code the next lines decide.
    case uncertain
  }

  private enum Part: Sendable {
    case text(String)
    /// A field named in back-quotes.
    case named(field: String, isInTable: Bool)
    /// `{{field}}`.
    case inserted(field: String, Place, isInTable: Bool)
  }

  private var parts: [Part] = []

  /// How much of one value, and how many values of a field are shown.
  static let longestValue = 400
  static let mostValues = 6
  /// Bytes of the name of a field that is looked for.
  private static let longestName = 512

  init(_ markdown: String, catalog: FieldCatalog) {
    var fence: Substring?
    var isUncertain = false
    for (number, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if number > 0 { append("\n") }
      let start = line.drop { $0 == " " }
      if let open = fence {
        var scanner = Scanner(place: open.first == "~" ? .tildeFence : .code, isInTable: false)
        scanner.scan(line, catalog, into: &self)
        if start.hasPrefix(open), start.drop(while: { $0 == open.first }).allSatisfy(\.isWhitespace) { fence = nil }
      } else if let open = Self.fence(start) {
        fence = open
        isUncertain = false
        append(String(line))
      } else {
        if start.isEmpty { isUncertain = false }
        var scanner = Scanner(place: isUncertain ? .uncertain : .text, isInTable: start.first == "|")
        scanner.scan(line, catalog, into: &self)
        if scanner.place == .uncertain { isUncertain = true }
      }
    }
  }

  /// The mark that opens a block of code on a line; behind back-quotes there may be none, else they are a span of code.
  private static func fence(_ line: Substring) -> Substring? {
    guard let mark = line.first, mark == "`" || mark == "~" else { return nil }
    let marks = line.prefix { $0 == mark }
    guard marks.count >= 3, mark == "~" || !line[marks.endIndex...].unicodeScalars.contains("`") else { return nil }
    return marks
  }

  fileprivate mutating func append(_ text: String) {
    if case .text(var before) = parts.last {
      // Taken out, so that it grows where it is and is not copied.
      parts[parts.count - 1] = .text("")
      before += text
      parts[parts.count - 1] = .text(before)
    } else if !text.isEmpty {
      parts.append(.text(text))
    }
  }

  /// Goes through a line.
  private struct Scanner {
    var place: Place
    let isInTable: Bool

    mutating func scan(_ line: Substring, _ catalog: FieldCatalog, into guide: inout GuideTemplate) {
      var rest = line
      while let next = rest.firstIndex(where: { $0 == "`" || $0 == "{" }) {
        guide.append(String(rest[..<next]))
        rest = rest[next...]
        if rest.hasPrefix("{{"), let (field, end) = Self.inserted(rest.dropFirst(2)) {
          guide.parts.append(.inserted(field: field, place, isInTable: isInTable))
          rest = rest[end...]
          continue
        }
        guard rest.first == "`", place == .text else {
          guide.append(String(rest.removeFirst()))
          continue
        }
        let ticks = rest.prefix { $0 == "`" }
        let inside = rest[ticks.endIndex...]
        // Once one is not closed, the rest of the line is in doubt, and no other end is looked for.
        if let end = Self.end(of: ticks, in: inside) {
          span(inside[..<end.lowerBound], ticks, catalog, &guide)
          rest = inside[end.upperBound...]
        } else {
          place = .uncertain
          guide.append(String(ticks))
          rest = inside
        }
      }
      guide.append(String(rest))
    }

    /// The field whose name, and nothing else, stands before the next two closing braces, and what follows those.
    private static func inserted(_ text: Substring) -> (field: String, end: Substring.Index)? {
      let start = text.drop(while: \.isWhitespace)
      // What is no part of a name ends it: text without an end is not gone through again at each beginning.
      let name = start.utf8.prefix(longestName + 1).prefix(while: isNameByte)
      let rest = start[name.endIndex...].drop(while: \.isWhitespace)
      guard !name.isEmpty, name.count <= longestName, rest.hasPrefix("}}") else { return nil }
      return (String(start[..<name.endIndex]), rest.index(rest.startIndex, offsetBy: 2))
    }

    /// The run of just as many back-quotes that ends a span.
    private static func end(of ticks: Substring, in text: Substring) -> Range<Substring.Index>? {
      var rest = text
      while let start = rest.firstIndex(of: "`") {
        let run = rest[start...].prefix { $0 == "`" }
        if run.count == ticks.count { return run.startIndex..<run.endIndex }
        rest = rest[run.endIndex...]
      }
      return nil
    }

    /// A span of code in running text.
    private func span(
      _ code: Substring, _ ticks: Substring, _ catalog: FieldCatalog, _ guide: inout GuideTemplate
    ) {
      let name = String(code)
      if ticks.count == 1, isFieldName(name), name.contains(".") || name.hasPrefix("@") {
        let field = catalog.resolve(name)
        if field.isKnown, field.type != .object, field.type != .nested {
          return guide.parts.append(.named(field: name, isInTable: isInTable))
        }
      }
      guide.append(String(ticks))
      var scanner = Scanner(place: .code, isInTable: isInTable)
      scanner.scan(code, catalog, into: &guide)
      guide.append(String(ticks))
    }
  }

  fileprivate static func isFieldName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= longestName
      && text.utf8.allSatisfy(isNameByte)
  }

  fileprivate static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  // MARK: Values

  /// The guide with an event's values; `values` gives those of a field as text.
  func rendered(_ values: (String) -> [String]) -> String {
    var known: [String: String?] = [:]
    func shown(_ field: String) -> String? {
      if let text = known[field] { return text }
      let text = Self.shown(values(field))
      known[field] = .some(text)
      return text
    }
    return parts.indices.map { place in
      switch parts[place] {
      case .text(let text): return text
      // The guide says itself of which value it speaks: “`event.outcome` of `failure`”.
      case .named(let field, _) where saysValue(after: place): return "`\(field)`"
      case .named(let field, let isInTable):
        let value = shown(field).map { Self.written($0, .text, isInTable: isInTable) } ?? "not in this event"
        return "`\(field)` (\(value))"
      case .inserted(let field, let place, let isInTable):
        if let value = shown(field) { return Self.written(value, place, isInTable: isInTable) }
        return place == .text ? "(\(MarkdownCode.span(field)) is not in this event)" : "(not in this event)"
      }
    }.joined()
  }

  /// The values of a field on one line; nil where there are none.
  private static func shown(_ values: [String]) -> String? {
    guard !values.isEmpty else { return nil }
    var texts = values.prefix(mostValues).map(plain)
    if values.count > texts.count { texts.append("… (\(values.count - texts.count) more)") }
    return texts.joined(separator: ", ")
  }

  /// True where the text behind a field begins with “of” and a value in back-quotes.
  private func saysValue(after place: Int) -> Bool {
    guard parts.indices.contains(place + 1), case .text(let text) = parts[place + 1] else { return false }
    let word = text.drop(while: \.isWhitespace)
    guard word.startIndex > text.startIndex, word.hasPrefix("of") else { return false }
    let value = word.dropFirst(2)
    return value.first?.isWhitespace == true && value.first { !$0.isWhitespace } == "`"
  }

  private static func written(_ value: String, _ place: Place, isInTable: Bool) -> String {
    let text =
      switch place {
      case .text: MarkdownCode.span(value)
      case .code: MarkdownCode.inside(value)
      case .tildeFence: MarkdownCode.replacing(value) { $0 == "~" ? "\u{223C}" : nil }
      case .uncertain: MarkdownCode.anywhere(value)
      }
    return isInTable && place != .uncertain ? MarkdownCode.cell(text) : text
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
}
