import Events
import Query

// An answer as bytes:
//
//   version        a byte
//   start          a byte: 1 where there is one, 2 where there is one of a replay, 3 for both; then a varint for each
//   kinds          a varint for how many; of each a text and a byte
//   faults         a varint for how many; of each a text
//   conditions     a varint for how many beside `always`; of each a byte for its kind and what belongs to it
//   notes          a varint for how many; of each a text
//   matches        a varint for how many; of each the distance of its number from the one before (varint), 16 bytes of its id,
//                  the distance of its time from the one before (varint), a byte of flags, and what those announce
//
// Varints are LEB128; those of what may be negative hold 2n or −2n − 1. A text is a varint for its bytes, and these.
extension RuleAnswer {
  /// Raised whenever rules come to give other answers about the same columns, so that kept ones are asked for anew.
  public static let version: UInt8 = 4

  private static let lacksOverride: UInt8 = 1
  private static let hasTimestamp: UInt8 = 2
  private static let hasCondition: UInt8 = 4
  private static let isCutOff: UInt8 = 8
  /// Other than one note.
  private static let hasCount: UInt8 = 16
  private static let ingestedHere: UInt8 = 32
  private static let isOfRecord: UInt8 = 64

  /// The answer as bytes; nil for one that cannot be kept, since it hangs on times that are relative to the execution's.
  public func encoded() -> [UInt8]? {
    var output = AnswerWriter()
    output.bytes.append(Self.version)
    output.bytes.append((start == nil ? 0 : 1) | (replayedStart == nil ? 0 : 2))
    if let start { output.signed(start) }
    if let replayedStart { output.signed(replayedStart) }
    output.count(kinds.count)
    for (path, kinds) in kinds.sorted(by: { $0.key < $1.key }) {
      output.text(Array(path.utf8))
      output.bytes.append(kinds.rawValue)
    }
    output.count(faults.count)
    for fault in faults.sorted() { output.text(Array(fault.utf8)) }
    output.count(conditions.count - 1)
    for condition in conditions.dropFirst() { guard output.condition(condition) else { return nil } }
    output.count(notes.count)
    for code in 1..<max(1, notes.count + 1) {
      notes.withValue(UInt32(code)) { output.text($0.bytes) }
    }
    output.count(matches.count)
    var (number, time, next): (UInt32, Int64, Int) = (0, 0, 0)
    for match in matches {
      output.varint(UInt64(match.number - number))
      withUnsafeBytes(of: (match.id.high.littleEndian, match.id.low.littleEndian)) {
        output.bytes.append(contentsOf: $0)
      }
      output.signed(match.time &- time)
      var flags: UInt8 = 0
      if match.lacksOverride { flags |= Self.lacksOverride }
      if match.timestamp != 0 { flags |= Self.hasTimestamp }
      if match.condition != 0 { flags |= Self.hasCondition }
      if match.isCut { flags |= Self.isCutOff }
      if match.noteCount != 1 { flags |= Self.hasCount }
      if match.isIngestedHere { flags |= Self.ingestedHere }
      if match.isRecord { flags |= Self.isOfRecord }
      output.bytes.append(flags)
      if match.timestamp != 0 { output.signed(match.timestamp &- match.time) }
      if match.condition != 0 { output.varint(UInt64(match.condition)) }
      if match.noteCount != 1 { output.count(match.noteCount) }
      for at in next..<next + match.noteCount { output.varint(UInt64(codes[at])) }
      (number, time, next) = (match.number, match.time, next + match.noteCount)
    }
    return output.bytes
  }

  /// Reads an answer about a piece of some events. Nothing in the bytes is trusted: nil for such as no answer has.
  public init?(_ bytes: UnsafeRawBufferPointer, eventCount: Int) {
    var input = AnswerReader(bytes: bytes)
    guard input.byte() == Self.version, let starts = input.byte(), starts < 4 else { return nil }
    if starts & 1 != 0 {
      guard let start = input.signed() else { return nil }
      self.start = start
    }
    if starts & 2 != 0 {
      guard let start = input.signed() else { return nil }
      replayedStart = start
    }
    guard let kindCount = input.count() else { return nil }
    for _ in 0..<kindCount {
      guard let path = input.text(), let kinds = input.byte() else { return nil }
      self.kinds[String(decoding: path, as: UTF8.self)] = FieldKinds(rawValue: kinds)
    }
    guard let faultCount = input.count() else { return nil }
    for _ in 0..<faultCount {
      guard let fault = input.text() else { return nil }
      faults.note(String(decoding: fault, as: UTF8.self))
    }
    guard let conditionCount = input.count() else { return nil }
    for _ in 0..<conditionCount {
      guard let condition = input.condition(depth: 0) else { return nil }
      conditions.append(condition)
    }
    guard let noteCount = input.count() else { return nil }
    var places: [UInt32] = [0]
    places.reserveCapacity(noteCount + 1)
    for _ in 0..<noteCount {
      guard let text = input.text() else { return nil }
      places.append(notes.insert(Scalar(.string, text.assumingMemoryBound(to: UInt8.self))))
    }
    guard let matchCount = input.count(), matchCount <= eventCount else { return nil }
    matches.reserveCapacity(matchCount)
    var (number, time): (UInt64, Int64) = (0, 0)
    for at in 0..<matchCount {
      guard let distance = input.varint(), at == 0 || distance > 0, let high = input.word(), let low = input.word(),
        let change = input.signed(), let flags = input.byte(), flags < 128
      else { return nil }
      let (sum, overflows) = number.addingReportingOverflow(distance)
      guard !overflows, sum < eventCount else { return nil }
      (number, time) = (sum, time &+ change)
      var match = Match(
        number: UInt32(number), id: EventID(high: high, low: low), time: time,
        lacksOverride: flags & Self.lacksOverride != 0,
        isIngestedHere: flags & Self.ingestedHere != 0, isRecord: flags & Self.isOfRecord != 0, noteCount: 1,
        isCut: flags & Self.isCutOff != 0)
      if flags & Self.hasTimestamp != 0 {
        guard let distance = input.signed() else { return nil }
        match.timestamp = time &+ distance
      }
      if flags & Self.hasCondition != 0 {
        guard let place = input.varint(), place < conditions.count else { return nil }
        match.condition = UInt32(place)
      }
      if flags & Self.hasCount != 0 {
        guard let count = input.count() else { return nil }
        match.noteCount = count
      }
      for _ in 0..<match.noteCount {
        guard let code = input.varint(), code > 0, code < places.count else { return nil }
        codes.append(places[Int(code)])
      }
      matches.append(match)
    }
    guard input.isAtEnd else { return nil }
  }
}

/// Writes the parts of an answer.
private struct AnswerWriter {
  var bytes: [UInt8] = []

  mutating func varint(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func count(_ number: Int) { varint(UInt64(number)) }

  mutating func signed(_ number: Int64) { varint(UInt64(bitPattern: number << 1 ^ number >> 63)) }

  mutating func text(_ text: some Collection<UInt8>) {
    count(text.count)
    bytes += text
  }

  /// False, and something that is no condition, for one that hangs on relative times.
  mutating func condition(_ condition: TimeCondition) -> Bool {
    switch condition {
    case .always: bytes.append(0)
    case .never: bytes.append(1)
    case .notBefore(let time):
      bytes.append(2)
      signed(time.milliseconds)
    case .all(let parts), .any(let parts):
      if case .all = condition { bytes.append(3) } else { bytes.append(4) }
      count(parts.count)
      for part in parts { guard self.condition(part) else { return false } }
    case .not(let inner):
      bytes.append(5)
      return self.condition(inner)
    case .value: return false
    }
    return true
  }
}

/// Reads the parts of an answer out of bytes that nobody vouches for; nil where they end early or say what cannot be.
private struct AnswerReader {
  let bytes: UnsafeRawBufferPointer
  private var at = 0

  /// Conditions within one another; those of rules have three.
  private static let deepest = 16

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  mutating func byte() -> UInt8? {
    guard at < bytes.count else { return nil }
    defer { at += 1 }
    return bytes[at]
  }

  mutating func word() -> UInt64? {
    guard bytes.count - at >= 8 else { return nil }
    defer { at += 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
  }

  mutating func varint() -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while let next = byte() {
      guard shift < 63 || next <= 1 else { return nil }
      number |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return number }
      shift += 7
    }
    return nil
  }

  /// A number of things that follow, each of at least a byte.
  mutating func count() -> Int? {
    guard let number = varint(), number <= bytes.count - at else { return nil }
    return Int(number)
  }

  mutating func signed() -> Int64? {
    guard let number = varint() else { return nil }
    return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }

  mutating func text() -> UnsafeRawBufferPointer? {
    guard let count = count() else { return nil }
    defer { at += count }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
  }

  mutating func condition(depth: Int) -> TimeCondition? {
    guard depth < Self.deepest, let kind = byte() else { return nil }
    switch kind {
    case 0: return .always
    case 1: return .never
    case 2: return signed().map { .notBefore(Timestamp(milliseconds: $0)) }
    case 3, 4:
      guard let count = count() else { return nil }
      var parts: [TimeCondition] = []
      for _ in 0..<count {
        guard let part = condition(depth: depth + 1) else { return nil }
        parts.append(part)
      }
      return kind == 3 ? .all(parts) : .any(parts)
    case 5: return condition(depth: depth + 1).map { .not($0) }
    default: return nil
    }
  }
}
