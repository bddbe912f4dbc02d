import CloudTrail
import Foundation

/// Text too long to be held at once, given out in pieces of whole records.
final class TextStream {
  private let source: any ByteSource
  private let sizes: ReadingSizes
  /// What all pieces have in common.
  private let region: TextRegion
  private var framer = RecordFramer()
  private var rest: [UInt8] = []
  /// Decompressed bytes before `rest`.
  private var offset = 0
  private var records = 0
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
    case InputError.bomb(let detail): self.init(file: file, cause: .bomb, offset: offset, detail: detail)
    default: self.init(file: file, cause: .unreadable, detail: "\(error)")
    }
  }
}
