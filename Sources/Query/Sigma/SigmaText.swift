/// Writes Sigma's values as YAML that reads back as the same values.
public enum SigmaText {
  /// A value as a block of lines, each ended.
  public static func yaml(_ node: SigmaNode) -> String {
    var output = ""
    write(node, indent: 0, &output)
    return output
  }

  private static func write(_ node: SigmaNode, indent: Int, _ output: inout String) {
    let lead = String(repeating: " ", count: indent)
    switch node.content {
    case .map(let members) where !members.isEmpty:
      for member in members {
        output += lead + key(member.key) + ":"
        writeBelow(member.value, indent: indent, &output)
      }
    case .list(let elements) where !elements.isEmpty:
      for element in elements {
        output += lead + "-"
        guard let members = element.map, let first = members.first else {
          writeBelow(element, indent: indent, &output)
          continue
        }
        output += " " + key(first.key) + ":"
        writeBelow(first.value, indent: indent + 2, &output)
        write(SigmaNode(.map(Array(members.dropFirst()))), indent: indent + 2, isEmptyAllowed: true, &output)
      }
    default: output += lead + scalar(node) + "\n"
    }
  }

  private static func write(_ node: SigmaNode, indent: Int, isEmptyAllowed: Bool, _ output: inout String) {
    if node.map?.isEmpty == true { return }
    write(node, indent: indent, &output)
  }

  private static func writeBelow(_ node: SigmaNode, indent: Int, _ output: inout String) {
    switch node.content {
    case .map(let members) where !members.isEmpty:
      output += "\n"
      write(node, indent: indent + 2, &output)
    case .list(let elements) where !elements.isEmpty:
      output += "\n"
      write(node, indent: indent + 2, &output)
    default: output += " " + scalar(node) + "\n"
    }
  }

  /// A number with an exponent has decimals too.
  private static func number(_ text: String) -> String {
    if case .number = SigmaYAML.plain(text) { return text }
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private static func key(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.utf8.first.map { ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") } == true
      && text.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || "_-.|".utf8.contains($0) }
    return isPlain ? text : quoted(text)
  }

  private static func scalar(_ node: SigmaNode) -> String {
    switch node.content {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .number(let text): number(text)
    case .text(let text): isPlain(text) ? text : quoted(text)
    case .list: "[]"
    case .map: "{}"
    }
  }

  /// True for a text that stands without quotes and is no other value.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, (first | 0x20) &- 0x61 < 26, text.utf8.last != UInt8(ascii: " "),
      text.utf8.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || "_-./ ()*".utf8.contains($0) })
    else { return false }
    if case .text = SigmaYAML.plain(text) { return true }
    return false
  }

  private static func quoted(_ text: String) -> String {
    let needsEscapes = text.unicodeScalars.contains { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x85 || (0x80...0x9F).contains(scalar.value)
        || scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0xFEFF || scalar.value > 0xFFFD
    }
    guard needsEscapes else { return "'" + text.replacing("'", with: "''") + "'" }
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value > 0xFFFD
        || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        output += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
