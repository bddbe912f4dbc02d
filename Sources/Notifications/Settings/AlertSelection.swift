import Reports
import Rules

/// Which alerts a channel is told of: those that meet every condition that is set.
public struct AlertSelection: Sendable, Equatable {
  public var leastSeverity = Severity.low
  /// Rules by their ids or names, in which `*` stands for anything; all where there is none.
  public var rules: [String] = []
  /// Rules that are left out, likewise.
  public var exceptRules: [String] = []
  /// The rule has one of these tags; all where there is none.
  public var tags: [String] = []

  public init() {}

  public func takes(_ alert: AlertNotice) -> Bool {
    guard alert.severity >= leastSeverity else { return false }
    func matches(_ pattern: String) -> Bool { Self.matches(pattern, alert.ruleID) || Self.matches(pattern, alert.rule) }
    guard rules.isEmpty || rules.contains(where: matches), !exceptRules.contains(where: matches) else { return false }
    return tags.isEmpty || tags.contains { tag in alert.tags.contains { $0.lowercased() == tag.lowercased() } }
  }

  /// Whether a text is what a pattern says, whatever the case of letters; steps are bounded by the product of their lengths.
  static func matches(_ pattern: String, _ text: String) -> Bool {
    let pattern = Array(pattern.lowercased())
    let text = Array(text.lowercased())
    var (place, at) = (0, 0)
    var star: (place: Int, at: Int)?
    while at < text.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == text[at] {
        place += 1
        at += 1
      } else if let back = star {
        star = (back.place, back.at + 1)
        (place, at) = (back.place + 1, back.at + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
