import Alerts
import Events
import Outputs

/// Damage within alerts, rules and whatever else is kept beside events.
enum KeptDamage {
  /// Those of a kind that are named; of more there is the number.
  private static let mostNamed = 100

  /// Looks through all that is kept; what can be set aside is, where it is to be repaired, and that is said.
  ///
  /// - Parameter who: has it be repaired; nil where nothing is to be changed.
  /// - Returns: what is wrong, a sentence each, and what can be done about it.
  static func look(through folder: String, repairing who: String?) throws -> (faults: [String], advice: [String]) {
    let store = try AlertStore(folder: folder, isReadOnly: true)
    var (alerts, documents) = try store.damage()
    if let who, !alerts.isEmpty || documents.contains(where: { !$0.isCurrent }) {
      let aside = try AlertStore(folder: folder, isReadOnly: false).setDamagedAside(by: who, at: EventOptions.clock())
      tell(aside.alerts, aside.documents, folder)
      (alerts, documents) = try store.damage()
    }
    var advice: [String] = []
    if let anew = anew(alerts, folder) {
      advice.append(
        "\(anew); the alerts.sqlite of a backup has them whole, and --repair sets those aside that cannot be had again")
    }
    return (named(alerts.map(fault), "alerts") + named(documents.map(fault), "texts"), advice)
  }

  private static func named(_ faults: [String], _ things: String) -> [String] {
    let more = faults.count - mostNamed
    return faults.prefix(mostNamed) + (more > 0 ? ["\(more) more \(things) are damaged"] : [])
  }

  private static func fault(_ alert: DamagedAlert) -> String {
    "the alert \(alert.id) of the rule \(alert.ruleID), of its execution at \(alert.tick.iso8601), is damaged: its document is not "
      + "what was written"
  }

  private static func fault(_ document: DamagedDocument) -> String {
    let what = document.kind == .retention ? "bound of retention" : document.kind.rawValue.replacing("_", with: " ")
    let named = "version \(document.version) of the \(what) “\(document.key)”"
    return document.isCurrent
      ? "\(named) is damaged: its text is not what was written; import or set it again, or put back the "
        + "alerts.sqlite of a backup"
      : "\(named), which does not count any longer, is damaged: its text is not what was written; --repair sets it aside"
  }

  /// How alerts are made anew; nil where there are none.
  private static func anew(_ alerts: [DamagedAlert], _ folder: String) -> String? {
    guard let first = alerts.map(\.tick).min(), let last = alerts.map(\.tick).max() else { return nil }
    return
      "martlet run \(ShellWords.option("--data", folder)) --from \(first.iso8601) --to \(last.iso8601) makes alerts anew whose rules "
      + "and events are there"
  }

  private static func tell(_ alerts: [DamagedAlert], _ documents: [DamagedDocument], _ folder: String) {
    var parts: [String] = []
    if !alerts.isEmpty { parts.append(CountText.count(alerts.count, "alert")) }
    if !documents.isEmpty {
      parts.append(CountText.count(documents.count, "text that counts no longer", "texts that count no longer"))
    }
    let isOne = alerts.count + documents.count == 1
    let aside =
      "\(parts.joined(separator: " and ")), damaged, \(isOne ? "was" : "were") set aside in the table set_aside of alerts.sqlite"
    StandardError.write(
      line: Terminal.safe("martlet: " + aside + (anew(alerts, folder).map { "; \($0)" } ?? "")))
  }
}
