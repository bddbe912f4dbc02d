import CloudTrail
import Events
import JSON
import Rules

/// Why alerts that are there are made no longer, in view of what executions came to: an event's id where one event shows it, else words.
public final class AlertContradictions {
  private let result: HuntResult
  private let places: [String: Int]
  /// What is looked for in all matches of a rule, once for all its alerts.
  private var matched: [Int: Set<EventID>] = [:]
  private var sequences: [Int: Sequences] = [:]
  /// The combinations of terms of a rule's history by hashes of these.
  private var combinations: [Int: [Int: [UInt32]]] = [:]

  private struct Sequences {
    var matchOf: [EventID: Int] = [:]
    var intruder: (([Int]) -> Sighting?)?
  }

  public init(_ result: HuntResult) {
    self.result = result
    places = Dictionary(result.plan.rules.enumerated().map { ($1.rule.ruleID, $0) }) { first, _ in first }
  }

  /// Why an alert is made no longer.
  ///
  /// - Parameters:
  ///   - alert: its document.
  ///   - tick: when the execution that made it was scheduled.
  ///   - time: of its event, by the rule's own timestamp field.
  public func reason(_ alert: JSONValue, byRule ruleID: String, madeAt tick: Timestamp, time: Timestamp) -> String {
    if alert["kibana.alert.group.index"] != nil, let group = alert["kibana.alert.group.id"]?.stringValue {
      return "the alert \(group), which it is a part of, and which is made no longer"
    }
    guard let at = places[ruleID], at < result.findings.rules.count else { return Self.others }
    let rule = result.plan.rules[at]
    switch result.findings.rules[at] {
    case let history as NewTermsHistory:
      if let known = sighting(alert, at, history, rule.windows, madeAt: tick, time: time) { return id(of: known) }
      guard isMatched(alert, at) else { return unmatched(alert, rule) }
    case let matches as SequenceMatches where alert["martlet"]?["sequence"] != nil:
      guard let events = events(alert, at, matches) else { return Self.others }
      if let intruder = sequences[at]?.intruder?(events), isSeen(intruder.time, alert) { return id(of: intruder) }
      if rule.rule.alertSuppression == nil, cap(at, time) == nil {
        return "events that came later, which make another sequence"
      }
    case is ThresholdCounts, is CorrelationMatches: return Self.counted
    default:
      guard alert["martlet"]?["events"] == nil else { return Self.counted }
      guard isMatched(alert, at) else { return unmatched(alert, rule) }
    }
    // The event is as it was, and the rule matches it.
    var causes: [String] = []
    if rule.rule.alertSuppression != nil {
      causes.append("with which it is folded into another alert (alert_suppression)")
    }
    if let cap = cap(at, time) {
      causes.append("which took its place among the \(cap) that an execution may make alerts of (max_signals)")
    }
    return causes.isEmpty ? Self.others : "events that came later, \(causes.joined(separator: ", or "))"
  }

  private static let others = "the rule, its exceptions or the event itself, which are others now"
  private static let counted =
    "events that came later and count with its own for another alert, or the rule, its exceptions or its events, which are others now"

  private func unmatched(_ alert: JSONValue, _ rule: HuntRule) -> String {
    if rule.readsAlerts, let parent = alert["kibana.alert.ancestors"]?.arrayValue?.last,
      parent["type"]?.stringValue == "signal", let id = parent["id"]?.stringValue
    {
      return
        "the alert \(id), which it was raised on, and which is another now or made no longer; or the rule or its exceptions, which are "
        + "others now"
    }
    return rule.rule.type == .threatMatch
      ? "the rule, its exceptions, its indicators or the event itself, which are others now" : Self.others
  }

  // MARK: Events

  /// The ids under which rules know an event that an alert names.
  private static func ids(_ event: JSONValue?) -> [EventID] {
    let id = event?["id"]?.stringValue ?? ""
    return [EventID(named: id), EventID(named: id, in: event?["index"]?.stringValue ?? "")]
  }

  /// Whether the event that an alert stands on is still one that the rule matches.
  private func isMatched(_ alert: JSONValue, _ at: Int) -> Bool {
    if matched[at] == nil {
      var ids: Set<EventID> = []
      result.findings.rules[at].forEachMatch { ids.insert($0.id) }
      matched[at] = ids
    }
    let ids = matched[at] ?? []
    return Self.ids(alert["kibana.alert.ancestors"]?.arrayValue?.last).contains(where: ids.contains)
  }

  /// The matches that a sequence was made of, in its order; nil where some are no matches any longer.
  private func events(_ alert: JSONValue, _ at: Int, _ matches: SequenceMatches) -> [Int]? {
    if sequences[at] == nil {
      var mine = Sequences()
      for (place, match) in matches.matches.enumerated() { mine.matchOf[match.sighting.id] = place }
      mine.intruder = matches.intruders()
      sequences[at] = mine
    }
    let events = (alert["martlet"]?["sequence"]?["events"]?.arrayValue ?? []).filter { $0 != .null }
    let known = events.compactMap { event in Self.ids(event).lazy.compactMap { self.sequences[at]?.matchOf[$0] }.first }
    return known.count == events.count ? known : nil
  }

  /// Whether the execution that made an alert searched at a time.
  private func isSeen(_ time: Int64, _ alert: JSONValue) -> Bool {
    let window = alert["martlet"]?["evidence"]?["window"]
    func bound(_ name: String) -> Int64? {
      window?[name]?.stringValue.flatMap { Timestamp(iso8601: $0)?.milliseconds }
    }
    guard let from = bound("from"), let to = bound("to") else { return true }
    return from <= time && time <= to
  }

  /// The id that an event names; what rules know it by where its text cannot be read.
  private func id(of sighting: Sighting) -> String {
    let told = try? EventDigest.digests([sighting], EventJSON(result.plan.context), result.findings)
    return told?.first?.id ?? sighting.id.uuidText
  }

  /// The most alerts of an execution, where one that sees a time made as many and left some.
  private func cap(_ at: Int, _ time: Timestamp) -> Int? {
    let windows = result.plan.rules[at].windows
    let outcome = result.outcomes[at]
    let hasCut = outcome.cuts.contains { cut in
      let tick = windows.lastTick(atOrBefore: cut.tick)
      return windows.from(tick) <= time.milliseconds && time.milliseconds <= windows.to(tick)
    }
    return hasCut ? outcome.cap : nil
  }

  /// The event by which a combination of terms was known before an alert's event, the last one before it; nil where there is none. Of
  /// events of the same time the one with the lower id comes first.
  private func sighting(
    _ alert: JSONValue, _ at: Int, _ history: NewTermsHistory, _ windows: TickWindows, madeAt tick: Timestamp,
    time: Timestamp
  ) -> Sighting? {
    guard let code = combination(alert["kibana.alert.new_terms"]?.arrayValue ?? [], at, history) else { return nil }
    let named = Self.ids(alert["kibana.alert.ancestors"]?.arrayValue?.last)
    let begin = windows.history(windows.lastTick(atOrBefore: tick))
    let sightings = history.sightings[Int(code)]
    // The event's own sighting is forgotten where it decides nothing, between two others that are close to each other.
    let own = sightings.first { $0.time == time.milliseconds && named.contains($0.id) }.map { [$0.id] } ?? named
    let before = sightings.last { sighting in
      sighting.time < time.milliseconds
        || sighting.time == time.milliseconds && !own.contains(sighting.id) && own.contains { sighting.id < $0 }
    }
    return before.flatMap { $0.time >= begin ? $0 : nil }
  }

  /// The combination in a rule's history of the terms that an alert tells; nil where there is none any longer.
  private func combination(_ told: [JSONValue], _ at: Int, _ history: NewTermsHistory) -> UInt32? {
    if combinations[at] == nil {
      combinations[at] = Dictionary(grouping: 1..<UInt32(max(1, history.sightings.count))) {
        history.terms($0).map(\.key).hashValue
      }
    }
    let key = told.map(NewTerm.key)
    return combinations[at]?[key.hashValue]?.first { history.terms($0).map(\.key) == key }
  }
}
