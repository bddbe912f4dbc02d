/// What a character does to the words around it.
enum WordBreakClass {
  case letter
  case digit
  case katakana
  /// A word by itself.
  case ideograph
  /// A letter of a script that writes without spaces.
  case complex
  /// `_` and its like.
  case joiner
  /// Stays inside a word between letters.
  case midLetter
  /// Stays inside a word between digits.
  case midNumber
  /// Stays inside a word between letters and between digits.
  case midBoth
  /// A mark that belongs to the character before it.
  case extend
  case other

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x61...0x7A, 0x41...0x5A: self = .letter
    case 0x30...0x39: self = .digit
    case 0x5F: self = .joiner
    case 0x2E, 0x27: self = .midBoth
    case 0x3A: self = .midLetter
    case 0x2C, 0x3B: self = .midNumber
    case ..<0x80: self = .other
    default: self = Self.beyondASCII(scalar)
    }
  }

  private static func beyondASCII(_ scalar: Unicode.Scalar) -> WordBreakClass {
    switch scalar.value {
    case 0x2018, 0x2019, 0x2024, 0xFE52, 0xFF07, 0xFF0E: return .midBoth
    case 0xB7, 0x387, 0x55F, 0x5F4, 0x2027, 0xFE13, 0xFE55, 0xFF1A: return .midLetter
    case 0x37E, 0x589, 0x60C, 0x60D, 0x66C, 0x7F8, 0x2044, 0xFE10, 0xFE14, 0xFE50, 0xFE54, 0xFF0C, 0xFF1B:
      return .midNumber
    case 0x200B: return .other
    case 0x3031...0x3035, 0x309B, 0x309C, 0x30A0...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF, 0x32D0...0x32FE,
      0x3300...0x3357, 0xFF66...0xFF9D:
      return .katakana
    case 0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F, 0x1F200: return .ideograph
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: return .extend
    case .decimalNumber: return .digit
    case .connectorPunctuation: return .joiner
    default: break
    }
    if properties.isIdeographic { return .ideograph }
    guard properties.isAlphabetic else { return .other }
    switch scalar.value {
    case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1950...0x19DF, 0x1A20...0x1AAF, 0xA9E0...0xA9FF,
      0xAA60...0xAADF:
      return .complex
    default: return .letter
    }
  }
}
