/// Text from a log with what cannot be seen in it named.
public enum VisibleText {
  /// A text with every character that is invisible or changes its surroundings (controls, marks of direction, private and
  /// unassigned ones) written as `‹U+202E›`. Line breaks and tabs stay.
  public static func visible(_ text: String) -> String {
    guard !isPlain(text) else { return text }
    var visible = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" || !isInvisible(scalar) {
        visible.append(scalar)
      } else {
        visible.append(contentsOf: name(scalar).unicodeScalars)
      }
    }
    return String(visible)
  }

  /// True of a character that a reader would not see, or that moves what stands around it.
  public static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x09 }
  }

  private static func name(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "‹U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "›"
  }
}
