import JSON

extension ESQLFunctions {
  static let documents: [FunctionDefinition] = [
    simple("JSON_EXTRACT", [text("string"), text("path")], .keyword) { (values) throws(EvaluationFault) in
      let path = try JSONExtractPath(values[1].string)

      let bytes = Array(values[0].string.utf8)
      do {
        _ = try JSONValue(parsing: bytes[...])
      } catch {
        throw EvaluationFault("invalid JSON input")
      }
      return try path.extract(bytes)
    }
  ]
}

/// A path into a JSON document: names and places in arrays.
struct JSONExtractPath: Sendable {
  private enum Step: Sendable {
    case name([UInt8])
    case place(Int)
  }

  private let steps: [Step]
  private let text: String

  /// Reads `a.b`, `a['b.c'].d`, `items[0]`, with or without `$` before; throws where the text is no path.
  init(_ text: String) throws(EvaluationFault) {
    var steps: [Step] = []
    let bytes = Array(text.utf8)
    let bad = EvaluationFault("Invalid JSON path [\(text)]")
    var at = 0
    if bytes.first == UInt8(ascii: "$") {
      at = 1
      if at < bytes.count, bytes[at] == UInt8(ascii: ".") { at += 1 }
    }
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "[") {
        at += 1
        guard at < bytes.count else { throw bad }
        if bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\"") {
          guard let end = bytes[(at + 1)...].firstIndex(of: bytes[at]), end + 1 < bytes.count,
            bytes[end + 1] == UInt8(ascii: "]")
          else { throw bad }
          steps.append(.name(Array(bytes[(at + 1)..<end])))
          at = end + 2
        } else {
          guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")), end > at,
            bytes[at..<end].allSatisfy({ 0x30...0x39 ~= $0 }),
            let place = Int(String(decoding: bytes[at..<end], as: UTF8.self))
          else { throw bad }
          steps.append(.place(place))
          at = end + 1
        }
      } else {
        let end = bytes[at...].firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? bytes.count
        guard end > at, !bytes[at..<end].contains(UInt8(ascii: "*")) else { throw bad }
        steps.append(.name(Array(bytes[at..<end])))
        at = end
      }
      if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
        at += 1
        guard at < bytes.count, bytes[at] != UInt8(ascii: "[") else { throw bad }
      }
    }
    self.steps = steps
    self.text = text
  }

  /// What stands at the path in a text that is JSON; throws where nothing does.
  func extract(_ json: [UInt8]) throws(EvaluationFault) -> Cell {
    var reader = JSONTextReader(json)
    for step in steps {
      switch step {
      case .name(let name):
        guard reader.enter(member: name) else { throw EvaluationFault("path [\(text)] does not exist") }
      case .place(let place):
        guard reader.peek == UInt8(ascii: "[") else { throw EvaluationFault("path [\(text)] does not exist") }
        guard reader.enter(element: place) else { throw EvaluationFault("array index out of bounds") }
      }
    }
    return reader.value()
  }
}

/// Steps through a text that is known to be JSON.
private struct JSONTextReader {
  let bytes: [UInt8]
  var at = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    skipBlanks()
  }

  var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func skipBlanks() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  /// Passes over a text in quotes and gives what it says.
  private mutating func string() -> [UInt8] {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
    at += 1
    let written = bytes[start..<min(at, bytes.count)]
    if !written.contains(UInt8(ascii: "\\")) { return Array(written.dropFirst().dropLast()) }
    return Array(((try? JSONValue(parsing: written))?.stringValue ?? "").utf8)
  }

  /// Passes over a value.
  private mutating func skip() {
    var depth = 0
    repeat {
      skipBlanks()
      switch peek {
      case UInt8(ascii: "\""): _ = string()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        at += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
      default:
        while at < bytes.count, !",:]} \t\n\r".utf8.contains(bytes[at]) { at += 1 }
      }
    } while depth > 0 && at < bytes.count
  }

  mutating func enter(member name: [UInt8]) -> Bool {
    guard peek == UInt8(ascii: "{") else { return false }
    at += 1
    skipBlanks()
    while peek == UInt8(ascii: "\"") {
      let key = string()
      skipBlanks()
      at += 1
      skipBlanks()
      if key == name { return true }
      skip()
      skipBlanks()
      guard peek == UInt8(ascii: ",") else { return false }
      at += 1
      skipBlanks()
    }
    return false
  }

  mutating func enter(element place: Int) -> Bool {
    at += 1
    skipBlanks()
    guard peek != UInt8(ascii: "]") else { return false }
    for _ in 0..<place {
      skip()
      skipBlanks()
      guard peek == UInt8(ascii: ",") else { return false }
      at += 1
      skipBlanks()
    }
    return true
  }

  /// The value here: a text without its quotes, anything else as it is written, blanks left out.
  mutating func value() -> Cell {
    if peek == UInt8(ascii: "\"") { return .text(String(decoding: string(), as: UTF8.self)) }
    let start = at
    skip()
    var result: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in bytes[start..<min(at, bytes.count)] {
      if isInString {
        result.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte > 0x20 {
        isInString = byte == UInt8(ascii: "\"")
        result.append(byte)
      }
    }
    let text = String(decoding: result, as: UTF8.self)
    return text == "null" ? .none : .text(text)
  }
}
