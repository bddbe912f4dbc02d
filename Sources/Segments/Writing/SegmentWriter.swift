import Events

/// Writes segments: events in columns, with their source texts, in one file that never changes.
public enum SegmentWriter {
  /// Writes a segment to a new file.
  ///
  /// The file is created with mode 0600, and is on the disk, as is its name, when this returns. After an error there is
  /// none.
  ///
  /// - Returns: what may be kept of the segment elsewhere.
  /// - Throws: where the file exists or cannot be written, and where the events are beyond a bound of the format.
  public static func write(_ content: SourcedBatch, to path: String) throws(SegmentError) -> SegmentSummary {
    try write(content, to: path, level: SegmentFormat.level)
  }

  /// Writes a segment to a new file as the other does, without waiting for the disk.
  ///
  /// After an error there is no file.
  ///
  /// - Returns: beside the summary the file, which is not safe from a failure of the power before it is synced, and its name not before
  ///   its folder is.
  public static func writeUnsynced(
    _ content: SourcedBatch, to path: String
  ) throws(SegmentError) -> (summary: SegmentSummary, file: UnsyncedFile) {
    do {
      var file = try NewFile(path)
      let summary = try write(
        content, to: &file, level: SegmentFormat.level, version: SegmentFormat.version,
        filteredValues: SegmentFormat.filteredValues)
      return (summary, UnsyncedFile(file.release(), path))
    } catch {
      throw SegmentError(error, doing: "writing the segment", path: path)
    }
  }

  /// Writes a segment with a level of zstd; nil compresses nothing.
  ///
  /// - Parameters:
  ///   - version: of the format.
  ///   - filteredValues: a column of so many distinct values has a filter; nil for as many as pay.
  package static func write(
    _ content: SourcedBatch, to path: String, level: Int32?, version: UInt32? = nil, filteredValues: Int? = nil
  ) throws(SegmentError) -> SegmentSummary {
    do {
      var file = try NewFile(path)
      let summary = try write(
        content, to: &file, level: level, version: version ?? SegmentFormat.version,
        filteredValues: filteredValues ?? SegmentFormat.filteredValues)
      try file.finish()
      return summary
    } catch {
      throw SegmentError(error, doing: "writing the segment", path: path)
    }
  }

  private static func write(
    _ content: SourcedBatch, to file: inout NewFile, level: Int32?, version: UInt32, filteredValues: Int
  ) throws(SegmentFault) -> SegmentSummary {
    let packer = try BlockPacker(level: level)
    let heads = content.heads
    guard heads.count <= SegmentFormat.mostRows else {
      throw .tooLarge("there are \(heads.count) events, of at most \(SegmentFormat.mostRows)")
    }
    guard content.dataStream.utf8.count <= SegmentFormat.longestPath else {
      throw .tooLarge("the name of the data stream has more than \(SegmentFormat.longestPath) bytes")
    }
    var summary = SegmentSummary(
      dataStream: content.dataStream, rowCount: heads.count, times: HeadEncoder.range(heads), fileBytes: 0,
      sourceBytes: content.sources.byteCount)
    var header = ByteRoom()
    header.append(fixed: SegmentFormat.headerMagic)
    header.append(fixed: version)
    header.append(fixed: FrameChecksum.ofHeader(header.start, version: version))
    try file.write(header)

    var directory = Directory()
    try writeSources(content.sources, to: &file, level: level, version: version, &directory)
    if !heads.isEmpty {
      try writeIdentities(heads, to: &file, packer, &directory)
      try writeBlock(.times, number: 0, HeadEncoder.times(heads), to: &file, packer, &directory)
      try writeBlock(.contents, number: 0, HeadEncoder.contents(heads), to: &file, packer, &directory)
    }
    var columns = BatchEncoder(version: version, filteredValues: filteredValues)
    var columnDirectory = ByteRoom()
    try columns.encode(content.events, heads: heads, packer, to: &columnDirectory, &file)
    try columns.values.finish(packer)
    try columns.codes.finish(packer)
    try columns.values.drain(to: &file, all: true)
    try columns.codes.drain(to: &file, all: true)
    try file.write(columns.filters)
    directory.blocks += columns.values.blocks + columns.codes.blocks + columns.filterBlocks

    try writeFooter(summary, directory, columnDirectory, version: version, to: &file, packer)
    summary.fileBytes = file.count
    return summary
  }

  /// What the footer says of blocks.
  private struct Directory {
    var blocks: [BlockPlace] = []
    /// Rows of each block of sources, and bytes of its texts where it is a gzip member as it came.
    var sources: [(rows: Int, memberTexts: Int?)] = []
    /// The first id of each block of ids.
    var fences: [EventID] = []
  }

  private static func writeBlock(
    _ kind: BlockKind, number: Int, _ raw: borrowing ByteRoom, to file: inout NewFile,
    _ packer: borrowing BlockPacker, _ directory: inout Directory
  ) throws(SegmentFault) {
    var room = ByteRoom(capacity: raw.count + 64)
    directory.blocks.append(try packer.append(kind, number: number, raw, to: &room))
    try file.write(room)
  }

  /// Blocks of texts as they were packed; what is plain is packed now.
  private static func writeSources(
    _ texts: SourceTexts, to file: inout NewFile, level: Int32?, version: UInt32, _ directory: inout Directory
  ) throws(SegmentFault) {
    let packed: PackedSources
    if case .packed(let ours as PackedSources) = texts.form, version >= 4 || !ours.hasMembers {
      packed = ours
    } else {
      packed = try SourcePacker.pack(texts, level: level)
    }
    for block in packed.blocks {
      try file.write(block.bytes)
      directory.blocks.append(block.place)
      directory.sources.append((block.rows, block.memberTexts))
    }
  }

  private static func writeIdentities(
    _ heads: [EventHead], to file: inout NewFile, _ packer: borrowing BlockPacker, _ directory: inout Directory
  ) throws(SegmentFault) {
    let entries = HeadEncoder.identities(heads)
    var raw = ByteRoom(capacity: SegmentFormat.identitiesOfBlock * SegmentFormat.identityBytes)
    let size = SegmentFormat.identitiesOfBlock * SegmentFormat.identityBytes
    for start in stride(from: 0, to: entries.count, by: size) {
      raw.removeAll()
      raw.append(entries, start..<min(start + size, entries.count))
      directory.fences.append(IdentityEntry(raw.start).id)
      try writeBlock(.identities, number: start / size, raw, to: &file, packer, &directory)
    }
  }

  private static func writeFooter(
    _ summary: SegmentSummary, _ directory: Directory, _ columns: borrowing ByteRoom, version: UInt32,
    to file: inout NewFile, _ packer: borrowing BlockPacker
  ) throws(SegmentFault) {
    guard directory.blocks.count <= SegmentFormat.mostBlocks else {
      throw .tooLarge("there are more than \(SegmentFormat.mostBlocks) blocks")
    }
    var footer = ByteRoom()
    footer.append(text: summary.dataStream)
    footer.append(varint: summary.rowCount)
    footer.append(summary.times == nil ? 0 : 1)
    if let times = summary.times {
      footer.append(fixed: times.lowerBound.milliseconds)
      footer.append(fixed: times.upperBound.milliseconds)
    }
    footer.append(varint: summary.sourceBytes)
    footer.append(varint: directory.blocks.count)
    for block in directory.blocks {
      footer.append(block.kind.rawValue)
      footer.append(varint: block.rawBytes)
      footer.append(varint: block.storedBytes)
    }
    for block in directory.sources {
      footer.append(varint: block.rows)
      if version >= 4 { footer.append(varint: block.memberTexts ?? 0) }
    }
    for fence in directory.fences {
      footer.append(fixed: fence.high)
      footer.append(fixed: fence.low)
    }
    footer.append(columns)
    let offset = file.count
    var end = ByteRoom()
    let block = try packer.append(.footer, number: 0, footer, to: &end)
    let start = end.count
    end.append(fixed: UInt64(offset))
    end.append(fixed: UInt32(SegmentFormat.blockHeaderBytes + block.storedBytes))
    end.append(fixed: FrameChecksum.of(end.start + start))
    end.append(fixed: SegmentFormat.trailerMagic)
    try file.write(end)
  }
}
