import Events
import JSON

/// The alerts that executions before those of a replay made of a rule: what is found again has its alert, and takes no place among
/// those that an execution may create.
struct EarlierAlerts: Sendable {
  /// An alert on one event.
  private struct OnEvent {
    var alert: String
    var terms: [JSONValue]
    /// What the alert's id was made of: the event's id, and the names that its data stream may have had.
    var source: String
    var streams: [String]
  }

  private var onEvents: [EventID: [OnEvent]] = [:]
  /// Of each sequence the ids of its events, nil where one must be missing, by the ids of the first of them.
  private var sequences: [EventID: [[Set<EventID>?]]] = [:]
  private var ids: Set<String> = []

  var isEmpty: Bool { ids.isEmpty }

  init() {}

  /// - Parameter documents: of the alerts; those that are a part of another tell nothing.
  init(_ documents: [JSONValue]) {
    for document in documents where document["kibana.alert.group.index"] == nil {
      guard let id = document["kibana.alert.uuid"]?.stringValue else { continue }
      ids.insert(id)
      if let events = document["martlet"]?["sequence"]?["events"]?.arrayValue {
        let sequence = events.map { $0 == .null ? nil : Self.ids($0) }
        for first in sequence.compactMap(\.self).first ?? [] { sequences[first, default: []].append(sequence) }
      } else if document["martlet"]?["events"] == nil, let event = document["kibana.alert.ancestors"]?.arrayValue?.last
      {
        let parts = ["type", "dataset", "namespace"].compactMap {
          document["kibana.alert.original_data_stream.\($0)"]?.stringValue
        }
        let one = OnEvent(
          alert: id, terms: document["kibana.alert.new_terms"]?.arrayValue ?? [],
          source: event["id"]?.stringValue ?? "",
          streams: [event["index"]?.stringValue ?? "", parts.joined(separator: "-")])
        for id in Self.ids(event) { onEvents[id, default: []].append(one) }
      }
    }
  }

  /// The ids under which rules know an event that an alert names.
  private static func ids(_ event: JSONValue) -> Set<EventID> {
    let id = event["id"]?.stringValue ?? ""
    return [EventID(named: id), EventID(named: id, in: event["index"]?.stringValue ?? "")]
  }

  /// Whether there is an alert on an event, for its combination of terms.
  func contains(_ item: Pending) -> Bool {
    guard let alerts = onEvents[item.sighting.id] else { return false }
    return alerts.contains { alert in
      alert.terms.count == item.terms.count
        && zip(alert.terms, item.terms).allSatisfy { told, term in
          // Of a long value its hash is known, and the alert tells it in full.
          term.inFull(term.isHash ? told.stringValue.map { [$0] } ?? [] : []).json == told
        }
    }
  }

  /// Whether there is an alert on a row that is an event.
  ///
  /// - Parameter expanded: what tells the row from others of the event.
  func contains(_ event: Sighting, expanded: [String], byRule ruleID: String) -> Bool {
    guard let alerts = onEvents[event.id] else { return false }
    guard !expanded.isEmpty else { return true }
    return alerts.contains { one in
      one.streams.contains { AlertID.ofEvent(one.source, in: $0, byRule: ruleID, telling: expanded) == one.alert }
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
