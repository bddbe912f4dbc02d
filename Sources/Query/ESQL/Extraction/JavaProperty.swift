/// Properties of characters by the names that `java.util.regex` has for them, as what stands in a class of Oniguruma.
enum JavaProperty {
  /// Nil for a name that is none.
  static func set(_ name: String, isUnicode: Bool) -> String? {
    if let equals = name.firstIndex(of: "=") {
      let value = String(name[name.index(after: equals)...])
      switch name[..<equals].lowercased() {
      case "sc", "script": return script(value)
      case "blk", "block": return block(value)
      case "gc", "general_category": return category(value)
      default: return nil
      }
    }
    if name.hasPrefix("In") { return block(String(name.dropFirst(2))) }
    if name.hasPrefix("Is") {
      let name = String(name.dropFirst(2))
      return binary[name.uppercased().filter { $0 != "_" }] ?? category(name) ?? script(name)
    }
    if name.hasPrefix("java") { return ofCharacter[String(name.dropFirst(4))] }
    if let known = posix[name] { return isUnicode ? known.unicode : known.ascii }
    return category(name)
  }

  private static let categories: Set<String> = [
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cs",
    "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf", "L", "M", "N", "Z", "C", "P", "S",
  ]

  private static func category(_ name: String) -> String? {
    switch name {
    case "LC": return "\\p{Lu}\\p{Ll}\\p{Lt}"
    case "LD": return "\\p{L}\\p{Nd}"
    case "L1": return "\\x{0}-\\x{FF}"
    case "all": return "\\x{0}-\\x{10FFFF}"
    default: return categories.contains(name) ? "\\p{\(name)}" : nil
    }
  }

  /// Oniguruma knows scripts by the same names, and tells which it does not know. Its other properties are none of Java's.
  private static func script(_ name: String) -> String? {
    guard isName(name), !notScripts.contains(name.uppercased().filter { $0 != "_" && $0 != " " }) else { return nil }
    return "\\p{\(name)}"
  }

  private static func block(_ name: String) -> String? {
    guard isName(name) else { return nil }
    // Java has shorter names for some.
    let full = ["GREEK": "Greek_and_Coptic", "COMBININGMARKSFORSYMBOLS": "Combining_Diacritical_Marks_for_Symbols"]
    return "\\p{In_\(full[name.uppercased().filter { $0 != "_" && $0 != " " }] ?? name)}"
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
          UInt8(ascii: "-"), UInt8(ascii: " "):
          true
        default: false
        }
      }
  }

  /// What Oniguruma has beside scripts, by names that could be taken for such.
  private static let notScripts: Set<String> = [
    "ALNUM", "ALPHA", "ANY", "ASSIGNED", "ASCII", "BLANK", "CNTRL", "DIGIT", "GRAPH", "LOWER", "PRINT", "PUNCT",
    "SPACE",
    "UPPER", "WORD", "XDIGIT", "XPOSIXPUNCT", "POSIXPUNCT",
  ]

  /// `\p{Is…}` of Unicode's binary properties, in capitals without underscores.
  private static let binary: [String: String] = [
    "ALPHABETIC": "\\p{Alphabetic}", "LETTER": "\\p{L}", "IDEOGRAPHIC": "\\p{Ideographic}",
    "LOWERCASE": "\\p{Lowercase}", "UPPERCASE": "\\p{Uppercase}", "TITLECASE": "\\p{Lt}",
    "WHITESPACE": "\\p{White_Space}", "CONTROL": "\\p{Cc}", "PUNCTUATION": "\\p{P}",
    "HEXDIGIT": "\\p{Nd}0-9A-Fa-f\\x{FF10}-\\x{FF19}\\x{FF21}-\\x{FF26}\\x{FF41}-\\x{FF46}",
    "ASSIGNED": "\\p{Assigned}", "NONCHARACTERCODEPOINT": "\\p{Noncharacter_Code_Point}", "DIGIT": "\\p{Nd}",
    "ALNUM": "\\p{Alphabetic}\\p{Nd}", "BLANK": "\\p{Zs}\\t", "GRAPH": posix["Graph"]?.unicode ?? "",
    "PRINT": posix["Print"]?.unicode ?? "", "WORD": word, "JOINCONTROL": "\\x{200C}\\x{200D}",
    "EMOJI": "\\p{Emoji}", "EMOJIPRESENTATION": "\\p{Emoji_Presentation}",
    "EMOJIMODIFIER": "\\p{Emoji_Modifier}", "EMOJIMODIFIERBASE": "\\p{Emoji_Modifier_Base}",
    "EMOJICOMPONENT": "\\p{Emoji_Component}", "EXTENDEDPICTOGRAPHIC": "\\p{Extended_Pictographic}",
  ]

  private static let word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}"

  /// The classes of POSIX, of ASCII alone unless `(?U)` says otherwise.
  private static let posix: [String: (ascii: String, unicode: String)] = [
    "Lower": ("a-z", "\\p{Lowercase}"), "Upper": ("A-Z", "\\p{Uppercase}"),
    "ASCII": ("\\x{0}-\\x{7F}", "\\x{0}-\\x{7F}"),
    "Alpha": ("a-zA-Z", "\\p{Alphabetic}"), "Digit": ("0-9", "\\p{Nd}"),
    "Alnum": ("a-zA-Z0-9", "\\p{Alphabetic}\\p{Nd}"),
    "Punct": ("\\x{21}-\\x{2F}\\x{3A}-\\x{40}\\x{5B}-\\x{60}\\x{7B}-\\x{7E}", "\\p{P}"),
    "Graph": ("\\x{21}-\\x{7E}", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}"),
    "Print": ("\\x{20}-\\x{7E}", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}\\p{Zs}"),
    "Blank": ("\\x{20}\\t", "\\p{Zs}\\t"), "Cntrl": ("\\x{0}-\\x{1F}\\x{7F}", "\\p{Cc}"),
    "XDigit": ("0-9A-Fa-f", "\\p{Nd}A-Fa-f"), "Space": ("\\x{20}\\t-\\r", "\\p{White_Space}"),
  ]

  /// `\p{java…}`: what the methods `Character.is…` say.
  private static let ofCharacter: [String: String] = [
    "LowerCase": "\\p{Lowercase}", "UpperCase": "\\p{Uppercase}", "Alphabetic": "\\p{Alphabetic}",
    "Ideographic": "\\p{Ideographic}", "TitleCase": "\\p{Lt}", "Digit": "\\p{Nd}", "Defined": "\\p{Assigned}",
    "Letter": "\\p{L}", "LetterOrDigit": "\\p{L}\\p{Nd}", "SpaceChar": "\\p{Z}",
    "JavaIdentifierStart": "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}",
    "JavaIdentifierPart": "\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}\\p{Nd}\\p{Mc}\\p{Mn}\(ignorable)",
    "UnicodeIdentifierStart": "\\p{ID_Start}", "UnicodeIdentifierPart": "\\p{ID_Continue}\(ignorable)",
    "IdentifierIgnorable": ignorable,
    "Whitespace":
      "\\t-\\r\\x{1C}-\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200A}\\x{2028}\\x{2029}\\x{205F}\\x{3000}",
    "ISOControl": "\\x{0}-\\x{1F}\\x{7F}-\\x{9F}",
  ]

  private static let ignorable = "\\x{0}-\\x{8}\\x{E}-\\x{1B}\\x{7F}-\\x{9F}\\p{Cf}"
}
