import Foundation
import JSON
import Rules

/// What an event changes in the severity, the risk score and the name that its rule gives an alert, as Elastic Security
/// decides it.
struct AlertOverrides {
  private let event: JSONNode

  init(_ event: JSONNode) { self.event = event }

  /// The highest severity among the mapping entries whose value the event has; the rule's own when there is none.
  ///
  /// Only texts and whole numbers compare, a number by its digits. `event.severity` is a number: a text there never counts, and
  /// an entry's value is rounded down to compare with it.
  func severity(_ rule: Rule) -> Severity {
    rule.severityMapping.filter { entry in
      let isOfSchema = entry.field == "event.severity"
      return values(entry.field).contains { value in
        if value.isString { return !isOfSchema && value.string == entry.value }
        guard let number = Self.number(value), let whole = Int64(exactly: number) else { return false }
        guard isOfSchema else { return String(whole) == entry.value }
        return Double(entry.value).map { $0.rounded(.down) == number } ?? false
      }
    }.map(\.severity).max() ?? rule.severity
  }

  /// The number that the event has in the field of the first mapping entry, the highest of several between 0 and 100; the
  /// rule's own score when there is none. What the entry says beside its field is not looked at, nor are further entries.
  func riskScore(_ rule: Rule) -> Double {
    guard let entry = rule.riskScoreMapping.first else { return Double(rule.riskScore) }
    let scores = values(entry.field).compactMap(Self.score).filter { (0...100).contains($0) }
    return scores.max() ?? Double(rule.riskScore)
  }

  /// The text that the event has in the field that names alerts; the rule's own name where it has none, a number, or a list.
  func name(_ rule: Rule) -> String {
    guard let field = rule.ruleNameOverride, let node = node(field), let text = node.string, !text.isEmpty else {
      return rule.name
    }
    return text
  }

  /// The plain values at a path: one, or those of a list. A path that leads through lists of objects leads nowhere.
  private func values(_ path: String) -> [JSONNode] {
    guard let node = node(path) else { return [] }
    guard node.isArray else { return [node] }
    var values: [JSONNode] = []
    node.forEachElement { values.append($0) }
    return values
  }

  private func node(_ path: String) -> JSONNode? { Self.node(event, path[...]) }

  /// The first value at a path through objects, however nested names and dotted ones stand for each other.
  private static func node(_ node: JSONNode, _ path: Substring) -> JSONNode? {
    if path.isEmpty { return node.isNull ? nil : node }
    guard node.isObject else { return nil }
    var found: JSONNode?
    node.forEachMember { key, value in
      guard found == nil else { return }
      let name = String(decoding: key, as: UTF8.self)
      if path == name {
        found = Self.node(value, "")
      } else if path.hasPrefix(name), path.dropFirst(name.count).first == "." {
        found = Self.node(value, path.dropFirst(name.count + 1))
      }
    }
    return found
  }

  /// A value as a score: a number, or text that is one; empty text is 0.
  private static func score(_ value: JSONNode) -> Double? {
    guard value.isString else { return number(value) }
    let text = (value.string ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    if text.isEmpty { return 0 }
    guard let number = Double(text), number.isFinite else { return nil }
    return number
  }

  private static func number(_ value: JSONNode) -> Double? {
    guard !value.isString, !value.isBoolean, !value.isNull, !value.isObject, !value.isArray else { return nil }
    return Double(String(decoding: value.rawScalar, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
  }
}
