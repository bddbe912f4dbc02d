/// Numbers that look random and depend on nothing but the seed: the same on every machine, unlike the system's generator.
struct SeededRandom {
  private var state: UInt64

  /// A stream of its own for each combination of the seed and what the numbers are for.
  init(_ seed: UInt64, _ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0, _ fourth: UInt64 = 0) {
    var state = Self.mix(seed ^ 0x6d61_7274_6c65_7421)
    state = Self.mix(state &+ first &* 0x9e37_79b9_7f4a_7c15)
    state = Self.mix(state &+ second &* 0xc2b2_ae3d_27d4_eb4f)
    state = Self.mix(state &+ third &* 0x1656_67b1_9e37_79f9)
    self.state = Self.mix(state &+ fourth &* 0x2545_f491_4f6c_dd1d)
  }

  /// Spreads every bit of `value` over the whole word; one-to-one.
  static func mix(_ value: UInt64) -> UInt64 {
    var word = value
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// A number from 0 up to, not including, `bound`, which is above 0.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: bound)).high)
  }

  /// Text of `count` characters taken from `alphabet`.
  mutating func text(_ count: Int, of alphabet: [UInt8]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for _ in 0..<count { bytes.append(alphabet[below(alphabet.count)]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What for a stream of random numbers is drawn: keeps unrelated choices from moving together.
enum Purpose {
  static let account: UInt64 = 1
  static let session: UInt64 = 2
  static let file: UInt64 = 3
  static let fileName: UInt64 = 4
  static let attack: UInt64 = 5
  static let administration: UInt64 = 6
  static let eventID: UInt64 = 7
}

/// Letter sets that identifiers are made of.
enum Alphabet {
  static let hexadecimal = Array("0123456789abcdef".utf8)
  static let digits = Array("0123456789".utf8)
  static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
  static let base36 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  static let alphanumeric = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
}
