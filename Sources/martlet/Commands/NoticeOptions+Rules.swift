import Detection
import Events
import Outputs
import Rules

extension NoticeOptions {
  /// Tells how many events no rule read, and of which data streams they are.
  private func warnOfUnread(_ result: HuntResult) {
    guard let words = HuntSummary.unread(result) else { return }
    let all = result.unreadEvents
    let isWhole = isVerbose || all.count <= HuntSummary.mostStreams
    warn(words + (isWhole ? "" : " (-v names them)"))
    guard isVerbose, all.count > HuntSummary.mostStreams else { return }
    for (stream, count) in all { close("  \(HuntSummary.name(stream)): \(count)") }
  }

  /// Warns of what rules asked of the input in vain: data streams that it does not hold, fields that no event has.
  ///
  /// - Parameter onlyFields: nothing is told of data streams, where it is told otherwise what there was for the rules.
  /// - Returns: what was said of data streams, a line a rule, for a report.
  @discardableResult
  func warn(
    of result: HuntResult, _ catalog: FieldCatalog, _ labels: RuleLabels, onlyFields: Bool = false
  ) -> [String] {
    let streams = HuntSummary.streams(result)
    // Where nothing was read, rules are not to blame.
    let blind = (result.dataStreams.isEmpty ? [] : result.blindRules).filter {
      // What a service tells of itself is in no input but its own folder, and there when it has something to tell.
      !$0.readPatterns.allSatisfy { $0.hasPrefix("logs-martlet.") }
    }
    let cause = "no index pattern matches a data stream of the input (\(streams))"
    warn(
      of: (onlyFields ? [] : blind).map { rule in
        ("\(labels.name(rule)), which reads \(rule.readPatterns.joined(separator: ", "))", cause)
      }
    ) { count, cause in
      "\(CountText.count(count, "rule")) \(count == 1 ? "sees" : "see") nothing: \(cause)"
    }
    let unseen = Set(blind.map(\.ruleID))
    warn(
      of: result.unknownFields.filter { !unseen.contains($0.rule.ruleID) }.map {
        (labels.name($0.rule), UnknownFields.message($0.field, catalog))
      }
    ) { count, cause in "\(CountText.count(count, "rule")): \(cause)" }
    if !onlyFields { warnOfUnread(result) }
    return blind.map { "\(labels.name($0)) sees nothing: \(cause)" }
  }
}
