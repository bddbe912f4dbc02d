import Events

/// A segment that is open for reading.
///
/// It never changes, and any number of readers may use it at once. Its file is mapped into memory for as long as somebody
/// has it; the file may be renamed or removed meanwhile, and must not be made shorter. Nothing in the file is trusted:
/// whatever is not as it must be is a `SegmentError`.
public final class Segment: Sendable {
  public let summary: SegmentSummary
  /// Where the file was when it was opened.
  public let path: String
  let map: SegmentMap
  let footer: SegmentFooter
  let isChecked: Bool

  /// Opens a segment, and checks its header, trailer and footer: checksums, lengths and bounds. Blocks are checked when
  /// they are read.
  ///
  /// - Parameter paths: where the paths of columns are kept that other open segments have too.
  public convenience init(path: String, sharing paths: SharedPaths = SharedPaths()) throws(SegmentError) {
    do {
      try self.init(SegmentMap(path: path), path, isChecked: true, sharing: paths)
    } catch {
      throw SegmentError(error, doing: "opening the segment", path: path)
    }
  }

  /// A segment in memory.
  ///
  /// - Parameter isChecked: false lets wrong checksums pass, so that a fuzzer sees what is behind them.
  package convenience init(
    bytes: [UInt8], named name: String, isChecked: Bool = true, sharing paths: SharedPaths = SharedPaths()
  ) throws(SegmentError) {
    do {
      try self.init(SegmentMap(copying: bytes), name, isChecked: isChecked, sharing: paths)
    } catch {
      throw SegmentError(error, doing: "opening the segment", path: name)
    }
  }

  private init(
    _ map: SegmentMap, _ path: String, isChecked: Bool, sharing paths: SharedPaths
  ) throws(SegmentFault) {
    self.path = path
    self.map = map
    self.isChecked = isChecked
    footer = try SegmentFooter(map.bytes, isChecked: isChecked, sharing: paths)
    summary = SegmentSummary(
      dataStream: footer.dataStream, rowCount: footer.rowCount, times: footer.times, fileBytes: map.bytes.count,
      sourceBytes: footer.sourceBytes)
    // An open folder has hundreds of segments, and the system maps what lies around the footer too.
    map.letGo()
  }

  /// Paths of all columns, in the order in which they were written. A field without any value has none.
  public var paths: [String] { footer.batch.paths.all }

  /// Paths of the nested fields whose objects are kept one by one.
  public var nestedPaths: [String] { footer.batch.nested.map(\.path) }

  /// Values of all columns together: about 8 bytes of memory each once they are read.
  package var entryCount: Int { footer.totals.entries }

  /// Bytes of all blocks together, unpacked.
  package var unpackedBytes: Int { footer.blocks.reduce(0) { $0 + $1.rawBytes } }

  /// Lets go of the memory that reading took of the file, once nothing more of it is wanted for a while. It may be read on.
  public func letGo() { map.letGo() }

  func unpacker() -> BlockUnpacker { BlockUnpacker(map.bytes, isChecked: isChecked) }

  /// Runs what may find a fault, and tells it with the path.
  func telling<Result: ~Copyable>(
    _ doing: String = "reading the segment", _ body: () throws(SegmentFault) -> Result
  ) throws(SegmentError) -> Result {
    do {
      return try body()
    } catch {
      throw SegmentError(error, doing: doing, path: path)
    }
  }
}
