import JSON
import Outputs

/// The indicators that an event was found to match: what stands under `threat.enrichments` and `martlet.indicators`.
struct AlertIndicators: Sendable {
  /// A field of the event that an indicator has the value of.
  private struct Match: Sendable {
    var field: String
    var values: [String]
    var id: String
    var index: String
    var feed: String?
  }

  private static let mostTold = 20

  private let matches: [Match]
  /// How many indicators match.
  private let count: Int
  /// Of each field of events the fields of indicators that it is compared with.
  private let compared: [String: [String]]

  /// Nil of an alert that no indicator led to.
  init?(_ alert: AlertDocument) {
    guard let told = alert.value("martlet.indicators") else { return nil }
    count = told.whole("matched") ?? 0
    var compared: [String: [String]] = [:]
    for entry in (told["groups"]?.elements ?? []).flatMap(\.elements) where entry["negate"] != .bool(true) {
      guard let field = entry.text("field"), let value = entry.text("value") else { continue }
      if compared[field]?.contains(value) != true { compared[field, default: []].append(value) }
    }
    self.compared = compared
    // The event may have had some of its own.
    let enrichments = (alert.value("threat.enrichments")?.elements ?? []).filter {
      $0["matched"]?.text("type") == "indicator_match_rule"
    }
    matches = enrichments.suffix(told.whole("told") == nil ? 0 : 1000).prefix(Self.mostTold).compactMap { enrichment in
      guard let matched = enrichment["matched"], let field = matched.text("field"), let id = matched.text("id") else {
        return nil
      }
      return Match(
        field: field, values: matched["atomic"]?.plainTexts ?? [], id: id, index: matched.text("index") ?? "",
        feed: enrichment["feed"]?.text("name"))
    }
  }

  /// A sentence for each match, and for how many indicators are not named.
  var sentences: [String] {
    var sentences = matches.map { match in
      let values = match.values.isEmpty ? "" : " (\(match.values.prefix(3).joined(separator: ", ")))"
      let feed = match.feed.map { " (feed \($0))" } ?? ""
      let fields = (compared[match.field] ?? []).joined(separator: " or ")
      return "\(match.field)\(values) is what the indicator \(match.id) of \(match.index)\(feed) has"
        + (fields.isEmpty ? "." : " in \(fields).")
    }
    let named = Set(matches.map { [$0.index, $0.id] }).count
    if count > named { sentences.append("\((count - named).grouped) more indicators match.") }
    return sentences
  }
}
