/// Copies of values as text.
public enum JSONText {
  /// Appends a value as it is written, without white space between its tokens.
  public static func appendCompact(_ node: JSONNode, to output: inout [UInt8]) {
    append(node, to: &output) { _ in true }
  }

  /// Appends a value without the members and elements that are null, empty, or hold nothing else.
  public static func appendWithoutEmpty(_ node: JSONNode, to output: inout [UInt8]) {
    append(node, to: &output) { !$0.isEmptyValue }
  }

  private static func append(_ node: JSONNode, to output: inout [UInt8], keeping keeps: (JSONNode) -> Bool) {
    var isFirst = true
    if node.isObject {
      output.append(UInt8(ascii: "{"))
      node.forEachMember { key, value in
        guard keeps(value) else { return }
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        output.append(UInt8(ascii: "\""))
        output.append(contentsOf: key)
        output.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        append(value, to: &output, keeping: keeps)
      }
      output.append(UInt8(ascii: "}"))
    } else if node.isArray {
      output.append(UInt8(ascii: "["))
      node.forEachElement { element in
        guard keeps(element) else { return }
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        append(element, to: &output, keeping: keeps)
      }
      output.append(UInt8(ascii: "]"))
    } else {
      output.append(contentsOf: node.sourceText)
    }
  }
}
