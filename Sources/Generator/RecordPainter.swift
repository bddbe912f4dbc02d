/// Fills the slots of templates: literal pieces and names are copied, numbers are written digit by digit.
struct RecordPainter {
  private let writer: ByteWriter
  private let literals: UnsafePointer<UInt8>
  private let names: UnsafePointer<UInt8>
  private let pool: NamePool
  private let accountID: [UInt8]
  private let regionName: [UInt8]
  private let region: Int
  private let seed: UInt64
  private let dayStart: Int
  private let dashedDay: [UInt8]
  private let slashedDay: [UInt8]

  private var second = 0
  private var ordinal: UInt64 = 0
  private var choice: UInt64 = 0
  private var detail: UInt64 = 0
  private var offset = 0
  private var spread = 1

  init(
    writer: ByteWriter, literals: UnsafePointer<UInt8>, names: UnsafePointer<UInt8>, account: Account, region: Int,
    world: World, day: Int
  ) {
    self.writer = writer
    self.literals = literals
    self.names = names
    pool = account.names
    accountID = Array(account.id.utf8)
    regionName = Array(account.allRegions[region].utf8)
    self.region = region
    seed = world.seed
    dayStart = (world.firstDay + day) * 86_400
    let date = CivilDate(daysSinceEpoch: world.firstDay + day)
    dashedDay = Array(date.dashed.utf8)
    slashedDay = Array(date.slashed.utf8)
  }

  /// Takes what belongs to the next record: `choice` decides which names it is about, `detail` its other particulars.
  @inline(__always)
  mutating func begin(second: Int, ordinal: UInt64, choice: UInt64, detail: UInt64, actor: borrowing Actor) {
    self.second = second
    self.ordinal = ordinal
    self.choice = choice
    self.detail = detail
    offset = actor.offset
    spread = actor.spread
  }

  @inline(__always)
  func paint(_ template: borrowing Template, session: Session, random: inout SeededRandom) {
    for piece in template.pieces {
      writer.append(literals + piece.offset, piece.length)
      if let slot = piece.slot { fill(slot, session, &random) }
    }
  }

  @inline(__always)
  private func fill(_ slot: Slot, _ session: Session, _ random: inout SeededRandom) {
    switch slot {
    case .identity: append(session, session.identity)
    case .address: append(session, session.address)
    case .egress: append(session, session.egress)
    case .agent: append(session, session.agent)
    case .actor: append(session, session.actor)
    case .tls: append(session, session.tls)
    case .time: appendTime()
    case .day: writer.append(dashedDay)
    case .slashedDay: writer.append(slashedDay)
    case .hour: writer.appendTwoDigits(second / 3_600)
    case .longTime: writer.append(CivilDate.longTimestamp(dayStart + second))
    case .longExpiry: writer.append(CivilDate.longTimestamp(dayStart + second + 3_600))
    case .region: writer.append(regionName)
    case .account: writer.append(accountID)
    case .eventID:
      let (high, low) = UniqueID.halves(seed: seed, ordinal: ordinal)
      writer.appendUUID(high: high, low: low)
    case .uuid:
      writer.appendUUID(high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63)
    case .s3RequestID: appendText(16, Alphabet.base36, 32, &random)
    case .s3HostID:
      appendText(75, Alphabet.base64, 64, &random)
      writer.append(61)
    case .sessionToken:
      // Tokens of one kind begin alike; the rest stands for what a real one encrypts.
      writer.append(Self.tokenStart)
      appendText(160, Alphabet.base64, 64, &random)
    case .temporaryKey:
      writer.append(Self.temporaryKeyStart)
      appendText(16, Alphabet.base32, 32, &random)
    case .hexadecimal8: writer.appendHexadecimal(detail, 8)
    case .hexadecimal17:
      writer.append(48)
      writer.appendHexadecimal(detail, 16)
    case .number: writer.appendDecimal(2 + detail >> 57)
    case .size: writer.appendDecimal(200 + (detail & 0xffff) * (detail >> 48 & 0xff))
    case .name(let list): appendName(list)
    }
  }

  private static let tokenStart = Array(
    "IQoJb3JpZ2luX2VjEIz//////////wEaCXVzLWVhc3QtMSJHMEUCIQDexampleOnly//////////ARAAGgw".utf8)
  private static let temporaryKeyStart = Array("ASIA".utf8)

  @inline(__always)
  private func append(_ session: Session, _ range: Session.Range) {
    session.bytes.withUnsafeBufferPointer { bytes in
      if let start = bytes.baseAddress { writer.append(start + range.offset, range.length) }
    }
  }

  @inline(__always)
  private func appendTime() {
    writer.append(dashedDay)
    writer.append(84)
    writer.appendTwoDigits(second / 3_600)
    writer.append(58)
    writer.appendTwoDigits(second / 60 % 60)
    writer.append(58)
    writer.appendTwoDigits(second % 60)
    writer.append(90)
  }

  /// One of the actor's own entries of the list, by the bits of `choice` that belong to the list.
  ///
  /// Lists share bits in groups, so that a role and its identifier always go together.
  @inline(__always)
  private func appendName(_ list: NameList) {
    let index = pool.index(list, region: region)
    pool.lists[index].withUnsafeBufferPointer { entries in
      let bits = list == .instance || list == .volume ? choice << 32 : choice
      let own = Skew.pick(bits, among: min(spread, entries.count))
      let entry = entries[(offset + own) % entries.count]
      writer.append(names + entry.offset, entry.length)
    }
  }

  /// `count` characters of an alphabet of 32 or 64 (or, of a longer one, its first 32), five or six bits each.
  @inline(__always)
  private func appendText(_ count: Int, _ alphabet: [UInt8], _ size: UInt64, _ random: inout SeededRandom) {
    alphabet.withUnsafeBufferPointer { letters in
      var word: UInt64 = 0
      var left = 0
      writer.reserve(count)
      for _ in 0..<count {
        if left == 0 {
          word = random.next()
          left = 10
        }
        writer.append(letters[Int(truncatingIfNeeded: word & (size - 1))])
        word >>= 6
        left -= 1
      }
    }
  }
}
