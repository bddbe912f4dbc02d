/// Lines that hold a record each, behind the time and perhaps the stream that it came from, given as records alone: what an
/// export of CloudWatch Logs to S3 and `aws logs tail` write (`2026-01-31T10:00:00.000Z {…}`).
final class StampedLines: ConvertedSource {
  /// What stands before a record is no longer.
  private static let mostBefore = 512

  private var input = [UInt8](repeating: 0, count: 1 << 16)
  /// What of a line has come, before its record is found.
  private var before: [UInt8] = []
  private var isInLine = false

  /// True for text that starts with a time and, in its first line, an object behind it.
  static func begin(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let line = text.prefix(mostBefore).prefix { $0 != 0x0A }
    guard line.count > 20, line[0..<4].allSatisfy({ $0 &- 0x30 < 10 }), line[4] == UInt8(ascii: "-"),
      line[7] == UInt8(ascii: "-"), line[10] == UInt8(ascii: "T") || line[10] == 0x20
    else { return false }
    // A quote before it is one of a record that was cut off at its start, in its time.
    guard let brace = line.firstIndex(of: UInt8(ascii: "{")) else { return false }
    return line[brace - 1] == 0x20 && !line[..<brace].contains(UInt8(ascii: "\""))
  }

  override func convert() throws -> Bool {
    let count = try input.withUnsafeMutableBufferPointer {
      try source.read(into: $0.baseAddress!, capacity: $0.count)
    }
    for byte in input[..<count] {
      if isInLine {
        output.append(byte)
        isInLine = byte != 0x0A
      } else if byte == UInt8(ascii: "{") && before.first.map({ $0 &- 0x30 < 10 }) ?? true {
        before.removeAll(keepingCapacity: true)
        output.append(byte)
        isInLine = true
      } else {
        before.append(byte)
        if byte == 0x0A || before.count > Self.mostBefore { passOn(isInLine: byte != 0x0A) }
      }
    }
    if count == 0 { passOn(isInLine: false) }
    return count > 0
  }

  /// The line is no such one: it is told by whoever reads records.
  private func passOn(isInLine: Bool) {
    output.append(contentsOf: before)
    before.removeAll(keepingCapacity: true)
    self.isInLine = isInLine
  }
}
