import Events
import JSON

/// The events that alerts stand on, each with the combinations of new terms that they were made for.
struct AlertedEvents: Sendable {
  /// By the ids under which rules know an event; of an alert for no terms there is the empty combination.
  private var terms: [EventID: Set<[JSONValue]>] = [:]

  /// - Parameters:
  ///   - ids: those under which rules may know the event.
  ///   - told: the terms as the alert's document tells them.
  mutating func add(_ ids: some Sequence<EventID>, _ told: [JSONValue]) {
    let key = told.map(NewTerm.key)
    for id in ids { terms[id, default: []].insert(key) }
  }

  /// Whether there is an alert on an event, for its combination of terms.
  func contains(_ item: Pending) -> Bool {
    terms[item.sighting.id]?.contains(item.terms.map(\.key)) ?? false
  }

  /// Whether there is an alert on an event, for whatever terms.
  func contains(_ event: Sighting) -> Bool { terms[event.id] != nil }
}

extension NewTerm {
  /// What a value is known by, which of a long one is its hash.
  var key: JSONValue { isHash ? .string(text) : json }

  /// The same of a value that an alert tells in full.
  static func key(_ told: JSONValue) -> JSONValue {
    guard case .string(var text) = told, text.utf8.count > TermCombination.textBytes else { return told }
    return .string(text.withUTF8 { hashText(of: UnsafeRawBufferPointer($0)) })
  }
}
