import Events
import JSON

/// What an alert was made of, as its document tells: by this it is known that what is found again has its alert.
struct AlertBasis: Sendable {
  /// What the id of an alert on one event was made of.
  struct Source: Hashable, Sendable {
    var id: String
    var dataStream: String
  }

  enum Subject: Sendable {
    /// One event: the ids under which rules may know it, what it may have been named by, since its data stream may have had several
    /// names, and the combination of new terms, which is empty of other rules.
    case event(ids: Set<EventID>, sources: Set<Source>, terms: [JSONValue])
    /// The events of a sequence, each by its ids; nil where one must be missing.
    case sequence([Set<EventID>?])
    /// Several events, which the alert's id alone tells from others.
    case several
  }

  let id: String
  let subject: Subject

  /// - Parameter document: of the alert; nil is given for one that is a part of another, or has no id.
  init?(_ document: JSONValue) {
    guard document["kibana.alert.group.index"] == nil, let id = document["kibana.alert.uuid"]?.stringValue else {
      return nil
    }
    self.id = id
    if let events = document["martlet"]?["sequence"]?["events"]?.arrayValue {
      subject = .sequence(events.map { $0 == .null ? nil : Self.ids($0) })
    } else if document["martlet"]?["events"] == nil, let event = document["kibana.alert.ancestors"]?.arrayValue?.last {
      let parts = ["type", "dataset", "namespace"].compactMap {
        document["kibana.alert.original_data_stream.\($0)"]?.stringValue
      }
      let sources = [event["index"]?.stringValue ?? "", parts.joined(separator: "-")].map { stream in
        Source(id: event["id"]?.stringValue ?? "", dataStream: stream)
      }
      subject = .event(
        ids: Self.ids(event), sources: Set(sources), terms: document["kibana.alert.new_terms"]?.arrayValue ?? [])
    } else {
      subject = .several
    }
  }

  /// The ids under which rules may know the one event that the alert is on; none where it is on several.
  var eventIDs: Set<EventID> { if case .event(let ids, _, _) = subject { ids } else { [] } }

  /// The ids under which rules know an event that an alert names.
  private static func ids(_ event: JSONValue) -> Set<EventID> {
    let id = event["id"]?.stringValue ?? ""
    return [EventID(named: id), EventID(named: id, in: event["index"]?.stringValue ?? "")]
  }
}
