import Foundation

/// Names for files, made of what people call things: letters, digits and one separator, never a path.
public enum SafeName {
  /// At most this many characters, so that endings still fit where names have 255 bytes.
  public static let maximumLength = 100

  /// The text in lower case, with accents taken off and everything but ASCII letters and digits become `separator`;
  /// `fallback` where nothing is left.
  public static func make(_ text: String, separator: Character, fallback: String) -> String {
    let plain = text.lowercased().replacing("ß", with: "ss").replacing("æ", with: "ae").replacing("ø", with: "o")
      .folding(options: [.diacriticInsensitive, .widthInsensitive], locale: nil)
    var name = ""
    for scalar in plain.unicodeScalars {
      if scalar.isASCII, scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        name.unicodeScalars.append(scalar)
      } else if scalar != "'", scalar != "’", !name.isEmpty, name.last != separator {
        name.append(separator)
      }
      if name.count >= maximumLength { break }
    }
    while name.last == separator { name.removeLast() }
    return name.isEmpty ? fallback : name
  }

  /// The name, with a number behind it where it is taken; remembers it as taken.
  public static func unique(_ name: String, separator: Character, taken: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name)\(separator)\(number)"
      number += 1
    }
    return candidate
  }
}
