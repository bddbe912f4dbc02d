/// A text of a Sigma rule: plain characters, wildcards and placeholders.
struct SigmaString: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case character(Unicode.Scalar)
    case anyRun
    case anyCharacter
    case placeholder(String)
  }

  var parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }

  /// A text without wildcards.
  init(plain text: String) { parts = text.unicodeScalars.map { .character($0) } }

  /// Reads wildcards and their escapes: a backslash makes `*`, `?` and itself plain, and is plain before anything else.
  init(_ text: String) {
    parts = []
    let scalars = Array(text.unicodeScalars)
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      switch scalar {
      case "*": parts.append(.anyRun)
      case "?": parts.append(.anyCharacter)
      case "\\":
        if at < scalars.count, ["*", "?", "\\"].contains(scalars[at]) {
          parts.append(.character(scalars[at]))
          at += 1
        } else {
          parts.append(.character("\\"))
        }
      default: parts.append(.character(scalar))
      }
    }
  }

  var hasWildcards: Bool { parts.contains { if case .character = $0 { false } else { true } } }

  /// The text, where it is plain.
  var plainText: String? {
    var view = String.UnicodeScalarView()
    for part in parts {
      guard case .character(let scalar) = part else { return nil }
      view.append(scalar)
    }
    return String(view)
  }

  func pattern(isCased: Bool) -> WildcardPattern {
    WildcardPattern(
      parts.map { part in
        switch part {
        case .character(let scalar): .literal(String(scalar))
        case .anyRun, .placeholder: .anyRun
        case .anyCharacter: .anyCharacter
        }
      }, ignoresCase: !isCased)
  }

  // MARK: Modifiers

  /// With any run before and after, where there is none.
  func open(atStart: Bool, atEnd: Bool) -> SigmaString {
    var copy = self
    if atStart, copy.parts.first != .anyRun { copy.parts.insert(.anyRun, at: 0) }
    if atEnd, copy.parts.last != .anyRun || copy.parts.isEmpty { copy.parts.append(.anyRun) }
    return copy
  }

  /// `%name%` becomes a placeholder; a percent sign behind a backslash is plain.
  var expandingPlaceholders: SigmaString {
    var output: [Part] = []
    var at = 0
    func isPercent(_ place: Int) -> Bool { place < parts.count && parts[place] == .character("%") }
    while at < parts.count {
      if parts[at] == .character("\\"), isPercent(at + 1) {
        output.append(.character("%"))
        at += 2
        continue
      }
      if isPercent(at) {
        var end = at + 1
        var name = ""
        while end < parts.count, case .character(let scalar) = parts[end], scalar != "%", scalar != "\\" {
          name.unicodeScalars.append(scalar)
          end += 1
        }
        let isName =
          !name.isEmpty
          && name.unicodeScalars.allSatisfy {
            $0 == "_" || $0 == "-" || $0 == "." || $0.properties.isAlphabetic || $0.properties.numericType != nil
          }
        if isPercent(end), isName {
          output.append(.placeholder(name))
          at = end + 1
          continue
        }
      }
      output.append(parts[at])
      at += 1
    }
    return SigmaString(output)
  }

  /// All variants of the dashes and slashes that start a word behind a character of none.
  func dashVariants(most: Int) -> [SigmaString]? {
    func isWord(_ place: Int) -> Bool {
      guard parts.indices.contains(place), case .character(let scalar) = parts[place] else { return false }
      return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    let places = parts.indices.filter { at in
      (parts[at] == .character("-") || parts[at] == .character("/")) && !isWord(at - 1) && isWord(at + 1)
    }
    var variants = [self]
    for place in places {
      guard variants.count * 5 <= most else { return nil }
      variants = variants.flatMap { variant in
        (["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"] as [Unicode.Scalar]).map { dash in
          var copy = variant
          copy.parts[place] = .character(dash)
          return copy
        }
      }
    }
    return variants
  }
}

/// Base64, whole and of a text that stands somewhere within what was encoded.
enum SigmaBase64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)

  static func text(_ bytes: [UInt8]) -> String {
    var output = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << ((3 - group.count) * 8)
      for place in 0..<4 {
        output.append(place <= group.count ? letters[bits >> (18 - place * 6) & 63] : "=")
      }
    }
    return String(output)
  }

  /// What stands of the bytes in the encoding of a text in which they follow some other bytes, 0 to 2 of a group of three.
  static func text(_ bytes: [UInt8], offset: Int) -> String {
    let whole = text([UInt8](repeating: UInt8(ascii: " "), count: offset) + bytes)
    let left = [0, 2, 3][offset]
    let right = [0, 3, 2][(bytes.count + offset) % 3]
    return String(whole.dropFirst(left).dropLast(right))
  }
}
