import Events

extension Segment {
  /// The heads of all events, by row.
  public func heads() throws(SegmentError) -> [EventHead] {
    try telling { () throws(SegmentFault) in try readHeads() }
  }

  /// The rows of the events whose identities are among some.
  ///
  /// Nothing is unpacked; the cost goes by the number of identities, times the logarithm of the number of events where they
  /// lie far apart.
  ///
  /// - Parameter identities: sorted by their ids; scopes in any order. The same may come several times.
  /// - Returns: by the place in `identities`, then by row.
  public func rows(of identities: [EventIdentity]) throws(SegmentError) -> [(place: Int, row: Int)] {
    try telling { () throws(SegmentFault) in
      var blocks = IdentityBlocks(self)
      return try blocks.rows(of: identities)
    }
  }

  /// The rows of the events of some ids, whatever their scope; as `rows(of:)` gives them.
  ///
  /// - Parameter ids: sorted.
  public func rows(ofIDs ids: [EventID]) throws(SegmentError) -> [(place: Int, row: Int)] {
    try telling { () throws(SegmentFault) in
      var blocks = IdentityBlocks(self)
      return try blocks.rows(of: ids.map { EventIdentity($0) }, anyScope: true)
    }
  }

  /// Calls `body` with the id of every event, in the order of ids. Nothing is unpacked.
  public func forEachID(_ body: (EventID) -> Void) throws(SegmentError) {
    try telling { () throws(SegmentFault) in
      var blocks = IdentityBlocks(self)
      for place in 0..<footer.rowCount { body(try blocks.entry(place).id) }
    }
  }

  /// The times of all events, by row; `Timestamp.missing` where one has none.
  public func times() throws(SegmentError) -> [Timestamp] {
    try telling { () throws(SegmentFault) in
      guard let timeBlock = footer.timeBlock else { return [] }
      var times = [Timestamp](repeating: .missing, count: footer.rowCount)
      _ = try readTimes(timeBlock, unpacker()) { times[$0] = $1 }
      return times
    }
  }

  /// What the source texts of all events are, by row, as in `EventHead`.
  public func forms() throws(SegmentError) -> [UInt8] {
    try telling { () throws(SegmentFault) in
      guard let timeBlock = footer.timeBlock else { return [] }
      return try readTimes(timeBlock, unpacker()) { _, _ in }
    }
  }

  private static let noHead = EventHead(
    time: .missing, identity: EventIdentity(EventID(high: 0, low: 0)), content: EventHead.unnamed, form: 0)

  func readHeads() throws(SegmentFault) -> [EventHead] {
    guard let timeBlock = footer.timeBlock, let contentBlock = footer.contentBlock else { return [] }
    var heads = [EventHead](repeating: Self.noHead, count: footer.rowCount)
    var blocks = IdentityBlocks(self)
    try blocks.forEach { heads[Int($0.row)].identity = $0.identity }
    let unpacker = self.unpacker()
    var room = ByteRoom()
    defer { withExtendedLifetime(room) {} }
    try unpacker.unpack(contentBlock, into: &room)
    for row in heads.indices {
      heads[row].content = UInt32(littleEndian: room.bytes.loadUnaligned(fromByteOffset: row * 4, as: UInt32.self))
    }
    let forms = try readTimes(timeBlock, unpacker) { heads[$0].time = $1 }
    for row in heads.indices { heads[row].form = forms[row] }
    return heads
  }

  /// Heads that tell nothing but their times.
  func readTimedHeads() throws(SegmentFault) -> [EventHead] {
    guard let timeBlock = footer.timeBlock else { return [] }
    var heads = [EventHead](repeating: Self.noHead, count: footer.rowCount)
    _ = try readTimes(timeBlock, unpacker()) { heads[$0].time = $1 }
    return heads
  }

  /// Reads times, of which `put` gets those that are there with their rows, and gives the forms.
  @inline(__always)
  private func readTimes(
    _ block: BlockPlace, _ unpacker: BlockUnpacker, _ put: (Int, Timestamp) -> Void
  ) throws(SegmentFault) -> [UInt8] {
    var room = ByteRoom()
    defer { withExtendedLifetime(room) {} }
    try unpacker.unpack(block, into: &room)
    var reader = ByteReader(room.bytes, of: block)
    let flags = try reader.byte()
    guard flags < 4 else { throw reader.fault("the times are written in a way that is none") }
    let unit: Int64 = flags & 2 == 0 ? 1 : 1000
    let present = flags & 1 == 0 ? nil : try reader.take((footer.rowCount + 7) / 8)
    var last: Int64 = 0
    var range: ClosedRange<Timestamp>?
    for row in 0..<footer.rowCount {
      if let present, present[row >> 3] >> UInt8(row & 7) & 1 == 0 { continue }
      let folded = try reader.varint()
      last &+= Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
      let time = Timestamp(milliseconds: last &* unit)
      guard time != .missing else { throw reader.fault("a time is none") }
      put(row, time)
      if let known = range {
        if !known.contains(time) { range = min(known.lowerBound, time)...max(known.upperBound, time) }
      } else {
        range = time...time
      }
    }
    guard range == footer.times else { throw reader.fault("the times are not within what the footer says") }
    let forms = Array(try reader.take(footer.rowCount))
    try reader.finish()
    return forms
  }
}
