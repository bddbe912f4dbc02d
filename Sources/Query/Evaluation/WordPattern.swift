import Events

/// Parts texts at what a regular expression of Java matches.
public enum WordPattern {
  /// The expression made ready. Throws where it is none.
  static func regex(_ expression: TextAnalysis.JavaExpression) throws -> BacktrackingRegex {
    let flags = expression.flags.isEmpty ? "" : "(?\(expression.flags))"
    let read = try JavaPattern(flags + expression.pattern)
    return try BacktrackingRegex(
      read.text, .java(unicodeCase: read.hasUnicodeCase, unicodeClasses: read.hasUnicodeClasses))
  }

  /// What is wrong with an analyzer of a mapping whose words a regular expression parts, as a clause without a full stop; nil where
  /// nothing is.
  public static func fault(in mapping: FieldMapping) -> String? {
    for field in mapping.fields {
      guard case .steps(.pattern(let expression), _)? = field.type.analysis else { continue }
      do {
        _ = try regex(expression)
      } catch {
        let cause = (error as? JavaPattern.Fault)?.message ?? (error as? BacktrackingRegex.Fault)?.message ?? "\(error)"
        return
          "the analyzer of the field `\(field.path)` has the pattern `\(expression.pattern.prefix(200))`, which is no regular "
          + "expression of Java: \(cause)"
      }
    }
    return nil
  }

  /// Calls `body` with what stands between matches, where there is anything.
  ///
  /// Where the bound on tries is reached, what is left of the text is one word.
  static func forEachWord(in text: String, between regex: BacktrackingRegex, _ body: (String) -> Void) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var search = 0
      while search <= bytes.count, let match = try? regex.firstMatch(in: bytes, from: search), let whole = match[0] {
        if whole.lowerBound > start { body(String(decoding: bytes[start..<whole.lowerBound], as: UTF8.self)) }
        start = whole.upperBound
        search = whole.upperBound
        if whole.isEmpty {
          // On to the next character.
          search += 1
          while search < bytes.count, bytes[search] & 0xC0 == 0x80 { search += 1 }
        }
      }
      if start < bytes.count { body(String(decoding: bytes[start...], as: UTF8.self)) }
    }
  }
}
