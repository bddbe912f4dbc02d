import Events
import JSON

/// How long, and how much, of the data streams that a pattern matches is kept.
public struct RetentionPolicy: Equatable, Sendable {
  /// A number with a unit, as it was written, and what it comes to.
  public struct Amount: Equatable, Sendable {
    public var text: String
    public var value: Int64

    public init(text: String, value: Int64) {
      self.text = text
      self.value = value
    }
  }

  /// As the index patterns of rules.
  public var pattern: String
  /// Milliseconds.
  public var age: Amount?
  /// Bytes.
  public var size: Amount?

  public init(pattern: String, age: Amount?, size: Amount?) {
    self.pattern = pattern
    self.age = age
    self.size = size
  }

  /// Reads a policy that is kept; nil where it is none.
  public init?(_ document: KeptDocument) {
    guard let value = document.text.flatMap({ try? JSONValue(parsing: $0) }) else { return nil }
    self.init(
      pattern: document.key, age: value["age"]?.stringValue.flatMap(Self.age),
      size: value["size"]?.stringValue.flatMap(Self.size))
  }

  /// What is kept of it, by its pattern.
  public var text: String {
    var members: [String: JSONValue] = [:]
    if let age { members["age"] = .string(age.text) }
    if let size { members["size"] = .string(size.text) }
    return JSONValue.object(members).text
  }

  private static let ages: [(String, Int64)] = [("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)]
  private static let sizes: [(String, Int64)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1000), ("mb", 1_000_000),
    ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("b", 1),
  ]

  /// An age such as `90d`: whole minutes (`m`), hours, days or weeks, at most a thousand years. Nil for anything else.
  public static func age(_ text: String) -> Amount? {
    amount(text, ages).flatMap { $0.value <= 1000 * 366 * 86_400_000 ? $0 : nil }
  }

  /// A size such as `50GB`: bytes in units of thousands (`kB`, `MB`, `GB`, `TB`) or of 1,024 (`KiB` …). Nil for anything else.
  public static func size(_ text: String) -> Amount? {
    amount(text.lowercased(), sizes).map { Amount(text: text, value: $0.value) }
  }

  private static func amount(_ text: String, _ units: [(String, Int64)]) -> Amount? {
    for (unit, factor) in units where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count)
      guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int64(digits), number > 0 else {
        continue
      }
      let (value, isTooMuch) = number.multipliedReportingOverflow(by: factor)
      return isTooMuch ? nil : Amount(text: text, value: value)
    }
    return nil
  }
}
