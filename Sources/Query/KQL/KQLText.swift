import Events

extension KQL {
  /// A predicate as KQL text, or nil where KQL cannot say it (single-character wildcards, patterns without regard to case,
  /// value lists).
  ///
  /// Reading the text gives the same predicate. With a catalog values of fields that hold no text are put in quotes, which
  /// means the same there and reads better.
  ///
  /// - Parameter isInner: something may stand beside it, so that parentheses stand around what needs them.
  public static func text(_ predicate: Predicate, catalog: FieldCatalog? = nil, isInner: Bool = false) -> String? {
    let isSayable = predicate.fields.allSatisfy { field in
      if case .lenient = field { return false }
      guard case .matching(let pattern) = field else { return true }
      return !pattern.ignoresCase && !pattern.parts.contains(.anyCharacter) && pattern == pattern.trimmed
    }
    guard isSayable else { return nil }
    let writer = KQLText(path: nil, catalog: catalog)
    return isInner ? writer.group(predicate) : writer.text(predicate)
  }

  /// A value in quotes.
  public static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\" + String(scalar)
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

/// Writes predicates as KQL.
private struct KQLText {
  /// The nested field whose braces we are in.
  let path: String?
  let catalog: FieldCatalog?

  func text(_ predicate: Predicate) -> String? {
    switch predicate {
    // In braces `*: *` asks for a value.
    case .all: return path == nil ? "*: *" : "*"
    case .nothing: return path == nil ? "not *: *" : "not *"
    case .and(let parts): return joined(parts, "and")
    case .or(let parts): return joined(parts, "or")
    case .not(let inner): return group(inner).map { "not " + $0 }
    case .nested(let path, let inner):
      // A field that may be missing has no form in KQL.
      guard !path.ignoresUnmapped else { return nil }
      return KQLText(path: path.text, catalog: catalog).text(inner).map { name(.named(path.text)) + ": { " + $0 + " }" }
    case .holds: return nil
    case .exists(let field): return name(field) + ": *"
    case .test(let field, let test): return self.test(field, test)
    }
  }

  private func joined(_ parts: [Predicate], _ word: String) -> String? {
    if word == "or", let list = list(parts) { return list }
    // `not` binds tighter than what joins the parts.
    let texts = parts.compactMap { part in
      if case .not = part { return text(part) }
      return group(part)
    }
    return texts.count == parts.count ? texts.joined(separator: " \(word) ") : nil
  }

  /// Values of one field, any of which will do, as `name: (a or b)`; nil for anything else.
  private func list(_ parts: [Predicate]) -> String? {
    guard parts.count > 1, case .test(let field, _)? = parts.first, field != .any else { return nil }
    let lead = lead(field)
    var values: [String] = []
    for part in parts {
      guard case .test(field, let test) = part, !test.isRange, let text = self.test(field, test) else { return nil }
      values.append(String(text.dropFirst(lead.count)))
    }
    return lead + "(" + values.joined(separator: " or ") + ")"
  }

  /// In parentheses where something may stand beside it.
  func group(_ predicate: Predicate) -> String? {
    switch predicate {
    case .or(let parts) where list(parts) != nil: list(parts)
    case .and, .or: text(predicate).map { "(" + $0 + ")" }
    case .not, .nothing: text(predicate).map { "(" + $0 + ")" }
    default: text(predicate)
    }
  }

  private func test(_ field: FieldSelector, _ test: ValueTest) -> String? {
    switch test {
    case .match(let value):
      guard holdsText(field) else { return lead(field) + KQL.quoted(value) }
      // Blanks at the ends, nothing at all and the word null have no text outside quotes.
      let pattern = WildcardPattern([.literal(value)])
      guard !value.isEmpty, pattern == pattern.trimmed, value != "null" else { return nil }
      return lead(field) + Self.escaped(value)
    case .term(let value): return isKeyword(field) ? lead(field) + KQL.quoted(value) : nil
    case .termPattern(let pattern): return isKeyword(field) ? Self.written(pattern).map { lead(field) + $0 } : nil
    case .phrase(let value): return lead(field) + KQL.quoted(value)
    case .wildcard(let pattern): return Self.written(pattern).map { lead(field) + $0 }
    case .range(let lower, let upper) where ![lower, upper].allSatisfy { isReadAlike($0, of: field) }: return nil
    case .range(let lower?, nil): return name(field) + (lower.inclusive ? " >= " : " > ") + KQL.quoted(lower.value)
    case .range(nil, let upper?): return name(field) + (upper.inclusive ? " <= " : " < ") + KQL.quoted(upper.value)
    // In KQL two conditions, which two values of the field may meet.
    case .range: return nil
    case .list, .regex, .words, .sigma, .inZone: return nil
    }
  }

  /// True where KQL reads a bound as it is meant: it reads every date in UTC, in the format of its field.
  private func isReadAlike(_ bound: RangeBound?, of field: FieldSelector) -> Bool {
    guard let bound else { return true }
    guard bound.zone == nil else { return false }
    guard let format = bound.format else { return true }
    guard format == .writtenOut, let catalog, case .named(let path) = field else { return false }
    switch catalog.resolve(path).type {
    case .date(let own), .dateNanos(let own): return own == nil
    default: return true
    }
  }

  /// True where quotes may change what a value means.
  private func holdsText(_ field: FieldSelector) -> Bool {
    guard let catalog, case .named(let path) = field else { return true }
    return catalog.resolve(path).type.isAnalyzed
  }

  /// True where a pattern is whole, and a value is not parted into words.
  private func isKeyword(_ field: FieldSelector) -> Bool {
    guard let catalog, case .named(let path) = field else { return false }
    let resolved = catalog.resolve(path)
    switch resolved.type {
    case .keyword, .wildcard, .constant, .version, .dynamic: return resolved.flattenedRoot == nil
    default: return false
    }
  }

  private func lead(_ field: FieldSelector) -> String { field == .any ? "" : name(field) + ": " }

  private func name(_ field: FieldSelector) -> String {
    switch field {
    case .any: return "*"
    case .lenient(let inner): return name(inner)
    case .named(let full): return Self.escaped(path.map { String(full.dropFirst($0.count + 1)) } ?? full)
    case .matching(let pattern):
      guard let path, case .literal(let lead) = pattern.parts.first else { return Self.written(pattern) ?? "*" }
      let inside = [.literal(String(lead.dropFirst(path.count + 1)))] + pattern.parts.dropFirst()
      return Self.written(WildcardPattern(inside)) ?? "*"
    }
  }

  private static func written(_ pattern: WildcardPattern) -> String? {
    guard !pattern.parts.isEmpty, !pattern.ignoresCase, !pattern.parts.contains(.anyCharacter),
      pattern == pattern.trimmed
    else { return nil }
    return pattern.parts.map { if case .literal(let text) = $0 { escaped(text) } else { "*" } }.joined()
  }

  /// Every character that could mean something is escaped.
  private static func escaped(_ text: String) -> String {
    // A name that white space alone was written for; outside quotes nothing stands for it.
    if text.isEmpty { return "\"\"" }
    if ["and", "or"].contains(text.lowercased()) { return "\\" + text }
    // Before a blank the end of a word is a keyword too, and `\not` is a line break.
    if text.lowercased().hasSuffix("not"), let n = text.unicodeScalars.dropLast(2).last {
      let start = String(String.UnicodeScalarView(text.unicodeScalars.dropLast(3)))
      let end = String(String.UnicodeScalarView(text.unicodeScalars.suffix(2)))
      return (start.isEmpty ? "" : escaped(start)) + hex(n) + end
    }
    return text.unicodeScalars.map { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", "@", "/": String(scalar)
      case "\\", "(", ")", ":", "<", ">", "\"", "*", "{", "}": "\\" + String(scalar)
      default: hex(scalar)
      }
    }.joined()
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    String(scalar).utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}

extension ValueTest {
  fileprivate var isRange: Bool { if case .range = self { true } else { false } }
}
