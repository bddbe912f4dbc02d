import Events

/// One item of a search identifier: a field with modifiers, and its values.
public struct SigmaItem {
  private let field: String?
  private let modifiers: [String]
  private let key: String
  private let place: SigmaNode.Place
  private let placeholders: [String: [String]]

  /// Alternatives that one value may come to.
  private static let mostAlternatives = 10_000

  /// What modifiers make of a value, step by step.
  private enum Step {
    case string(SigmaString, isCased: Bool)
    /// What `wide` and its like made.
    case bytes([UInt8])
    case number(String)
    case boolean(Bool)
    case null
    case regex(String, flags: String)
    case network(String)
    case comparison(ComparisonOperator, String)
    case part(SigmaTest.TimePart, ComparisonOperator, Int)
    case exists(Bool)
    case reference(String, SigmaExpression.Agreement, isCased: Bool)

    var kindName: String {
      switch self {
      case .string: "a text"
      case .bytes: "an encoded text"
      case .number: "a number"
      case .boolean: "a boolean"
      case .null: "null"
      case .regex: "a regular expression"
      case .network: "a network"
      case .comparison: "a comparison"
      case .part: "a part of a date"
      case .exists: "the presence of a field"
      case .reference: "a field"
      }
    }
  }

  /// - Parameter key: the field and its modifiers, parted by `|`; empty for a keyword.
  init(_ key: String, _ place: SigmaNode.Place, _ placeholders: [String: [String]]) {
    let parts = key.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    field = parts[0].isEmpty ? nil : parts[0]
    modifiers = Array(parts.dropFirst())
    self.key = key
    self.place = place
    self.placeholders = placeholders
  }

  /// The modifiers of a key, which may have no field before them.
  public static func modifiers(_ key: String) -> [String] {
    key.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map(String.init)
  }

  static let known: Set<String> = [
    "contains", "startswith", "endswith", "all", "cased", "re", "i", "m", "s", "ignorecase", "multiline", "dotall",
    "cidr", "base64", "base64offset", "wide", "utf16le", "utf16be", "utf16", "windash", "lt", "lte", "gt", "gte", "neq",
    "exists", "fieldref", "expand", "minute", "hour", "day", "week", "month", "year",
  ]

  func expression(_ value: SigmaNode) throws(SigmaFault) -> SigmaExpression {
    for modifier in modifiers where !Self.known.contains(modifier) {
      throw SigmaFault("unknown modifier `\(modifier.prefix(40))` in `\(key.prefix(100))`", place)
    }
    // An empty list is the absence of the field, whatever would have been done with its values.
    if let field, value.list?.isEmpty == true {
      return modifiers.contains("neq") ? .not(.absent(field: field)) : .absent(field: field)
    }
    let values = value.list.map { $0.isEmpty ? [SigmaNode(.null, value.place)] : $0 } ?? [value]
    var tests: [SigmaExpression] = []
    for value in values { tests.append(try one(value)) }
    let joined = modifiers.contains("all") ? SigmaExpression.every(tests) : .some(tests)
    return modifiers.contains("neq") ? .not(joined) : joined
  }

  private func one(_ node: SigmaNode) throws(SigmaFault) -> SigmaExpression {
    var steps: [Step]
    switch node.content {
    case .null: steps = [.null]
    case .boolean(let flag): steps = [.boolean(flag)]
    case .number(let text): steps = [.number(text)]
    case .text(let text):
      // The value of a regular expression or of a reference is taken as it is.
      let isRaw = modifiers.contains("re") || modifiers.contains("cidr")
      steps = [.string(isRaw ? SigmaString(plain: text) : SigmaString(text), isCased: false)]
      if modifiers.first == "expand", isRaw { break }
    case .list, .map:
      throw SigmaFault(
        "the value of `\(key.prefix(100))` is \(node.kindName), and must be a value or a list of values", node.place)
    }
    for (at, modifier) in modifiers.enumerated() where modifier != "all" && modifier != "neq" {
      var next: [Step] = []
      for step in steps { next += try apply(modifier, at, to: step, node) }
      guard next.count <= Self.mostAlternatives else {
        throw SigmaFault("`\(key.prefix(100))` comes to more than \(Self.mostAlternatives) alternatives", node.place)
      }
      steps = next
    }
    var expanded: [Step] = []
    for step in steps { expanded += try expand(step, node) }
    var tests: [SigmaExpression] = []
    for step in expanded { tests.append(try test(step, node)) }
    return .some(tests)
  }

  private func apply(_ modifier: String, _ at: Int, to step: Step, _ node: SigmaNode) throws(SigmaFault) -> [Step] {
    func wrong() -> SigmaFault {
      if case .string(let text, _) = step, let digits = text.plainText, Self.isTooLong(digits) {
        return SigmaFault(
          "the modifier `\(modifier)` in `\(key.prefix(100))` takes numbers of at most 64 bits, and \(digits.prefix(40)) has more",
          node.place)
      }
      return SigmaFault("the modifier `\(modifier)` in `\(key.prefix(100))` does not take \(step.kindName)", node.place)
    }
    func first() throws(SigmaFault) {
      let before = modifiers[..<at].filter { $0 != "all" && $0 != "neq" && $0 != "expand" }
      guard before.isEmpty else {
        throw SigmaFault("the modifier `\(modifier)` in `\(key.prefix(100))` must be the first", place)
      }
    }
    switch modifier {
    case "contains", "startswith", "endswith":
      let (start, end) = (modifier != "startswith", modifier != "endswith")
      switch step {
      case .string(let text, let isCased): return [.string(text.open(atStart: start, atEnd: end), isCased: isCased)]
      // It is found anywhere as it is.
      case .regex: return [step]
      case .reference(let name, let before, let isCased):
        let agreement: SigmaExpression.Agreement =
          modifier == "contains" ? .contains : modifier == "startswith" ? .startsWith : .endsWith
        // What is open at its start and at its end stands anywhere.
        return [.reference(name, before == .equal || before == agreement ? agreement : .contains, isCased: isCased)]
      case .bytes(let bytes):
        guard let text = Self.text(bytes) else { throw wrong() }
        return [.string(SigmaString(plain: text).open(atStart: start, atEnd: end), isCased: false)]
      default: throw wrong()
      }
    case "cased":
      switch step {
      case .string(let text, _): return [.string(text, isCased: true)]
      default: throw wrong()
      }
    case "re":
      try first()
      guard case .string(let text, _) = step, let pattern = text.regexText else { throw wrong() }
      return [.regex(pattern, flags: "")]
    case "i", "ignorecase", "m", "multiline", "s", "dotall":
      guard case .regex(let pattern, let flags) = step else { throw wrong() }
      return [.regex(pattern, flags: flags + (modifier.first == "d" ? "s" : String(modifier.prefix(1))))]
    case "cidr":
      try first()
      guard case .string(let text, _) = step, let network = text.plainText else { throw wrong() }
      return [.network(try Self.network(network, node.place))]
    case "base64", "base64offset":
      let bytes: [UInt8]
      switch step {
      case .bytes(let found): bytes = found
      case .string(let text, _):
        guard let plain = text.plainText else {
          throw SigmaFault("`\(key.prefix(100))` encodes a value with a wildcard, which cannot be encoded", node.place)
        }
        bytes = Array(plain.utf8)
      default: throw wrong()
      }
      if modifier == "base64" { return [.string(SigmaString(plain: SigmaBase64.text(bytes)), isCased: false)] }
      return (0..<3).map { .string(SigmaString(plain: SigmaBase64.text(bytes, offset: $0)), isCased: false) }
    case "wide", "utf16le", "utf16be", "utf16":
      guard case .string(let text, let isCased) = step else { throw wrong() }
      let isBig = modifier == "utf16be"
      if let plain = text.plainText {
        let units = plain.utf16.flatMap {
          isBig ? [UInt8($0 >> 8), UInt8($0 & 0xFF)] : [UInt8($0 & 0xFF), UInt8($0 >> 8)]
        }
        return [.bytes(modifier == "utf16" ? [0xFF, 0xFE] + units : units)]
      }
      guard modifier != "utf16" else { throw wrong() }
      var parts: [SigmaString.Part] = []
      for part in text.parts {
        guard case .character(let scalar) = part else {
          parts.append(part)
          continue
        }
        // Beside wildcards there are texts only, so that bytes must be characters.
        for unit in String(scalar).utf16 {
          let (low, high) = (UInt8(unit & 0xFF), UInt8(unit >> 8))
          guard low < 0x80, high < 0x80 else { throw wrong() }
          parts += (isBig ? [high, low] : [low, high]).map { .character(Unicode.Scalar($0)) }
        }
      }
      return [.string(SigmaString(parts), isCased: isCased)]
    case "windash":
      guard case .string(let text, let isCased) = step else { throw wrong() }
      guard let variants = text.dashVariants(most: Self.mostAlternatives) else {
        throw SigmaFault("`\(key.prefix(100))` comes to more than \(Self.mostAlternatives) alternatives", node.place)
      }
      return variants.map { .string($0, isCased: isCased) }
    case "lt", "lte", "gt", "gte":
      let kind: ComparisonOperator =
        switch modifier {
        case "lt": .less
        case "lte": .lessOrEqual
        case "gt": .greater
        default: .greaterOrEqual
        }
      switch step {
      case .number(let text): return [.comparison(kind, text)]
      case .part(let part, _, let number): return [.part(part, kind, number)]
      default: throw wrong()
      }
    case "exists":
      guard modifiers.allSatisfy({ $0 == "exists" || $0 == "neq" || $0 == "all" }) else {
        throw SigmaFault("`exists` in `\(key.prefix(100))` must be the only modifier", place)
      }
      guard case .boolean(let flag) = step else { throw wrong() }
      return [.exists(flag)]
    case "fieldref":
      guard case .string(let text, let isCased) = step else { throw wrong() }
      guard let name = text.plainText else {
        throw SigmaFault(
          "`\(key.prefix(100))` refers to a field by a text with a wildcard or a placeholder, and must name one",
          node.place)
      }
      guard !name.isEmpty else { throw SigmaFault("`\(key.prefix(100))` refers to a field without a name", node.place) }
      return [.reference(name, .equal, isCased: isCased)]
    case "expand":
      switch step {
      case .string(let text, let isCased): return [.string(text.expandingPlaceholders, isCased: isCased)]
      case .regex(let pattern, let flags):
        return try patterns(SigmaString(plain: pattern).expandingPlaceholders, node).map { .regex($0, flags: flags) }
      default: throw wrong()
      }
    default:
      guard let part = SigmaTest.TimePart(rawValue: modifier), case .number(let text) = step else { throw wrong() }
      guard let number = Int(text) else {
        throw SigmaFault(
          "the modifier `\(modifier)` in `\(key.prefix(100))` takes whole numbers, and \(text.prefix(40)) is none",
          node.place)
      }
      return [.part(part, .equal, number)]
    }
  }

  /// True of a whole number that is kept as a text since it has more than 64 bits.
  private static func isTooLong(_ text: String) -> Bool {
    text.wholeMatch(of: /[-+]?[0-9]{19,}/) != nil && Int64(text) == nil
  }

  /// Puts the values of placeholders in a pattern.
  private func patterns(_ text: SigmaString, _ node: SigmaNode) throws(SigmaFault) -> [String] {
    var found = [""]
    for part in text.parts {
      switch part {
      case .character(let scalar): found = found.map { $0 + String(scalar) }
      case .anyRun: found = found.map { $0 + "*" }
      case .anyCharacter: found = found.map { $0 + "?" }
      case .placeholder(let name):
        let values = try values(of: name, node)
        guard found.count * values.count <= Self.mostAlternatives else {
          throw SigmaFault("`\(key.prefix(100))` comes to more than \(Self.mostAlternatives) alternatives", node.place)
        }
        found = found.flatMap { start in values.map { start + $0 } }
      }
    }
    return found
  }

  private func values(of name: String, _ node: SigmaNode) throws(SigmaFault) -> [String] {
    guard let values = placeholders[name], !values.isEmpty else {
      throw SigmaFault(
        "the placeholder %\(name.prefix(60))% has no values; give them under `placeholders` in --sigma-mapping",
        node.place,
        isUnsupported: true)
    }
    return values
  }

  private func expand(_ step: Step, _ node: SigmaNode) throws(SigmaFault) -> [Step] {
    guard case .string(let text, let isCased) = step,
      text.parts.contains(where: { if case .placeholder = $0 { true } else { false } })
    else { return [step] }
    var found: [[SigmaString.Part]] = [[]]
    for part in text.parts {
      guard case .placeholder(let name) = part else {
        found = found.map { $0 + [part] }
        continue
      }
      let values = try values(of: name, node).map { SigmaString($0).parts }
      guard found.count * values.count <= Self.mostAlternatives else {
        throw SigmaFault("`\(key.prefix(100))` comes to more than \(Self.mostAlternatives) alternatives", node.place)
      }
      found = found.flatMap { start in values.map { start + $0 } }
    }
    return found.map { .string(SigmaString($0), isCased: isCased) }
  }

  private static func text(_ bytes: [UInt8]) -> String? {
    bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private static func network(_ text: String, _ place: SigmaNode.Place) throws(SigmaFault) -> String {
    if IPAddress(text) != nil { return text }
    let text = withLength(text)
    guard let range = IPAddress.range(cidr: text),
      let start = text.split(separator: "/").first.flatMap({ IPAddress(String($0)) })
    else { throw SigmaFault("“\(text.prefix(60))” is no network such as 10.0.0.0/8", place) }
    guard range.lowerBound == start else {
      throw SigmaFault(
        "“\(text.prefix(60))” has host bits set; the network is \(range.lowerBound.text)/\(text.split(separator: "/").last ?? "")",
        place)
    }
    return text
  }

  /// A network of version 4 whose mask is written as an address, with the mask's length instead.
  private static func withLength(_ text: String) -> String {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].contains("."), !text.contains(":") else { return text }
    let bytes = parts[1].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard bytes.count == 4, !bytes.contains(nil) else { return text }
    let mask = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1 ?? 0) }
    let length = mask.nonzeroBitCount
    // The bits of a mask stand together at its start.
    guard mask == (length == 0 ? 0 : UInt32.max << UInt32(32 - length)) else { return text }
    return "\(parts[0])/\(length)"
  }

  private func test(_ step: Step, _ node: SigmaNode) throws(SigmaFault) -> SigmaExpression {
    guard let field else { return try keyword(step, node) }
    switch step {
    case .string(let text, let isCased): return .test(field: field, .pattern(text.pattern(isCased: isCased)))
    case .bytes(let bytes):
      guard let text = Self.text(bytes) else {
        throw SigmaFault(
          "`\(key.prefix(100))` makes bytes that are no text; add `base64` or `base64offset`", node.place)
      }
      return .test(field: field, .pattern(SigmaString(plain: text).pattern(isCased: false)))
    case .number(let text): return .test(field: field, .number(text))
    case .boolean(let flag): return .test(field: field, .boolean(flag))
    case .null: return .absent(field: field)
    case .regex(let pattern, let flags): return .test(field: field, .regex(try Self.regex(pattern, flags, node.place)))
    case .network(let text): return .test(field: field, .network(text))
    case .comparison(let kind, let text): return .test(field: field, .comparison(kind, text))
    case .part(let part, let kind, let number): return .test(field: field, .part(part, kind, number))
    case .exists(let flag):
      let test = SigmaExpression.test(field: field, .present)
      return flag ? test : .absent(field: field)
    case .reference(let name, let agreement, let isCased):
      return .reference(field: field, other: name, agreement, isCased: isCased)
    }
  }

  private static func regex(_ pattern: String, _ flags: String, _ place: SigmaNode.Place) throws(SigmaFault)
    -> SigmaRegex
  {
    do {
      return try SigmaRegex(pattern, flags: flags)
    } catch {
      throw SigmaFault(error.message, place, isUnsupported: error.isUnsupported)
    }
  }

  /// A keyword stands anywhere in some value of the event, or in its text.
  private func keyword(_ step: Step, _ node: SigmaNode) throws(SigmaFault) -> SigmaExpression {
    func anywhere(_ text: SigmaString, _ isCased: Bool) -> SigmaExpression {
      .test(field: nil, .pattern(text.open(atStart: true, atEnd: true).pattern(isCased: isCased)))
    }
    switch step {
    case .string(let text, let isCased): return anywhere(text, isCased)
    case .bytes(let bytes):
      guard let text = Self.text(bytes) else {
        throw SigmaFault("a keyword is made of bytes that are no text; add `base64` or `base64offset`", node.place)
      }
      return anywhere(SigmaString(plain: text), false)
    case .number(let text): return anywhere(SigmaString(plain: text), false)
    case .boolean(let flag): return anywhere(SigmaString(plain: flag ? "true" : "false"), false)
    case .regex(let pattern, let flags): return .test(field: nil, .regex(try Self.regex(pattern, flags, node.place)))
    case .null: throw SigmaFault("null as a keyword asks for nothing that can be looked for", node.place)
    default: throw SigmaFault("\(step.kindName) needs a field, and `\(key.prefix(100))` names none", node.place)
    }
  }
}

extension SigmaString {
  /// The text of a regular expression, which is taken as it is written.
  fileprivate var regexText: String? { plainText }
}
