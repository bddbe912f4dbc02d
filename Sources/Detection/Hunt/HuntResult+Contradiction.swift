import Events
import JSON

extension HuntResult {
  /// The event by which a combination of terms was known to a rule before an event, the last one before it; nil where there is
  /// none. Of events of the same time the one with the lower id comes first.
  ///
  /// - Parameters:
  ///   - terms: as `kibana.alert.new_terms` has them.
  ///   - time: of the event, by the rule's own timestamp field.
  ///   - event: the event's entry in `kibana.alert.ancestors`.
  public func sighting(
    of terms: [JSONValue], byRule ruleID: String, before time: Timestamp, event: JSONValue?
  ) -> EventID? {
    guard let at = plan.rules.firstIndex(where: { $0.rule.ruleID == ruleID }), at < findings.rules.count,
      let history = findings.rules[at] as? NewTermsHistory
    else { return nil }
    let id = event?["id"]?.stringValue ?? ""
    let named = [EventID(named: id), EventID(named: id, in: event?["index"]?.stringValue ?? "")]
    for code in 1..<max(1, history.sightings.count) where history.terms(UInt32(code)).map(\.json) == terms {
      let sightings = history.sightings[code]
      // The event's own sighting is forgotten where it decides nothing, between two others that are close to each other.
      let own = sightings.first { $0.time == time.milliseconds && named.contains($0.id) }.map { [$0.id] } ?? named
      return sightings.last { sighting in
        sighting.time < time.milliseconds
          || sighting.time == time.milliseconds && !own.contains(sighting.id) && own.contains { sighting.id < $0 }
      }?.id
    }
    return nil
  }
}
