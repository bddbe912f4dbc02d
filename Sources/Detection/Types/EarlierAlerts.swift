import Events
import JSON

/// The alerts that executions before those of a replay made of a rule: what is found again has its alert, and takes no place among
/// those that an execution may create. What has an alert is judged by all that the alert's id is made of: one event may have several.
struct EarlierAlerts: Sendable {
  private var events = AlertedEvents()
  /// By the ids of an event what alerts on it may have been made of: its data stream may have had several names.
  private var sources: [EventID: Set<AlertBasis.Source>] = [:]
  /// Of each sequence the ids of its events, nil where one must be missing, by the ids of the first of them.
  private var sequences: [EventID: [[Set<EventID>?]]] = [:]
  private var ids: Set<String> = []

  var isEmpty: Bool { ids.isEmpty }

  /// Adds an alert by its document; one that is a part of another tells nothing.
  mutating func add(_ document: JSONValue) {
    if let basis = AlertBasis(document) { add(basis) }
  }

  mutating func add(_ alert: AlertBasis) {
    ids.insert(alert.id)
    switch alert.subject {
    case .event(let ids, let sources, let terms):
      events.add(ids, terms)
      for id in ids { self.sources[id, default: []].formUnion(sources) }
    case .sequence(let sequence):
      for first in sequence.compactMap(\.self).first ?? [] { sequences[first, default: []].append(sequence) }
    case .several: break
    }
  }

  /// Whether there is an alert on an event, for its combination of terms.
  func contains(_ item: Pending) -> Bool { events.contains(item) }

  /// Whether there is an alert on a row that is an event.
  ///
  /// - Parameter expanded: what tells the row from others of the event.
  func contains(_ event: Sighting, expanded: [String], byRule ruleID: String) -> Bool {
    guard !expanded.isEmpty else { return events.contains(event) }
    return sources[event.id, default: []].contains { source in
      ids.contains(AlertID.ofEvent(source.id, in: source.dataStream, byRule: ruleID, telling: expanded))
    }
  }

  /// Whether there is an alert with an id.
  func contains(id: String) -> Bool { ids.contains(id) }

  /// Whether there is an alert on a sequence of events.
  func contains(_ events: [Sighting?]) -> Bool {
    guard let first = events.compactMap(\.self).first, let known = sequences[first.id] else { return false }
    return known.contains { sequence in
      sequence.count == events.count
        && zip(sequence, events).allSatisfy { ids, event in
          guard let event else { return ids == nil }
          return ids?.contains(event.id) ?? false
        }
    }
  }
}

extension TickWindows {
  /// The first execution that may have seen in its window what a later one, or any behind that, sees.
  func firstTick(sharingWith tick: Int64) -> Int64 {
    // Windows lie at most a bounded time ahead of their executions; the search needs some end.
    let far = 400 * 366 * 86_400_000 / interval
    return firstTick(reaching: from(tick) &- slack, in: (tick &- far)...tick) ?? tick
  }

  /// The last time that executions before one have seen.
  func end(before tick: Int64) -> Int64 { to(tick &- 1) &+ slack }
}
