import Events
import Query
import Rules

/// Reads a file of a value a line.
///
/// Blanks at the ends of a line and empty lines do not count. In lists of addresses a line that starts with `#` is a
/// comment; in other lists it is a value.
package enum ValueListReader {
  /// Reads a file of values.
  package static func read(_ path: String, kind: ValueList.Kind) throws(ValueListError) -> ValueList {
    let bytes: [UInt8]
    do {
      bytes = try RuleFile.read(path, limit: ExceptionLimits.listBytes, kind: "a value list")
    } catch {
      throw ValueListError("the value list \(path) cannot be used: \(error.message)")
    }
    return try values(bytes, path, kind: kind)
  }

  /// Reads a list's text; `path` is what faults call it.
  package static func values(_ bytes: [UInt8], _ path: String, kind: ValueList.Kind) throws(ValueListError) -> ValueList
  {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw ValueListError("the value list \(path) is not valid UTF-8; save it as UTF-8")
    }
    var texts = ValueDictionary()
    var line = 0
    var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while at < bytes.count {
      let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let value = trimmed(bytes[at..<end])
      line += 1
      at = end + 1
      guard let first = value.first else { continue }
      if kind == .ip || kind == .ipRange {
        if first == UInt8(ascii: "#") { continue }
        let text = String(decoding: value.prefix(200), as: UTF8.self)
        guard value.count <= 200, ValueList.addresses(text) != nil else {
          throw ValueListError(
            "\(path):\(line): “\(text.prefix(60))” is no address, network (10.0.0.0/8) or range (10.0.0.1-10.0.0.9)")
        }
      }
      _ = value.withUnsafeBufferPointer { texts.insert(Scalar(.string, $0)) }
      guard texts.count <= ExceptionLimits.listValues else {
        throw ValueListError("the value list \(path) has more than \(ExceptionLimits.listValues) values; split it")
      }
    }
    guard texts.count > 0 else { throw ValueListError("the value list \(path) is empty") }
    return ValueList(kind, texts: texts)
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    guard let start = line.firstIndex(where: { !isBlank($0) }), let end = line.lastIndex(where: { !isBlank($0) }) else {
      return []
    }
    return line[start...end]
  }
}
