import Foundation

@testable import Segments

extension Segment {
  /// Writes something else into the file: into the blocks of texts, or into all others.
  func damage(texts: Bool) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    for block in footer.blocks where (block.kind == .sources) == texts && block.storedBytes > 0 {
      let place = UInt64(block.offset + SegmentFormat.blockHeaderBytes + block.storedBytes / 2)
      try file.seek(toOffset: place)
      let byte = try file.read(upToCount: 1)?.first ?? 0
      try file.seek(toOffset: place)
      try file.write(contentsOf: [byte ^ 0xFF])
    }
    try file.close()
  }
}
