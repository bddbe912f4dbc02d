import Events
import JSON

/// The alerts that executions before those of a replay made of a rule: what is found again has its alert, and takes no place among
/// those that an execution may create.
struct EarlierAlerts: Sendable {
  /// What the id of an alert on one event was made of.
  private struct Source: Hashable {
    var id: String
    var dataStream: String
  }

  private var events = AlertedEvents()
  /// By the ids of an event what alerts on it may have been made of: its data stream may have had several names.
  private var sources: [EventID: Set<Source>] = [:]
  /// Of each sequence the ids of its events, nil where one must be missing, by the ids of the first of them.
  private var sequences: [EventID: [[Set<EventID>?]]] = [:]
  private var ids: Set<String> = []

  var isEmpty: Bool { ids.isEmpty }

  /// Adds an alert by its document; one that is a part of another tells nothing.
  mutating func add(_ document: JSONValue) {
    guard document["kibana.alert.group.index"] == nil, let id = document["kibana.alert.uuid"]?.stringValue else {
      return
    }
    ids.insert(id)
    if let events = document["martlet"]?["sequence"]?["events"]?.arrayValue {
      let sequence = events.map { $0 == .null ? nil : Self.ids($0) }
      for first in sequence.compactMap(\.self).first ?? [] { sequences[first, default: []].append(sequence) }
    } else if document["martlet"]?["events"] == nil, let event = document["kibana.alert.ancestors"]?.arrayValue?.last {
      let ids = Self.ids(event)
      events.add(ids, document["kibana.alert.new_terms"]?.arrayValue ?? [])
      let parts = ["type", "dataset", "namespace"].compactMap {
        document["kibana.alert.original_data_stream.\($0)"]?.stringValue
      }
      for stream in [event["index"]?.stringValue ?? "", parts.joined(separator: "-")] {
        let source = Source(id: event["id"]?.stringValue ?? "", dataStream: stream)
        for id in ids { sources[id, default: []].insert(source) }
      }
    }
  }

  /// The ids under which rules know an event that an alert names.
  private static func ids(_ event: JSONValue) -> Set<EventID> {
    let id = event["id"]?.stringValue ?? ""
    return [EventID(named: id), EventID(named: id, in: event["index"]?.stringValue ?? "")]
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
