import Foundation
import Parallel

/// Whole lines of a list's file.
struct ListPiece: Sendable {
  /// With `padding` zeros behind the lines, as readers of JSON want it.
  private let bytes: [UInt8]
  static let padding = 64
  /// The number of the first line, from 1.
  let line: Int

  /// - Parameter lines: get zeros behind them.
  init(_ lines: consuming [UInt8], line: Int) {
    lines.append(contentsOf: repeatElement(0, count: Self.padding))
    bytes = lines
    self.line = line
  }

  var text: ArraySlice<UInt8> { bytes.dropLast(Self.padding) }

  /// Calls `body` with the lines, behind which zeros stand.
  func withText<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[..<($0.count - Self.padding)])) }
  }
}

/// Cuts a list's file into pieces of whole lines.
struct ListPieces {
  private let handle: FileHandle
  /// What was read and has not been given.
  private var rest: [UInt8] = []
  private var line = 1
  private var isAtEnd = false
  /// A line end within quotes ends no line.
  var goesByQuotes = false

  /// The longest line, in bytes.
  private static let longestLine = 16 << 20
  private let pieceBytes: Int

  /// - Parameter pieceBytes: about how large a piece is.
  init(_ handle: FileHandle, pieceBytes: Int) {
    self.handle = handle
    self.pieceBytes = pieceBytes
  }

  /// Puts the first piece back and gives it anew, now that it is known how lines end.
  mutating func again(_ piece: ListPiece) throws -> ListPiece? {
    rest = piece.text + rest
    line = piece.line
    return try cut()
  }

  /// The next lines; nil behind the last. Throws `IndicatorLists.Fault`.
  mutating func next() throws -> ListPiece? {
    while !isAtEnd, rest.count < pieceBytes { try read(pieceBytes - rest.count) }
    return try cut()
  }

  private mutating func cut() throws -> ListPiece? {
    while !rest.isEmpty {
      var end = lastEnd()
      if isAtEnd, end == 0 || rest.count <= pieceBytes { end = rest.count }
      if end > 0 {
        let further = Array(rest[end...])
        rest.removeSubrange(end...)
        let piece = ListPiece(rest, line: line)
        line += piece.text.count { $0 == 0x0A }
        rest = further
        return piece
      }
      guard rest.count <= Self.longestLine else {
        throw IndicatorLists.Fault(
          description: "line \(line): the line is longer than \(Self.longestLine >> 20) MiB, or its quote is not closed"
        )
      }
      try read(max(pieceBytes, rest.count))
    }
    return nil
  }

  private mutating func read(_ count: Int) throws {
    let (known, descriptor) = (rest, handle.fileDescriptor)
    var (more, fault) = (0, Int32(0))
    rest = [UInt8](unsafeUninitializedCapacity: known.count + count + ListPiece.padding) { buffer, filled in
      filled = buffer.initialize(fromContentsOf: known)
      repeat {
        more = Foundation.read(descriptor, buffer.baseAddress! + filled, count)
        fault = more < 0 ? errno : 0
      } while fault == EINTR
      filled += max(0, more)
    }
    guard fault == 0 else {
      throw IndicatorLists.Fault(description: "the file cannot be read: \(SystemError.words(fault))")
    }
    isAtEnd = more == 0
  }

  /// Behind the last line end.
  private func lastEnd() -> Int {
    rest.withUnsafeBufferPointer { rest in
      guard let start = rest.baseAddress, goesByQuotes, memchr(start, 0x22, rest.count) != nil else {
        return rest.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      }
      var (end, isQuoted) = (0, false)
      // A quote opens a cell where one begins, and one behind the closing quote stands for a quote in it.
      var mayOpen = true
      for at in (line == 1 && rest.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)..<rest.count {
        let byte = rest[at]
        if byte == UInt8(ascii: "\"") {
          (isQuoted, mayOpen) = (!isQuoted && mayOpen, isQuoted)
        } else if !isQuoted {
          if byte == 0x0A { end = at + 1 }
          mayOpen = byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
        }
      }
      return end
    }
  }
}
