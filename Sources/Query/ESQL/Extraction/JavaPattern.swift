/// A pattern of `java.util.regex` in the words of Oniguruma, whose syntax for Java lacks some of it: properties by Java's names, flags for
/// Unicode, white space by direction, and what a dot leaves out.
struct JavaPattern {
  /// The pattern as Oniguruma reads it.
  private(set) var text = ""
  /// Whether a flag asks for Unicode's upper and lower case (`u`). Oniguruma knows that of a whole pattern alone.
  private(set) var hasUnicodeCase = false
  /// Whether one asks for Unicode's words, digits and spaces as well (`U`).
  private(set) var hasUnicodeClasses = false

  /// Why a pattern is none, and where, in Unicode scalars.
  struct Fault: Error {
    var message: String
    var place: Int
  }

  private let source: [Unicode.Scalar]
  private var at = 0
  private var flags = Flags()
  private var outer: [Flags] = []

  private struct Flags {
    /// `s`: a dot takes ends of lines too.
    var dotTakesAll = false
    /// `d`: only a line feed ends a line.
    var knowsLineFeedsOnly = false
    /// `x`: white space and comments do not count.
    var skipsComments = false
  }

  init(_ pattern: String) throws(Fault) {
    source = Array(pattern.unicodeScalars)
    while at < source.count {
      switch source[at] {
      case "\\": try escape(inClass: false)
      case "[": try characterClass()
      case "(": try open()
      case ")":
        flags = outer.popLast() ?? flags
        take()
      case ".":
        at += 1
        text += flags.dotTakesAll ? "." : flags.knowsLineFeedsOnly ? "[^\\n]" : "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]"
      case "#" where flags.skipsComments:
        while at < source.count, source[at] != "\n" { at += 1 }
      default: take()
      }
    }
  }

  /// Copies a character.
  private mutating func take() {
    text.unicodeScalars.append(source[at])
    at += 1
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    at + offset < source.count ? source[at + offset] : nil
  }

  // MARK: Groups

  private mutating func open() throws(Fault) {
    guard peek(1) == "?", let kind = peek(2), kind.isASCIILetter || kind == "-" else {
      outer.append(flags)
      // A name after `?<` is letters and digits.
      if peek(1) == "?", peek(2) == "<", let next = peek(3), next != "=", next != "!" { try checkName(at: at + 3) }
      take()
      return
    }
    var place = at + 2
    var changed = flags
    var isOn = true
    var kept = (on: "", off: "")
    while place < source.count, source[place] != ")", source[place] != ":" {
      switch source[place] {
      case "-" where isOn: isOn = false
      case "i", "m":
        if isOn { kept.on.unicodeScalars.append(source[place]) } else { kept.off.unicodeScalars.append(source[place]) }
      case "s":
        changed.dotTakesAll = isOn
        if isOn { kept.on += "s" } else { kept.off += "s" }
      case "x":
        changed.skipsComments = isOn
        if isOn { kept.on += "x" } else { kept.off += "x" }
      case "d": changed.knowsLineFeedsOnly = isOn
      case "u", "U":
        if isOn { hasUnicodeCase = true }
        if isOn, source[place] == "U" { hasUnicodeClasses = true }
      default: throw Fault(message: "Unknown inline modifier", place: place)
      }
      place += 1
    }
    guard place < source.count else { throw Fault(message: "Unknown inline modifier", place: place) }
    let written = kept.on + (kept.off.isEmpty ? "" : "-" + kept.off)
    if source[place] == ":" {
      outer.append(flags)
      text += "(?\(written):"
    } else if !written.isEmpty {
      text += "(?\(written))"
    }
    flags = changed
    at = place + 1
  }

  private func checkName(at start: Int) throws(Fault) {
    var place = start
    while place < source.count, source[place].isASCIILetter || place > start && ("0"..."9").contains(source[place]) {
      place += 1
    }
    guard place > start else {
      throw Fault(message: "capturing group name does not start with a Latin letter", place: place)
    }
    guard place < source.count, source[place] == ">" else {
      throw Fault(message: "named capturing group is missing trailing '>'", place: place)
    }
  }

  // MARK: Classes

  private mutating func characterClass() throws(Fault) {
    var depth = 0
    // A bracket right after the opening one is a character of the class there as here.
    repeat {
      guard let next = peek() else { return }
      switch next {
      case "[":
        depth += 1
        take()
        if peek() == "^" { take() }
        if peek() == "]" {
          text += "\\]"
          at += 1
        }
      case "]":
        depth -= 1
        take()
      case "\\": try escape(inClass: true)
      case ":" where peek(-1) == "[":
        // No class of POSIX, which Java has not.
        text += "\\:"
        at += 1
      default: take()
      }
    } while depth > 0
  }

  // MARK: Escapes

  private mutating func escape(inClass: Bool) throws(Fault) {
    guard let next = peek(1) else { throw Fault(message: "Unexpected internal error", place: source.count) }
    func add(_ set: String) { text += inClass ? set : "[\(set)]" }
    switch next {
    case "p", "P": try property(isNegated: next == "P")
    case "h", "H":
      text += next == "h" ? "[\(Self.horizontal)]" : "[^\(Self.horizontal)]"
      at += 2
    case "v", "V":
      text += next == "v" ? "[\(Self.vertical)]" : "[^\(Self.vertical)]"
      at += 2
    case "R" where !inClass:
      text += "(?>\\r\\n|[\(Self.vertical)])"
      at += 2
    case "Q":
      at += 2
      while at < source.count, !(source[at] == "\\" && peek(1) == "E") { quote() }
      at = min(at + 2, source.count)
    case "e":
      text += "\\x{1B}"
      at += 2
    case "u", "x", "0", "c": try code(next)
    default:
      let known = inClass ? "dDwWsStnrfaE" : "dDwWsStnrfaAbBGzZkXE"
      guard !next.isASCIILetter || known.unicodeScalars.contains(next) else {
        throw Fault(message: "Illegal/unsupported escape sequence", place: at + 1)
      }
      take()
      take()
    }
  }

  /// A character as itself.
  private mutating func quote() {
    if source[at].isASCII, !source[at].isASCIILetter, !("0"..."9").contains(source[at]) { text += "\\" }
    take()
  }

  private mutating func code(_ kind: Unicode.Scalar) throws(Fault) {
    let start = at
    at += 2
    func digits(_ radix: Int, _ count: ClosedRange<Int>) -> UInt32? {
      let found = source[at...].prefix(count.upperBound).prefix { Int(String($0), radix: radix) != nil }
      guard found.count >= count.lowerBound else { return nil }
      at += found.count
      return UInt32(String(String.UnicodeScalarView(found)), radix: radix)
    }
    var value: UInt32?
    switch kind {
    case "u":
      value = digits(16, 4...4)
      // Two halves of one character.
      if let high = value, 0xD800...0xDBFF ~= high, peek() == "\\", peek(1) == "u" {
        at += 2
        value = digits(16, 4...4).flatMap { low in
          0xDC00...0xDFFF ~= low ? 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) : nil
        }
      }
    case "x" where peek() == "{":
      at += 1
      value = digits(16, 1...6)
      if peek() == "}" { at += 1 } else { value = nil }
    case "x": value = digits(16, 2...2)
    case "0":
      // Three digits up to 0377.
      value = digits(8, 1...(("0"..."3").contains(peek() ?? "9") ? 3 : 2))
    default:
      value = peek().map { $0.value ^ 64 }
      at += 1
    }
    guard let value, Unicode.Scalar(value) != nil else {
      let name = kind == "u" ? "Unicode" : kind == "x" ? "hexadecimal" : kind == "0" ? "octal" : "control"
      throw Fault(message: "Illegal \(name) escape sequence", place: start)
    }
    text += "\\x{\(String(value, radix: 16))}"
  }

  private mutating func property(isNegated: Bool) throws(Fault) {
    let start = at
    at += 2
    let name: String
    if peek() == "{" {
      guard let end = source[at...].firstIndex(of: "}") else {
        throw Fault(message: "Unclosed character family", place: source.count)
      }
      name = String(String.UnicodeScalarView(source[(at + 1)..<end]))
      at = end + 1
    } else {
      guard let one = peek() else { throw Fault(message: "Unknown character property name", place: at) }
      name = String(one)
      at += 1
    }
    guard let set = JavaProperty.set(name, isUnicode: hasUnicodeClasses) else {
      throw Fault(message: "Unknown character property name {\(name)}", place: start)
    }
    text += isNegated ? "[^\(set)]" : "[\(set)]"
  }

  private static let horizontal = "\\x{20}\\t\\x{A0}\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}"
  private static let vertical = "\\n\\x{B}\\f\\r\\x{85}\\x{2028}\\x{2029}"
}

extension Unicode.Scalar {
  fileprivate var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
