import JSON

/// Walks the objects of a JSON file: an object a line as Kibana exports them, one object, or an array of objects.
package enum JSONObjectFile {
  /// Calls `take` with each object and its place, and `problem` for what is no object; `wanted` names what is looked for.
  package static func forEachObject(
    _ text: SourceText, file: String, wanted: String,
    take: (_ members: [String: JSONValue], _ value: JSONValue, _ source: RuleSource) -> Void,
    problem: (Diagnostic) -> Void
  ) {
    let bytes = text.bytes
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let firstLine = bytes[start...].split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
    func read(_ range: Range<Int>, _ start: SourcePosition) {
      let value: JSONValue
      do {
        value = try JSONValue(parsing: text.bytes[range])
      } catch {
        let position = text.position(
          at: range.lowerBound + (error.offset ?? 0), from: range.lowerBound, startingAt: start)
        return problem(
          Diagnostic(
            .error, file: file, line: position.line, column: position.column,
            "This is not JSON: \(error.fault.explanation). An object a line is expected; the others are read."))
      }
      guard let members = value.objectValue else {
        return problem(
          Diagnostic(
            .error, file: file, line: start.line, column: start.column,
            "\(wanted) must be an object, and this is \(value.kindName)."))
      }
      take(members, value, RuleSource(file: file, format: .json, text: text, range: range, start: start))
    }
    // A whole object on the first line tells an export; else the file may be one value over many lines.
    if (try? JSONDocument(firstLine)) == nil, let document = try? JSONDocument(bytes[start...]) {
      withExtendedLifetime(document) { forEachNode(of: document.root, start, text, read) }
    } else {
      forEachLine(from: start, text, read)
    }
  }

  private static func forEachNode(
    of root: JSONNode, _ start: Int, _ text: SourceText, _ read: (Range<Int>, SourcePosition) -> Void
  ) {
    var position = SourcePosition(line: 1, column: 1)
    var reached = start
    func visit(_ node: JSONNode) {
      let lower = start + node.index.offset(node.token)
      position = text.position(at: lower, from: reached, startingAt: position)
      reached = lower
      read(lower..<(lower + node.sourceText.count), position)
    }
    if root.isArray {
      root.forEachElement { visit($0) }
    } else {
      visit(root)
    }
  }

  private static func forEachLine(
    from start: Int, _ text: SourceText, _ read: (Range<Int>, SourcePosition) -> Void
  ) {
    var line = 1
    var at = start
    while at < text.bytes.count {
      let end = text.bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? text.bytes.count
      if !text.bytes[at..<end].allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) {
        read(at..<end, SourcePosition(line: line, column: 1))
      }
      line += 1
      at = end + 1
    }
  }
}
