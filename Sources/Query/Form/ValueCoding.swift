import Events

// Values as bytes: a byte for the kind, and what belongs to it. Whole numbers are little-endian words, texts have their length in
// four bytes before them.

/// Writes values as bytes.
public struct ValueWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func append(_ byte: UInt8) { bytes.append(byte) }

  public mutating func append(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A number or a count of at most 32 bits.
  public mutating func append(count: Int) {
    withUnsafeBytes(of: UInt32(clamping: count).littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(count: utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  /// Nil is a kind of its own.
  public mutating func append(_ value: Value?) {
    switch value {
    case nil: append(UInt8(0))
    case .boolean(let flag): append(flag ? 2 : 1 as UInt8)
    case .whole(let number):
      append(3 as UInt8)
      append(UInt64(bitPattern: number))
    case .unsigned(let number):
      append(4 as UInt8)
      append(number)
    case .double(let number):
      append(5 as UInt8)
      append(number.bitPattern)
    case .text(let text):
      append(6 as UInt8)
      append(text)
    case .address(let address):
      append(7 as UInt8)
      append(address.high)
      append(address.low)
    case .version(let version):
      append(8 as UInt8)
      append(version.text)
    case .point(let x, let y):
      append(9 as UInt8)
      append(x.bitPattern)
      append(y.bitPattern)
    case .span(let months, let days, let milliseconds):
      append(10 as UInt8)
      for part in [months, days, milliseconds] { append(UInt64(bitPattern: part)) }
    }
  }
}

/// Reads what a `ValueWriter` wrote. Nothing in the bytes is trusted: every reading may fail, and gives nil then.
public struct ValueReader {
  private var bytes: UnsafeRawBufferPointer.SubSequence

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes[...] }

  public var isAtEnd: Bool { bytes.isEmpty }

  public mutating func byte() -> UInt8? { bytes.popFirst() }

  public mutating func word() -> UInt64? {
    guard bytes.count >= 8 else { return nil }
    defer { bytes = bytes.dropFirst(8) }
    return UInt64(littleEndian: UnsafeRawBufferPointer(rebasing: bytes).loadUnaligned(as: UInt64.self))
  }

  public mutating func number() -> Int? {
    guard bytes.count >= 4 else { return nil }
    defer { bytes = bytes.dropFirst(4) }
    return Int(UInt32(littleEndian: UnsafeRawBufferPointer(rebasing: bytes).loadUnaligned(as: UInt32.self)))
  }

  /// How many things follow, of which each takes a byte at least.
  public mutating func count() -> Int? { number().flatMap { $0 <= bytes.count ? $0 : nil } }

  public mutating func text() -> String? {
    guard let length = count() else { return nil }
    defer { bytes = bytes.dropFirst(length) }
    return String(decoding: bytes.prefix(length), as: UTF8.self)
  }

  private mutating func double() -> Double? { word().map(Double.init(bitPattern:)) }
  private mutating func whole() -> Int64? { word().map(Int64.init(bitPattern:)) }

  /// A value, which may be nil; the outer nil is where there is none.
  public mutating func value() -> Value?? {
    guard let kind = byte() else { return nil }
    switch kind {
    case 0: return .some(nil)
    case 1, 2: return .boolean(kind == 2)
    case 3: return whole().map { .whole($0) }
    case 4: return word().map { .unsigned($0) }
    case 5: return double().map { .double($0) }
    case 6: return text().map { .text($0) }
    case 7:
      guard let high = word(), let low = word() else { return nil }
      return .address(IPAddress(high: high, low: low))
    case 8: return text().map { .version(SemanticVersion($0)) }
    case 9:
      guard let x = double(), let y = double() else { return nil }
      return .point(x: x, y: y)
    case 10:
      guard let months = whole(), let days = whole(), let rest = whole() else { return nil }
      return .span(months: months, days: days, milliseconds: rest)
    default: return nil
    }
  }
}
