import Foundation
import Yams

/// Reads Sigma's YAML within bounds: nothing in a document, however it is made, costs more than these.
public enum SigmaYAML {
  /// Bytes of one document.
  static let mostBytes = 1 << 20
  /// Levels of lists and maps within each other.
  static let mostDepth = 64
  /// Values of a document, those that aliases repeat counted each time.
  static let mostNodes = 100_000
  /// Bytes of all texts of a document, those that aliases repeat counted each time.
  static let mostTextBytes = 16 << 20
  /// Documents of one file.
  public static let mostDocuments = 20_000

  /// The texts of the documents of a file, each with its first line, from 1. A line that starts with `---` parts them.
  public static func documents(_ bytes: [UInt8]) -> [(text: ArraySlice<UInt8>, line: Int)] {
    var found: [(text: ArraySlice<UInt8>, line: Int)] = []
    let first = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    var (start, firstLine, line) = (first, 1, 1)
    func close(_ end: Int) {
      let text = bytes[start..<end]
      if holdsContent(text), found.count <= mostDocuments { found.append((text, firstLine)) }
    }
    var at = first
    while at < bytes.count {
      let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let isMark = bytes[at..<end].starts(with: "---".utf8)
      if isMark, end - at == 3 || " \t\r".utf8.contains(bytes[at + 3]) {
        close(at)
        (start, firstLine) = (at, line)
      }
      line += 1
      at = end + 1
    }
    close(bytes.count)
    return found
  }

  /// What some editors put before the text of a file in UTF-8.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Something beside comments, blanks and marks.
  private static func holdsContent(_ text: ArraySlice<UInt8>) -> Bool {
    text.split(separator: UInt8(ascii: "\n")).contains { line in
      let rest = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
      guard let first = rest.first, first != UInt8(ascii: "#") else { return false }
      let word = String(decoding: rest, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      return word != "---" && word != "..." && !word.hasPrefix("%YAML")
    }
  }

  /// The value of one document.
  ///
  /// - Parameter line: the line in the file at which the text begins.
  public static func read(_ bytes: ArraySlice<UInt8>, line: Int = 1) throws(SigmaFault) -> SigmaNode {
    let start = SigmaNode.Place(line: line, column: 1)
    let bytes = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes
    guard bytes.count <= mostBytes else {
      throw SigmaFault("the document has \(bytes.count) bytes, and at most \(mostBytes) are read", start)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw SigmaFault("the document is not valid UTF-8; save it as UTF-8", start)
    }
    // Keys are compared while a document is put together, and an alias within one may stand for more than there is memory.
    let bare = withoutAliases(bytes)
    if bare.hasAliases { try checkKeys(try compose(String(decoding: bare.text, as: UTF8.self), line), line) }
    var conversion = Conversion(line: line)
    return try conversion.convert(try compose(text, line), 0, start)
  }

  /// A character without a meaning, of the private use area.
  private static let aliasMark = Array("\u{E000}".utf8)

  private static func withoutAliases(_ bytes: ArraySlice<UInt8>) -> (text: [UInt8], hasAliases: Bool) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var found = false
    for at in bytes.indices {
      let next = at + 1 < bytes.endIndex ? bytes[at + 1] : 0
      let isName = next &- 0x30 <= 9 || (next | 0x20) &- 0x61 < 26 || next == UInt8(ascii: "_")
      guard bytes[at] == UInt8(ascii: "*"), isName else {
        output.append(bytes[at])
        continue
      }
      output += aliasMark
      found = true
    }
    return (output, found && bytes.contains(UInt8(ascii: "&")))
  }

  private static func checkKeys(_ root: Node, _ line: Int) throws(SigmaFault) {
    var pending = [root]
    while let node = pending.popLast() {
      switch node {
      case .scalar, .alias: break
      case .sequence(let elements): pending.append(contentsOf: elements)
      case .mapping(let members):
        for (key, value) in members {
          guard case .scalar(let scalar) = key, !scalar.string.utf8.starts(with: aliasMark) else {
            throw SigmaFault("a key must be a plain text, no list, map or alias", place(key.mark, line))
          }
          pending.append(value)
        }
      }
    }
  }

  private static func place(_ mark: Mark?, _ line: Int) -> SigmaNode.Place {
    SigmaNode.Place(line: (mark?.line ?? 1) + line - 1, column: mark?.column ?? 1)
  }

  private static func compose(_ text: String, _ line: Int) throws(SigmaFault) -> Node {
    let start = SigmaNode.Place(line: line, column: 1)
    do {
      guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
        throw SigmaFault("the document is empty", start)
      }
      return root
    } catch let error as SigmaFault {
      throw error
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw SigmaFault("the YAML cannot be read: \(problem); check the indentation and the quotes", place(mark, line))
      case .duplicatedKeysInMapping(let keys, let context):
        let names = keys.map { "“\($0)”" }.joined(separator: ", ")
        throw SigmaFault("a map holds a key twice: \(names.prefix(200))", place(context.mark, line))
      default: throw SigmaFault("the YAML cannot be read: \("\(error)".prefix(200))", start)
      }
    } catch {
      throw SigmaFault("the YAML cannot be read: \("\(error)".prefix(200))", start)
    }
  }

  /// Copies the library's nodes, counting what aliases repeat each time.
  private struct Conversion {
    let line: Int
    private var nodes = 0
    private var textBytes = 0

    init(line: Int) { self.line = line }

    mutating func convert(_ node: Node, _ depth: Int, _ fallback: SigmaNode.Place) throws(SigmaFault) -> SigmaNode {
      let place = node.mark.map { SigmaYAML.place($0, line) } ?? fallback
      nodes += 1
      guard nodes <= mostNodes else {
        throw SigmaFault("the document comes to more than \(mostNodes) values with its aliases", place)
      }
      guard depth <= mostDepth else {
        throw SigmaFault("values are nested deeper than \(mostDepth) levels", place)
      }
      switch node {
      case .scalar(let scalar):
        try count(scalar.string, place)
        return SigmaNode(try value(scalar, place), place)
      case .sequence(let elements):
        var list: [SigmaNode] = []
        for element in elements { list.append(try convert(element, depth + 1, place)) }
        return SigmaNode(.list(list), place)
      case .mapping(let members):
        var map: [SigmaNode.Member] = []
        var merged: [SigmaNode.Member] = []
        for (key, value) in members {
          guard case .scalar(let name) = key else {
            throw SigmaFault("a key must be a plain text, no list, map or alias", SigmaYAML.place(key.mark, line))
          }
          try count(name.string, place)
          let value = try convert(value, depth + 1, place)
          if name.string == "<<", name.style == .plain {
            for source in value.list ?? [value] { merged += source.map ?? [] }
          } else {
            map.append(SigmaNode.Member(key: name.string, place: SigmaYAML.place(name.mark, line), value: value))
          }
        }
        var known = Set(map.map(\.key))
        for member in merged where known.insert(member.key).inserted { map.append(member) }
        return SigmaNode(.map(map), place)
      case .alias: throw SigmaFault("an alias stands for nothing here", place)
      }
    }

    private mutating func count(_ text: String, _ place: SigmaNode.Place) throws(SigmaFault) {
      textBytes += text.utf8.count
      guard textBytes <= mostTextBytes else {
        throw SigmaFault("the document comes to more than \(mostTextBytes) bytes of text with its aliases", place)
      }
    }

    private func value(_ scalar: Node.Scalar, _ place: SigmaNode.Place) throws(SigmaFault) -> SigmaNode.Content {
      let tag = scalar.tag.description
      if tag == Tag.Name.str.rawValue { return .text(scalar.string) }
      let plain: [Tag.Name] = [.int, .float, .bool, .null]
      if plain.contains(where: { $0.rawValue == tag }) { return SigmaYAML.plain(scalar.string) }
      guard tag.isEmpty || tag == "!" else {
        throw SigmaFault("the tag “\(tag.prefix(60))” is not known here; write the value without", place)
      }
      return scalar.style == .plain && tag.isEmpty ? SigmaYAML.plain(scalar.string) : .text(scalar.string)
    }
  }

  /// What an unquoted word means, as YAML 1.1 has it, which Sigma's tools read.
  static func plain(_ word: String) -> SigmaNode.Content {
    switch word {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .boolean(true)
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .boolean(false)
    default: return number(word).map { .number($0) } ?? .text(word)
    }
  }

  /// A number in decimals: whole ones of base 2, 8 (with a zero before), 10, 16 and 60, and fractions, whose exponents have
  /// a sign. What else YAML 1.2 takes for a number is a text.
  private static func number(_ word: String) -> String? {
    let isNegative = word.hasPrefix("-")
    let digits = String(word.hasPrefix("+") || isNegative ? word.dropFirst() : word[...])
    guard let first = digits.utf8.first, first &- 0x30 <= 9 || first == UInt8(ascii: ".") else { return nil }
    func whole(_ text: Substring, _ radix: Int) -> String? {
      Int64(text.replacing("_", with: ""), radix: radix).map { String(isNegative ? -$0 : $0) }
    }
    if digits.wholeMatch(of: /0x[0-9a-fA-F_]+/) != nil { return whole(digits.dropFirst(2), 16) }
    if digits.wholeMatch(of: /0b[01_]+/) != nil { return whole(digits.dropFirst(2), 2) }
    if digits.wholeMatch(of: /0[0-7_]+/) != nil { return whole(digits[...], 8) }
    if digits.wholeMatch(of: /0|[1-9][0-9_]*/) != nil { return whole(digits[...], 10) }
    if digits.wholeMatch(of: /[1-9][0-9_]*(:[0-5]?[0-9])+/) != nil {
      var sum: Int64 = 0
      for part in digits.replacing("_", with: "").split(separator: ":") {
        let (next, isOver) = sum.multipliedReportingOverflow(by: 60)
        guard !isOver, let part = Int64(part), next <= .max - part else { return nil }
        sum = next + part
      }
      return String(isNegative ? -sum : sum)
    }
    guard digits.wholeMatch(of: /([0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?/) != nil,
      let double = Double(digits.replacing("_", with: "")), double.isFinite
    else { return nil }
    return Number("\(isNegative ? -double : double)")?.term
  }
}
