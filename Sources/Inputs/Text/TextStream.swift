import CloudTrail
import Foundation

/// Text too long to be held at once, given out in pieces of whole records.
final class TextStream {
  private let source: any ByteSource
  private let sizes: ReadingSizes
  /// What all pieces have in common.
  private var region: TextRegion
  private var framer = RecordFramer()
  private var rest: [UInt8] = []
  /// Decompressed bytes before `rest`.
  private var offset = 0
  private var records = 0
  private var isAtStart = true
  private var isAtEnd = false
  /// Trouble met while reading that ends it; told after the last piece.
  private(set) var problem: RecordProblem?

  init(_ source: any ByteSource, _ region: TextRegion, sizes: ReadingSizes) {
    self.sizes = sizes
    self.source = source
    self.region = region
  }

  /// Trouble with parts of the text that were passed over, since the last call.
  func takeProblems() -> [RecordProblem] {
    source.takeProblems().map {
      var problem = RecordProblem(file: region.file, cause: $0.cause, detail: $0.detail)
      problem.count = $0.count
      return problem
    }
  }

  var bytesTaken: Int { source.bytesTaken }

  /// Fills an empty buffer with the next piece and says what it is; nil at the end.
  func next(into buffer: TextBuffer) -> (region: TextRegion, text: UnsafeBufferPointer<UInt8>)? {
    buffer.count = 0
    buffer.grow(to: sizes.pieceBytes + RecordLimits.recordBytes)
    var filled = rest.count
    rest.withUnsafeBufferPointer { if filled > 0 { buffer.start.update(from: $0.baseAddress!, count: filled) } }
    rest.removeAll(keepingCapacity: true)
    if isAtStart {
      isAtStart = false
      if let head = head(in: buffer, &filled) { return head }
    }
    while true {
      if !isAtEnd { filled += fill(buffer, from: filled) }
      let text = UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: filled)
      if let cut = framer.cut(text) {
        let region = region(offset + cut.records.lowerBound, isFramed: true)
        records += cut.recordCount
        if ContentForm.mentionsEvents(UnsafeBufferPointer(rebasing: text[cut.records])) { source.noteRecords() }
        rest.append(contentsOf: UnsafeBufferPointer(rebasing: text[cut.rest...]))
        offset += cut.rest
        // The zeros behind the records may overwrite the rest, which has been copied.
        _ = buffer.commit(cut.records.upperBound)
        return (region, UnsafeBufferPointer(rebasing: text[cut.records]))
      }
      if isAtEnd || filled >= buffer.capacity {
        // What closes the object around the records is no record, and neither are white space and commas.
        let start = isAtEnd ? min(framer.unfinished, filled) : 0
        let left = UnsafeBufferPointer(rebasing: text[start...])
        if isAtEnd,
          framer.isBehindRecords
            || left.allSatisfy({ $0 == 0x20 || $0 == UInt8(ascii: ",") || (0x09...0x0D).contains($0) })
        {
          if framer.isOpen, problem == nil {
            problem = RecordProblem(
              file: region.file, cause: .brokenJSON, offset: region.hasOffsets ? offset + filled : nil,
              detail: "the JSON behind the records is broken or cut off")
          }
          return nil
        }
        // No whole record: what there is goes to the scanner, which reports it.
        let region = region(offset + start, isFramed: records > 0 || !isAtEnd)
        offset += filled
        records += 1
        framer.restart()
        return (region, UnsafeBufferPointer(rebasing: buffer.commit(filled)[start...]))
      }
    }
  }

  /// Bytes that show how a text starts.
  private static let startBytes = 1 << 12

  /// What stands before the first record, where the text does not start at a value; nil where it does, or no record is near.
  private func head(
    in buffer: TextBuffer, _ filled: inout Int
  ) -> (region: TextRegion, text: UnsafeBufferPointer<UInt8>)? {
    func text() -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(start: UnsafePointer(buffer.start), count: filled)
    }
    while !isAtEnd, filled < Self.startBytes { filled += fill(buffer, from: filled) }
    if HeadlessText(text()).startsAtValue { return nil }
    while !isAtEnd, filled < buffer.capacity { filled += fill(buffer, from: filled) }
    var headless = HeadlessText(text())
    // Of a part of a record nothing is read, whatever it looks like.
    let nothing = isAtEnd && ContentForm.mentionsRecords(text()) ? filled : 0
    let start = headless.firstRecord() ?? nothing
    guard start > 0 else { return nil }
    var head = region(0, isFramed: false)
    head.isHead = true
    let all = text()
    rest.append(contentsOf: UnsafeBufferPointer(rebasing: all[start...]))
    offset = start
    records = 1
    region.isHeadless = true
    return (head, buffer.commit(start))
  }

  private func region(_ offset: Int, isFramed: Bool) -> TextRegion {
    var piece = region
    piece.offset = offset
    piece.recordsBefore = records
    piece.isFramed = isFramed
    return piece
  }

  private func fill(_ buffer: TextBuffer, from start: Int) -> Int {
    let wanted = max(sizes.pieceBytes, start + (1 << 20))
    do {
      let capacity = min(buffer.capacity, wanted) - start
      let count = try source.read(into: buffer.start + start, capacity: capacity)
      if count == 0 { isAtEnd = true }
      return count
    } catch {
      isAtEnd = true
      problem = RecordProblem(file: region.file, error: error, offset: region.hasOffsets ? offset + start : nil)
      return 0
    }
  }
}

extension RecordProblem {
  /// The problem that an error while reading a file makes.
  init(file: String, error: any Error, offset: Int?) {
    switch error {
    case InputError.unreadable(let detail): self.init(file: file, cause: .unreadable, detail: detail)
    case InputError.tornCompression(let detail):
      self.init(file: file, cause: .tornCompression, offset: offset, detail: detail)
    case InputError.tornArchive(let detail): self.init(file: file, cause: .tornArchive, detail: detail)
    case InputError.unopened(let detail): self.init(file: file, cause: .unopened, detail: detail)
    case InputError.bomb(let detail): self.init(file: file, cause: .bomb, offset: offset, detail: detail)
    default: self.init(file: file, cause: .unreadable, detail: "\(error)")
    }
  }
}
