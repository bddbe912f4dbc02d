/// Text made safe for pages of other languages.
enum Markup {
  /// The text for XML and HTML, in content and in attributes; characters that XML does not take are replaced.
  static func escaped(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output.append(contentsOf: "&amp;".unicodeScalars)
      case "<": output.append(contentsOf: "&lt;".unicodeScalars)
      case ">": output.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": output.append(contentsOf: "&quot;".unicodeScalars)
      case "'": output.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": output.append(scalar)
      case _ where isHidden(scalar): output.append("\u{FFFD}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }

  /// Plain text within a line of Markdown: nothing in it is taken for markup.
  static func markdown(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~":
        output.append("\\")
        output.append(scalar)
      case "&": output.append(contentsOf: "&amp;".unicodeScalars)
      case "<": output.append(contentsOf: "&lt;".unicodeScalars)
      case ">": output.append(contentsOf: "&gt;".unicodeScalars)
      case "\n", "\t": output.append(" ")
      case _ where isHidden(scalar): output.append("\u{FFFD}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }

  /// Text as code within a line of Markdown, whatever it holds; in a table a bar would part cells.
  static func code(_ text: String, inTable: Bool = false) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      line.append(scalar == "\n" || scalar == "\t" ? " " : isHidden(scalar) ? "\u{FFFD}" : scalar)
    }
    let text = inTable ? String(line).replacing("|", with: "\\|") : String(line)
    guard !text.isEmpty else { return "` `" }
    let fence = String(repeating: "`", count: longestRun(text, of: "`") + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return fence + pad + text + pad + fence
  }

  /// A block of code in Markdown that nothing in it can close.
  static func block(_ text: String, language: String) -> String {
    let fence = String(repeating: "`", count: max(3, longestRun(text, of: "`") + 1))
    return fence + language + "\n" + text + (text.hasSuffix("\n") ? "" : "\n") + fence
  }

  /// An address as a link where it is one of the web, else as text.
  static func link(_ address: String) -> String {
    let isPlain = address.unicodeScalars.allSatisfy {
      $0.isASCII && $0.value > 0x20 && $0.value != 0x7F && !"<>\"\\`|".unicodeScalars.contains($0)
    }
    guard isPlain, address.hasPrefix("https://") || address.hasPrefix("http://") else { return markdown(address) }
    return "<\(address)>"
  }

  private static func longestRun(_ text: String, of character: Unicode.Scalar) -> Int {
    var longest = 0
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    // What turns the direction of writing; joiners within words and pictures stay.
    case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
    default: false
    }
  }
}
