import JSON

/// Writes a policy so that it can be pasted into a terminal: on one line, and all that does not show escaped.
enum SafeJSON {
  /// The same policy in printable ASCII and printable letters; nil when the text is not JSON.
  static func text(_ policy: PolicyText) -> String? {
    guard !policy.isCut, let document = try? JSONDocument(Array(policy.text.utf8)[...]) else { return nil }
    var compact: [UInt8] = []
    withExtendedLifetime(document) { JSONText.appendCompact(document.root, to: &compact) }
    // Outside strings JSON is ASCII that shows, so whatever is escaped here stands in a string.
    var text = ""
    for scalar in String(decoding: compact, as: UTF8.self).unicodeScalars {
      if isVisible(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        for unit in UTF16.encode(scalar) ?? .init() {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return text
  }

  /// True for letters, marks, digits, signs and the plain space: for what a terminal neither obeys nor hides.
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned:
      return false
    default: return true
    }
  }
}
