import Events

/// Writes what the heads of events hold: ids in their order, times, forms and contents in that of the rows.
enum HeadEncoder {
  /// The ids, sorted, with their scopes and rows: 24 bytes each.
  static func identities(_ heads: [EventHead]) -> ByteRoom {
    struct Entry {
      var identity: EventIdentity
      var row: UInt32
    }
    var entries = heads.indices.map { Entry(identity: heads[$0].identity, row: UInt32($0)) }
    entries.sort { one, other in
      let (left, right) = (one.identity, other.identity)
      if left.id.high != right.id.high { return left.id.high < right.id.high }
      if left.id.low != right.id.low { return left.id.low < right.id.low }
      return left.scope != right.scope ? left.scope < right.scope : one.row < other.row
    }
    var room = ByteRoom(capacity: entries.count * SegmentFormat.identityBytes)
    for entry in entries {
      room.append(fixed: entry.identity.id.high)
      room.append(fixed: entry.identity.id.low)
      room.append(fixed: entry.identity.scope)
      room.append(fixed: entry.row)
    }
    return room
  }

  /// Which rows have a time, the times, and the forms.
  static func times(_ heads: [EventHead]) -> ByteRoom {
    var room = ByteRoom(capacity: heads.count * 3 + 16)
    let isSome = heads.contains { $0.time == .missing }
    let isSeconds = heads.allSatisfy { $0.time == .missing || $0.time.milliseconds % 1000 == 0 }
    room.append((isSome ? 1 : 0) | (isSeconds ? 2 : 0))
    if isSome {
      for start in stride(from: 0, to: heads.count, by: 8) {
        var bits: UInt8 = 0
        for at in start..<min(start + 8, heads.count) where heads[at].time != .missing {
          bits |= 1 << UInt8(at - start)
        }
        room.append(bits)
      }
    }
    var last: Int64 = 0
    for head in heads where head.time != .missing {
      let time = isSeconds ? head.time.milliseconds / 1000 : head.time.milliseconds
      let distance = time &- last
      room.append(varint: UInt64(bitPattern: distance << 1 ^ distance >> 63))
      last = time
    }
    for head in heads { room.append(head.form) }
    return room
  }

  /// Four bytes a row.
  static func contents(_ heads: [EventHead]) -> ByteRoom {
    var room = ByteRoom(capacity: heads.count * 4)
    for head in heads { room.append(fixed: head.content) }
    return room
  }

  static func range(_ heads: [EventHead]) -> ClosedRange<Timestamp>? {
    var range: ClosedRange<Timestamp>?
    for head in heads where head.time != .missing {
      guard let known = range else {
        range = head.time...head.time
        continue
      }
      range = min(known.lowerBound, head.time)...max(known.upperBound, head.time)
    }
    return range
  }
}
