/// The list of members at the end of a zip file, looked over for members that can only be read with its help.
enum ZipDirectory {
  /// What is looked at of a list.
  private static let mostBytes = 128 << 20
  private static let endBytes = 22
  private static let locatorBytes = 20
  private static let entryBytes = 46
  private static let deflate = 8

  /// Whether a member's length stands behind it and only the list tells where that is.
  ///
  /// Whoever writes a zip file into a pipe knows a member's length when it is written. The end of deflated text shows by
  /// itself; the end of a stored member, or of one packed by another method, need not. A file whose list cannot be read
  /// needs none: it is read as it comes, and its damage is told then.
  static func isNeeded(_ file: FileSource) -> Bool {
    guard let size = file.size, let list = place(file, size), list.count <= mostBytes else { return false }
    var (at, left) = (list.lowerBound, list.count)
    var buffer: [UInt8] = []
    var (isNeeded, entries) = (false, 0)
    while left > 0 {
      let more = file.bytes(at: at, count: min(left, 1 << 16))
      guard !more.isEmpty else { return false }
      at += more.count
      left -= more.count
      buffer += more
      var next = 0
      while next + entryBytes <= buffer.count {
        guard number(buffer, next, 4) == 0x0201_4B50 else { return false }
        let length =
          entryBytes + number(buffer, next + 28, 2) + number(buffer, next + 30, 2) + number(buffer, next + 32, 2)
        guard next + length <= buffer.count else { break }
        let (flags, method) = (number(buffer, next + 8, 2), number(buffer, next + 10, 2))
        if flags & 8 != 0, method != deflate { isNeeded = true }
        entries += 1
        // libarchive keeps what the list says of each.
        guard entries <= InputLimits.archiveEntries else { return false }
        next += length
      }
      buffer.removeFirst(next)
    }
    return isNeeded
  }

  /// Where the list lies in the file.
  private static func place(_ file: FileSource, _ size: Int) -> Range<Int>? {
    // The end may be followed by a comment of 64 KiB.
    let start = max(0, size - endBytes - 0xFFFF)
    let tail = file.bytes(at: start, count: size - start)
    guard tail.count >= endBytes,
      let end = (0...tail.count - endBytes).last(where: {
        tail[$0] == 0x50 && number(tail, $0, 4) == 0x0605_4B50
          && $0 + endBytes + number(tail, $0 + 20, 2) == tail.count
      })
    else { return nil }
    var (length, at) = (number(tail, end + 12, 4), number(tail, end + 16, 4))
    if length == 0xFFFF_FFFF || at == 0xFFFF_FFFF, end >= locatorBytes,
      number(tail, end - locatorBytes, 4) == 0x0706_4B50
    {
      let large = file.bytes(at: number(tail, end - locatorBytes + 8, 8), count: 56)
      guard large.count == 56, number(large, 0, 4) == 0x0606_4B50 else { return nil }
      (length, at) = (number(large, 40, 8), number(large, 48, 8))
    }
    guard at >= 0, length >= 0, at < size, length <= size - at else { return nil }
    return at..<at + length
  }

  /// A little-endian number of up to 8 bytes; one that is too large for a place in a file is -1.
  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
    return Int(exactly: value) ?? -1
  }
}
