/// Reads the lines of a generated field table.
struct FieldTableReader {
  struct Line {
    var path: String
    var type: FieldType
    /// Whether the line is a multi-field of the path without its last part.
    var isMultiField: Bool
    /// Whether the line is an object of which the table names no field: it may hold any key.
    var isOpen: Bool
    /// Whether the type is that of what lies below the path, under any name that the table does not have.
    var isBelow = false
  }

  /// Calls `body` with each line of `text`, in order.
  ///
  /// Works on bytes: splitting a table of some two thousand lines into substrings would be felt at every start.
  static func read(_ text: String, _ body: (Line) -> Void) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
        if let line = line(in: bytes, start..<end) { body(line) }
        start = end + 1
      }
    }
  }

  private static let newline = UInt8(ascii: "\n")
  private static let tab = UInt8(ascii: "\t")

  private static func line(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Line? {
    let pathEnd = bytes[range].firstIndex(of: tab) ?? range.upperBound
    let path = bytes[range.lowerBound..<pathEnd]
    guard !path.isEmpty, pathEnd < range.upperBound else { return nil }
    let typeEnd = bytes[(pathEnd + 1)..<range.upperBound].firstIndex(of: tab) ?? range.upperBound
    var limit = 0
    var isMultiField = false
    for byte in bytes[typeEnd..<range.upperBound] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): limit = limit &* 10 &+ Int(byte &- UInt8(ascii: "0"))
      case UInt8(ascii: "^"): isMultiField = true
      default: break
      }
    }
    let name = String(decoding: bytes[(pathEnd + 1)..<typeEnd], as: UTF8.self)
    guard var type = FieldType(elasticsearchName: name, ignoreAbove: limit > 0 ? limit : nil) else { return nil }
    if type.isAnalyzed, let analysis = analysis(bytes[typeEnd..<range.upperBound]) { type = .analyzed(analysis) }
    // Lines are sorted and `.` sorts before every other byte of a name, so a field below an object is on the next line.
    var isOpen = false
    if type == .object {
      let next = bytes[min(range.upperBound + 1, bytes.count)...]
      isOpen = !(next.starts(with: path) && next.dropFirst(path.count).first == UInt8(ascii: "."))
    }
    let isBelow = path.last == UInt8(ascii: "*")
    return Line(
      path: String(decoding: isBelow ? path.dropLast(2) : path, as: UTF8.self), type: type, isMultiField: isMultiField,
      isOpen: isOpen, isBelow: isBelow)
  }

  /// The analyzer that stands behind the type of a text; nil for the standard one.
  private static func analysis(_ columns: Slice<UnsafeBufferPointer<UInt8>>) -> TextAnalysis? {
    let name = columns.dropFirst().prefix { $0 != tab }
    return name.elementsEqual("powershell".utf8) ? .powershell : nil
  }
}
