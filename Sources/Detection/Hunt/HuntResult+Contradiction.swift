import Events
import JSON

extension HuntResult {
  /// The event by which a combination of terms was known to a rule before a time, the last one before it; nil where there is
  /// none.
  ///
  /// - Parameter terms: as `kibana.alert.new_terms` has them.
  public func sighting(of terms: [JSONValue], byRule ruleID: String, before time: Timestamp) -> EventID? {
    guard let at = plan.rules.firstIndex(where: { $0.rule.ruleID == ruleID }), at < findings.rules.count,
      let history = findings.rules[at] as? NewTermsHistory
    else { return nil }
    for code in 1..<max(1, history.sightings.count) where history.terms(UInt32(code)).map(\.json) == terms {
      return history.sightings[code].last { $0.time < time.milliseconds }?.id
    }
    return nil
  }
}
