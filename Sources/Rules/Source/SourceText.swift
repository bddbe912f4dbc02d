/// The bytes of a file, shared by the rules that were read from it.
package final class SourceText: Sendable {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The line and column at `offset`, counted on from a known place.
  package func position(
    at offset: Int, from start: Int = 0, startingAt position: SourcePosition = SourcePosition(line: 1, column: 1)
  ) -> SourcePosition {
    var position = position
    for byte in bytes[min(start, bytes.count)..<max(min(start, bytes.count), min(offset, bytes.count))] {
      if byte == UInt8(ascii: "\n") {
        position.line += 1
        position.column = 1
      } else if byte & 0xC0 != 0x80 {
        position.column += 1
      }
    }
    return position
  }
}
