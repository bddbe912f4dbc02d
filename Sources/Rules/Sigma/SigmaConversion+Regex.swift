import Query

/// Regular expressions of Sigma in the syntax of Lucene.
extension SigmaConversion {
  /// A text whose signs stand for themselves.
  static func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      if "\\.?+*|{}[]()\"#@&<>~^$-".unicodeScalars.contains(scalar) { output += "\\" }
      output.unicodeScalars.append(scalar)
    }
    return output
  }

  private static func hasOuterAlternatives(_ scalars: [Unicode.Scalar]) -> Bool {
    var (depth, inClass, isEscaped) = (0, false, false)
    for scalar in scalars {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch scalar {
      case "\\": isEscaped = true
      case "[": inClass = true
      case "]": inClass = false
      case "(" where !inClass: depth += 1
      case ")" where !inClass: depth -= 1
      case "|" where !inClass && depth == 0: return true
      default: break
      }
    }
    return false
  }

  /// An expression and its flags, those that it begins with (`(?i)`) among them.
  static func flagged(_ regex: SigmaRegex) -> (pattern: String, flags: String) {
    guard let start = regex.pattern.prefixMatch(of: /\(\?([ims]+)\)/) else { return (regex.pattern, regex.flags) }
    return (String(regex.pattern[start.range.upperBound...]), regex.flags + start.output.1)
  }

  /// The expression in Lucene's syntax, over whole values.
  static func lucene(_ pattern: String, _ flags: String) throws(Refusal) -> String {
    func refuse(_ part: String) -> Refusal {
      Refusal(
        reason: "The regular expression “\(pattern.prefix(100))” has \(part), which Lucene's do not know.")
    }
    guard !flags.contains("m") else { throw refuse("lines by themselves (`|m`)") }
    let any = flags.contains("s") ? "." : "[^\n]"
    var scalars = Array(pattern.unicodeScalars)
    var (lead, trail) = (".*", ".*")
    // An alternative outside of all parentheses would be bound by itself.
    let hasAlternatives = Self.hasOuterAlternatives(scalars)
    if scalars.first == "^" {
      guard !hasAlternatives else { throw refuse("`^` in one of several alternatives") }
      scalars.removeFirst()
      lead = ""
    }
    if scalars.last == "$", scalars.dropLast().last != "\\" {
      guard !hasAlternatives else { throw refuse("`$` in one of several alternatives") }
      scalars.removeLast()
      trail = ""
    }
    var output = ""
    var at = 0
    while at < scalars.count {
      let scalar = scalars[at]
      at += 1
      switch scalar {
      case "\\":
        guard at < scalars.count else { throw refuse("a backslash at its end") }
        let next = scalars[at]
        at += 1
        if let letters = Self.letters[next] {
          output += "[\(letters)]"
        } else if let control = Self.controls[next] {
          output.unicodeScalars.append(control)
        } else {
          guard !next.properties.isAlphabetic, next.properties.numericType == nil else {
            throw refuse("`\\\(next)`")
          }
          output += "\\" + String(next)
        }
      case "[":
        guard let (text, end) = Self.letterClass(scalars, at) else {
          let rest = scalars[(at - 1)...].prefix(30).map(String.init).joined()
          throw refuse("the class that begins “\(rest)”")
        }
        output += text
        at = end
      case ".": output += any
      case "^", "$": throw refuse("`\(scalar)` within it")
      case "(" where at < scalars.count && scalars[at] == "?":
        guard at + 1 < scalars.count, scalars[at + 1] == ":" else {
          throw refuse("the group `\(scalars[(at - 1)...].prefix(5).map(String.init).joined())…`")
        }
        at += 2
        output += "("
      case "*", "+", "?", "{":
        if scalar == "{" {
          guard let end = Self.repetition(scalars, at) else {
            output += "\\{"
            continue
          }
          output.unicodeScalars.append(contentsOf: scalars[(at - 1)..<end])
          at = end
        } else {
          output.unicodeScalars.append(scalar)
        }
        if at < scalars.count, scalars[at] == "?" { at += 1 }
        if at < scalars.count, scalars[at] == "+" { throw refuse("`\(scalar)+`, which gives nothing back") }
      case "\"", "#", "@", "&", "<", ">", "~", "}", "]": output += "\\" + String(scalar)
      default: output.unicodeScalars.append(scalar)
      }
    }
    return lead + (hasAlternatives ? "(\(output))" : output) + trail
  }

  private static let letters: [Unicode.Scalar: String] = [
    "d": "0-9", "w": "a-zA-Z0-9_", "s": " \t\n\r\u{0C}",
  ]
  private static let controls: [Unicode.Scalar: Unicode.Scalar] = ["t": "\t", "n": "\n", "r": "\r", "f": "\u{0C}"]

  /// The end of a count of repetitions whose brace was read; nil where the brace is itself.
  private static func repetition(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
    guard let end = scalars[start...].firstIndex(of: "}"), end > start else { return nil }
    let parts = scalars[start..<end].split(separator: ",", omittingEmptySubsequences: false)
    let isCount = parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
    guard parts.count <= 2, isCount, parts[0].isEmpty == false else { return nil }
    return end + 1
  }

  /// A class of characters whose bracket was read, and its end; nil for one that Lucene cannot say. A hyphen that is no range
  /// is escaped, which is one to Lucene wherever it stands.
  private static func letterClass(_ scalars: [Unicode.Scalar], _ start: Int) -> (text: String, end: Int)? {
    var output = "["
    var at = start
    if at < scalars.count, scalars[at] == "^" {
      output += "^"
      at += 1
    }
    // A bracket that closes is the first character of a class.
    guard at < scalars.count, scalars[at] != "]" else { return nil }
    /// A character, or what an escape stands for.
    func next() -> (text: String, isSingle: Bool)? {
      guard at < scalars.count else { return nil }
      var scalar = scalars[at]
      at += 1
      if scalar == "[", at < scalars.count, scalars[at] == ":" { return nil }
      if scalar == "\\" {
        guard at < scalars.count else { return nil }
        scalar = scalars[at]
        at += 1
        if let letters = letters[scalar] { return (letters, false) }
        if let control = controls[scalar] { return (String(control), true) }
        guard !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else { return nil }
      }
      let isSign = ["-", "]", "[", "^", "\\", "&", "~", "\""].contains(scalar)
      return ((isSign ? "\\" : "") + String(scalar), true)
    }
    while at < scalars.count {
      if scalars[at] == "]" { return (output + "]", at + 1) }
      guard let first = next() else { return nil }
      output += first.text
      guard first.isSingle, at + 1 < scalars.count, scalars[at] == "-", scalars[at + 1] != "]" else { continue }
      at += 1
      guard let last = next(), last.isSingle else { return nil }
      output += "-" + last.text
    }
    return nil
  }
}
