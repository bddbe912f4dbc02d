/// Which optional operators a regular expression of Lucene has.
public struct RegexFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `a&b`
  public static let intersection = RegexFlags(rawValue: 1)
  /// `~a`
  public static let complement = RegexFlags(rawValue: 2)
  /// `#`, which is no text at all.
  public static let empty = RegexFlags(rawValue: 4)
  /// `@`, which is any text.
  public static let anyString = RegexFlags(rawValue: 8)
  /// `<1-100>`
  public static let interval = RegexFlags(rawValue: 32)
  public static let all: RegexFlags = [.intersection, .complement, .empty, .anyString, .interval]

  /// The flags of names such as `COMPLEMENT|INTERVAL`, in any case; nil where one is none.
  public init?(names: String) {
    var flags: RegexFlags = []
    for name in names.split(separator: "|") {
      switch name.uppercased() {
      case "INTERSECTION": flags.insert(.intersection)
      case "COMPLEMENT": flags.insert(.complement)
      case "EMPTY": flags.insert(.empty)
      case "ANYSTRING": flags.insert(.anyString)
      case "INTERVAL": flags.insert(.interval)
      case "NONE": break
      case "ALL":
        self = .all
        return
      default: return nil
      }
    }
    self = flags
  }
}
