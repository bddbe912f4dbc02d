import JSON
import Rules
import Yams

/// Reads a YAML document within bounds: nothing in it, however it is made, costs more than `YAMLLimits` allow.
enum YAMLReader {
  /// Stands for an alias while the keys are looked at. A character without a meaning, of the private use area.
  private static let aliasMark: [UInt8] = Array("\u{E000}".utf8)

  /// The document of a file's bytes.
  static func read(_ bytes: [UInt8]) throws(YAMLFault) -> YAMLNode {
    let start = SourcePosition(line: 1, column: 1)
    guard bytes.count <= YAMLLimits.fileBytes else {
      throw YAMLFault(
        position: start,
        message: "The file has \(bytes.count) bytes; a test file has at most \(YAMLLimits.fileBytes). Make it shorter.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw YAMLFault(position: start, message: "The file is not valid UTF-8; save it as UTF-8.")
    }
    // Keys are compared and hashed while the document is put together. A key that is an alias, or holds one, may stand
    // for more than all the memory there is, so the keys are looked at first, with no aliases in the text.
    let (withoutAliases, hasAliases) = replacingAliases(bytes)
    if hasAliases, let root = try compose(String(decoding: withoutAliases, as: UTF8.self)) { try checkKeys(root) }
    guard let root = try compose(text) else {
      throw YAMLFault(position: start, message: "The file is empty; a test file has a list `tests`.")
    }
    var conversion = Conversion()
    return try conversion.convert(root, depth: 0, fallback: start)
  }

  private static func replacingAliases(_ bytes: [UInt8]) -> (bytes: [UInt8], found: Bool) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var found = false
    for (at, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "*"), at + 1 < bytes.count, isName(bytes[at + 1]) {
        output += aliasMark
        found = true
      } else {
        output.append(byte)
      }
    }
    return (output, found)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private static func checkKeys(_ root: Node) throws(YAMLFault) {
    var pending = [root]
    while let node = pending.popLast() {
      switch node {
      case .scalar, .alias: break
      case .sequence(let elements): pending.append(contentsOf: elements)
      case .mapping(let members):
        for (key, value) in members {
          guard case .scalar(let scalar) = key else { throw keyFault(position(key.mark)) }
          guard !scalar.string.utf8.starts(with: aliasMark) else { throw keyFault(position(scalar.mark)) }
          pending.append(value)
        }
      }
    }
  }

  private static func keyFault(_ position: SourcePosition) -> YAMLFault {
    YAMLFault(position: position, message: "A key must be a plain text, no list, map or alias; write the text itself.")
  }

  private static func position(_ mark: Mark?) -> SourcePosition {
    SourcePosition(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  private static func compose(_ text: String) throws(YAMLFault) -> Node? {
    do {
      // Without the resolver's rules: what words mean is decided by `YAMLScalar`.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      return try parser.singleRoot()
    } catch let error as YamlError {
      throw fault(error)
    } catch {
      throw YAMLFault(position: SourcePosition(line: 1, column: 1), message: "The YAML cannot be read: \(error)")
    }
  }

  private static func fault(_ error: YamlError) -> YAMLFault {
    let start = SourcePosition(line: 1, column: 1)
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      var message = "The YAML cannot be read: \(problem)"
      if let context, !context.text.isEmpty { message += " (\(context.text), line \(context.mark.line))" }
      message +=
        problem.contains("undefined alias")
        ? "; an alias stands behind the anchor that it names."
        : "; check the indentation, which is made of spaces, and the quotes."
      return YAMLFault(position: position(mark), message: message)
    case .reader(let problem, let offset, _, let text):
      var place = start
      for scalar in text.prefix(offset ?? 0).unicodeScalars {
        if scalar == "\n" {
          place = SourcePosition(line: place.line + 1, column: 1)
        } else {
          place.column += 1
        }
      }
      return YAMLFault(
        position: place,
        message: "The YAML cannot be read: \(problem); write such a character as an escape in double quotes.")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "“\($0)”" }.joined(separator: ", ")
      return YAMLFault(
        position: position(context.mark), message: "A map holds a key twice: \(names); keep one of them.")
    case .memory:
      return YAMLFault(position: start, message: "There is not enough memory to read the file.")
    default:
      return YAMLFault(position: start, message: "The YAML cannot be read: \(error)")
    }
  }

  /// Copies the library's nodes, counting what aliases repeat each time.
  private struct Conversion {
    private var nodes = 0
    private var textBytes = 0

    mutating func convert(_ node: Node, depth: Int, fallback: SourcePosition) throws(YAMLFault) -> YAMLNode {
      let place = node.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? fallback
      nodes += 1
      guard nodes <= YAMLLimits.nodes else {
        throw YAMLFault(
          position: place,
          message: "The file comes to more than \(YAMLLimits.nodes) values with its aliases; use fewer.")
      }
      guard depth <= YAMLLimits.depth else {
        throw YAMLFault(
          position: place, message: "Values are nested deeper than \(YAMLLimits.depth) levels; use fewer.")
      }
      switch node {
      case .scalar(let scalar): return YAMLNode(content: .scalar(try value(scalar, place)), position: place)
      case .sequence(let elements):
        try checkTag(elements.tag, place, allowed: ["", "!", Tag.Name.seq.rawValue])
        var list: [YAMLNode] = []
        for element in elements { list.append(try convert(element, depth: depth + 1, fallback: place)) }
        return YAMLNode(content: .list(list), position: place)
      case .mapping(let members):
        try checkTag(members.tag, place, allowed: ["", "!", Tag.Name.map.rawValue])
        return YAMLNode(content: .map(try map(members, place, depth)), position: place)
      case .alias:
        throw YAMLFault(position: place, message: "An alias stands for nothing here; write the value itself.")
      }
    }

    private mutating func map(
      _ members: Node.Mapping, _ place: SourcePosition, _ depth: Int
    ) throws(YAMLFault) -> [YAMLNode.Member] {
      var map: [YAMLNode.Member] = []
      var merged: [YAMLNode.Member] = []
      for (key, value) in members {
        guard case .scalar(let name) = key else { throw keyFault(position(key.mark)) }
        try count(name.string, place)
        let value = try convert(value, depth: depth + 1, fallback: place)
        guard name.string == "<<", name.style == .plain else {
          map.append(YAMLNode.Member(key: name.string, position: position(name.mark), value: value))
          continue
        }
        // The merge key: members of other maps, which the map's own and earlier ones go before.
        for source in value.list ?? [value] {
          guard let more = source.map else {
            throw YAMLFault(position: position(name.mark), message: "`<<` takes a map or a list of maps to merge.")
          }
          merged += more
        }
      }
      var known = Set(map.map(\.key))
      for member in merged where known.insert(member.key).inserted { map.append(member) }
      return map
    }

    private mutating func value(_ scalar: Node.Scalar, _ place: SourcePosition) throws(YAMLFault) -> JSONValue {
      try count(scalar.string, place)
      let tag = scalar.tag.description
      if tag == Tag.Name.str.rawValue || scalar.style != .plain && (tag.isEmpty || tag == "!") {
        return .string(scalar.string)
      }
      try checkTag(scalar.tag, place, allowed: ["", "!"])
      do {
        return try YAMLScalar.value(scalar.string)
      } catch {
        throw YAMLFault(position: place, message: error.message)
      }
    }

    private mutating func count(_ text: String, _ place: SourcePosition) throws(YAMLFault) {
      textBytes += text.utf8.count
      guard textBytes <= YAMLLimits.textBytes else {
        throw YAMLFault(
          position: place,
          message: "The file comes to more than \(YAMLLimits.textBytes) bytes of text with its aliases; use fewer.")
      }
    }

    private func checkTag(_ tag: Tag, _ place: SourcePosition, allowed: [String]) throws(YAMLFault) {
      guard allowed.contains(tag.description) else {
        throw YAMLFault(
          position: place,
          message: "The tag “\(tag.description.prefix(60))” is not known here; write the value without.")
      }
    }
  }
}
