import JSON
import Reports
import Rules

/// What is told: one alert, or several at once.
struct NotificationText: Sendable {
  struct Item: Sendable {
    var alert: AlertNotice
    var link: String?

    /// Its lines, each with a label: who, what, from where, why.
    var lines: [(label: String, value: String)] {
      let place = [alert.account.map { "account \($0)" }, alert.region].compactMap { $0 }.joined(separator: ", ")
      let all: [(String, String?)] = [
        ("Rule", alert.rule), ("Severity", alert.severity.rawValue), ("When", alert.time), ("Who", alert.who),
        ("What", alert.what), ("Target", alert.target), ("From", alert.from), ("Where", place.isEmpty ? nil : place),
        ("Why", alert.why), ("ATT&CK", alert.threats.isEmpty ? nil : alert.threats.prefix(5).joined(separator: ", ")),
      ]
      return all.compactMap { label, value in value.map { (label, Self.oneLine($0).cut(1000)) } }
    }

    var headline: String { Self.oneLine(alert.headline).cut(250) }

    /// Without control characters and line breaks, behind which a value could look like another line, and without what nobody sees and
    /// what has text read in another order than it stands in: names could look like others.
    private static func oneLine(_ text: String) -> String {
      text.scalars {
        switch $0.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: " "
        case .format: isKept($0) ? nil : ""
        default: nil
        }
      }
    }

    /// Whether a format character is part of what is read: joiners are of some scripts and of emoji, and marks in front of numbers are seen.
    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x200C, 0x200D: true
      case 0xFFF9...0xFFFB: false
      default: !scalar.properties.isDefaultIgnorableCodePoint
      }
    }
  }

  var items: [Item]
  /// For tests of a channel.
  var isTest = false

  /// How many of several are told one by one.
  static let mostItems = 20

  var worst: Severity { items.map(\.alert.severity).max() ?? .low }

  /// The title: of one alert its headline; of several their number and the gravest.
  var title: String {
    let test = isTest ? "Test: " : ""
    guard items.count != 1, let first = items.first(where: { $0.alert.severity == worst }) else {
      return test + (items.first.map { "[\($0.alert.severity.rawValue)] \($0.headline)" } ?? "no alert")
    }
    return test + "\(items.count) alerts, the gravest \(worst.rawValue): \(first.headline)"
  }

  /// All of it as lines of text.
  var body: String {
    var blocks = items.prefix(Self.mostItems).map { item in
      ([item.headline] + item.lines.map { "\($0.label): \($0.value)" } + [item.link ?? "Alert: \(item.alert.id)"])
        .joined(separator: "\n")
    }
    if items.count > Self.mostItems { blocks.append("and \(items.count - Self.mostItems) more alerts") }
    return blocks.joined(separator: "\n\n") + "\n"
  }
}

extension String {
  /// At most so many units of UTF-16, as services count characters, with a mark where some are missing; no scalar is cut in two.
  ///
  /// What people see as one character may have any number of scalars, and is no measure.
  func cut(_ most: Int) -> String {
    // No text has more of these than bytes.
    guard utf8.count > most, utf16.count > most else { return self }
    var end = utf16.index(startIndex, offsetBy: max(0, most - 1))
    if end.samePosition(in: unicodeScalars) == nil { end = utf16.index(before: end) }
    return String(unicodeScalars[..<end]) + "…"
  }

  /// With each scalar as a function gives it: a mark of some language is one also where a combining mark follows it.
  func scalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if let other = replacement(scalar) {
        result.append(contentsOf: other.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension AlertNotice {
  /// As JSON, for whoever takes it apart.
  func json(link: String?) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "rule": ["id": .string(ruleID), "name": .string(rule)], "severity": .string(severity.rawValue),
      "headline": .string(headline.cut(1000)), "tags": .array(tags.map(JSONValue.string)),
      "threats": .array(threats.map(JSONValue.string)),
    ]
    members["risk_score"] = riskScore.map { .integer(Int64($0)) }
    for (key, value) in [
      ("time", time), ("who", who), ("what", what), ("target", target), ("from", from), ("account", account),
      ("region", region), ("why", why), ("link", link),
    ] { members[key] = value.map { .string($0.cut(4000)) } }
    return .object(members)
  }
}
