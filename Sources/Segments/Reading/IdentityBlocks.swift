import Events

/// The ids of a segment, as they lie in the file: sorted, with their scopes and rows. A block is checked when it is first
/// looked into. One reader's own.
struct IdentityBlocks: ~Copyable {
  private let map: SegmentMap
  private let footer: SegmentFooter
  private let isChecked: Bool
  /// By block: true when it was found right.
  private var isRight: [Bool]

  init(_ segment: borrowing Segment) {
    map = segment.map
    footer = segment.footer
    isChecked = segment.isChecked
    isRight = [Bool](repeating: false, count: segment.footer.identities.count)
  }

  /// An entry by its place in the order of ids.
  @inline(__always)
  mutating func entry(_ place: Int) throws(SegmentFault) -> IdentityEntry {
    let block = place / SegmentFormat.identitiesOfBlock
    if !isRight[block] { try check(block) }
    return load(block, place % SegmentFormat.identitiesOfBlock)
  }

  @inline(__always)
  private func load(_ block: Int, _ place: Int) -> IdentityEntry {
    IdentityEntry(
      map.bytes.baseAddress! + footer.identities[block].offset + SegmentFormat.blockHeaderBytes
        + place * SegmentFormat.identityBytes)
  }

  /// Checks that the entries of a block ascend from its fence to the next, and that their rows are rows.
  private mutating func check(_ block: Int) throws(SegmentFault) {
    let place = footer.identities[block]
    let (codec, bytes) = try BlockUnpacker.stored(place, of: map.bytes, isChecked: isChecked)
    guard codec == .stored else { throw SegmentFault(cause: "ids are compressed", block: place) }
    let count = bytes.count / SegmentFormat.identityBytes
    guard load(block, 0).id == footer.fences[block] else {
      throw SegmentFault(cause: "it starts with another id than the footer says", block: place)
    }
    var last: IdentityEntry?
    for at in 0..<count {
      let entry = load(block, at)
      guard entry.row < footer.rowCount else {
        throw SegmentFault(cause: "an id is that of row \(entry.row), of \(footer.rowCount)", block: place)
      }
      if let last, !last.isBefore(entry) { throw SegmentFault(cause: "ids do not ascend", block: place) }
      last = entry
    }
    guard block + 1 == footer.fences.count || last!.id <= footer.fences[block + 1] else {
      throw SegmentFault(cause: "ids do not ascend into the next block", block: place)
    }
    isRight[block] = true
  }

  /// Calls `body` with every entry, in the order of ids; a row that comes twice is a fault.
  mutating func forEach(_ body: (IdentityEntry) -> Void) throws(SegmentFault) {
    var rows = Bitmap(count: footer.rowCount)
    var last: IdentityEntry?
    for place in 0..<footer.rowCount {
      let entry = try entry(place)
      let block = footer.identities[place / SegmentFormat.identitiesOfBlock]
      if let last, !last.isBefore(entry) { throw SegmentFault(cause: "ids do not ascend", block: block) }
      guard !rows.contains(Int(entry.row)) else { throw SegmentFault(cause: "a row has two ids", block: block) }
      rows.insert(Int(entry.row))
      last = entry
      body(entry)
    }
  }

  /// Where an identity would stand: the first place from `start` on whose entry is not before it.
  private mutating func firstPlace(
    notBefore identity: EventIdentity, from start: Int, to end: Int
  ) throws(SegmentFault) -> Int {
    // Steps that double, then halves: what is near is found at once.
    var low = start
    var step = 1
    while low + step <= end, try entry(low + step - 1).isBefore(identity) {
      low += step
      step *= 2
    }
    var high = min(low + step - 1, end)
    while low < high {
      let middle = (low + high) / 2
      if try entry(middle).isBefore(identity) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The rows of events whose identity is among some, by the place of that, then by row.
  ///
  /// - Parameter anyScope: only ids count.
  mutating func rows(of identities: [EventIdentity], anyScope: Bool = false) throws(SegmentFault) -> [(
    place: Int, row: Int
  )] {
    var found: [(place: Int, row: Int)] = []
    // Everything before is before the id that is looked for.
    var start = 0
    var block = 0
    var last: EventID?
    for (place, identity) in identities.enumerated() {
      if let last, identity.id < last { (start, block) = (0, 0) }
      last = identity.id
      block = lastBlock(before: identity.id, from: block)
      start = max(start, block * SegmentFormat.identitiesOfBlock)
      // The first entry of the id, then of the scope: the next identity may have the id too.
      start = try firstPlace(notBefore: EventIdentity(identity.id), from: start, to: end(of: identity.id, from: block))
      var at = start
      if identity.scope > 0, !anyScope {
        at = try firstPlace(notBefore: identity, from: start, to: end(of: identity.id, from: block))
      }
      while at < footer.rowCount {
        let entry = try entry(at)
        guard anyScope ? entry.id == identity.id : entry.identity == identity else { break }
        found.append((place, Int(entry.row)))
        at += 1
      }
    }
    return found
  }

  /// The last block whose first id is before an id, or the first block.
  private func lastBlock(before id: EventID, from start: Int) -> Int {
    let fences = footer.fences
    guard start + 1 < fences.count, fences[start + 1] < id else { return start }
    var low = start + 1
    var high = fences.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if fences[middle] < id { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// A place that no entry of an id is behind.
  private func end(of id: EventID, from block: Int) -> Int {
    let fences = footer.fences
    var low = block
    var high = fences.count
    while low < high {
      let middle = (low + high) / 2
      if fences[middle] <= id { low = middle + 1 } else { high = middle }
    }
    return min(footer.rowCount, low * SegmentFormat.identitiesOfBlock)
  }
}

extension IdentityEntry {
  @inline(__always)
  func isBefore(_ other: IdentityEntry) -> Bool {
    id != other.id ? id < other.id : scope != other.scope ? scope < other.scope : row < other.row
  }

  @inline(__always)
  func isBefore(_ identity: EventIdentity) -> Bool { id != identity.id ? id < identity.id : scope < identity.scope }
}
