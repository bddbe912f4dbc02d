/// A set of fields of events, asked for with a look at one bit.
public struct EventFieldSet: Sendable, BitwiseCopyable {
  private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

  public init() { precondition(EventField.allCases.count <= 192, "a set has a bit for each field") }

  public init(_ fields: some Sequence<EventField>) {
    self.init()
    for field in fields { insert(field) }
  }

  /// All fields.
  public static let all = EventFieldSet(EventField.allCases)

  public mutating func insert(_ field: EventField) {
    let bit: UInt64 = 1 << UInt64(field.rawValue & 63)
    switch field.rawValue >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    default: words.2 |= bit
    }
  }

  @inline(__always)
  public func contains(_ field: EventField) -> Bool {
    let word =
      switch field.rawValue >> 6 {
      case 0: words.0
      case 1: words.1
      default: words.2
      }
    return word >> UInt64(field.rawValue & 63) & 1 == 1
  }

  /// True when no field is in both sets.
  @inline(__always)
  public func isDisjoint(with other: EventFieldSet) -> Bool {
    words.0 & other.words.0 | words.1 & other.words.1 | words.2 & other.words.2 == 0
  }
}
