import JSON
import Query

/// Some fields of an event, each with everything below it, and those that match patterns (`user.*`).
public struct FieldSelection: Sendable {
  private let paths: [String]
  private let patterns: [WildcardMatcher]

  public init(_ fields: [String]) {
    paths = fields.filter { !$0.isEmpty && !$0.contains("*") }
    patterns = fields.filter { $0.contains("*") }.map { WildcardMatcher(WildcardPattern(stars: $0)) }
  }

  /// Appends the selected part of an event's JSON text as one object. Throws, and appends nothing, where memory does not
  /// suffice.
  func append(_ event: [UInt8], _ indexer: StructuralIndexer, to output: inout [UInt8]) throws(JSONFault) {
    var text = event
    text.append(contentsOf: repeatElement(0, count: 64))
    try text.withUnsafeBufferPointer { bytes throws(JSONFault) in
      let index = try indexer.index(UnsafeBufferPointer(rebasing: bytes[..<event.count]))
      if !appendObject(JSONNode(index, token: 0), prefix: "", to: &output) { output.append(contentsOf: [0x7B, 0x7D]) }
    }
  }

  /// Whether any of the fields has a value in an event.
  func hasValues(_ event: [UInt8], _ indexer: StructuralIndexer) throws(JSONFault) -> Bool {
    var selected: [UInt8] = []
    try append(event, indexer, to: &selected)
    return selected.count > 2
  }

  private func appendObject(_ object: JSONNode, prefix: String, to output: inout [UInt8]) -> Bool {
    let start = output.count
    output.append(UInt8(ascii: "{"))
    var isEmpty = true
    object.forEachMember { key, value in
      let path = prefix + String(decoding: key, as: UTF8.self)
      let before = output.count
      if !isEmpty { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\""))
      output.append(contentsOf: key)
      output.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      if paths.contains(where: { path == $0 || path.hasPrefix($0 + ".") })
        || patterns.contains(where: { $0.matches(path) })
      {
        output.append(contentsOf: value.sourceText)
        isEmpty = false
      } else if value.isObject, !patterns.isEmpty || paths.contains(where: { $0.hasPrefix(path + ".") }),
        appendObject(value, prefix: path + ".", to: &output)
      {
        isEmpty = false
      } else {
        output.removeSubrange(before...)
      }
    }
    guard !isEmpty else {
      output.removeSubrange(start...)
      return false
    }
    output.append(UInt8(ascii: "}"))
    return true
  }
}
