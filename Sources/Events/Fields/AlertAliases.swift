/// Names of before that fields of alerts have beside their own: `signal.rule.name` is `kibana.alert.rule.name`.
///
/// Elastic's index of alerts maps each as an alias, and published rules ask for them. Which index an event is of decides there
/// whether it is one, so that an event that is no alert may have a field of that name of its own: such a field is read as a column
/// by itself, which has the event's own values and, of alerts, those of the field that it stands for.
public enum AlertAliases {
  /// The names, sorted.
  public static let names: [String] = targets.keys.sorted()

  private static let targets: [String: String] = Dictionary(
    uniqueKeysWithValues: AlertAliasTable.text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: "\t")
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    })

  private static let namesOfTargets: [String: [String]] = Dictionary(grouping: names) { targets[$0] ?? "" }

  /// What all names begin with.
  static let root = "signal."

  /// The field of alerts that a name stands for; nil for all other names.
  public static func target(of name: String) -> String? {
    name.utf8.starts(with: root.utf8) ? targets[name] : nil
  }

  /// The names that a field of alerts has beside its own.
  public static func names(of target: String) -> [String] {
    target.utf8.starts(with: "kibana.".utf8) ? namesOfTargets[target] ?? [] : []
  }
}
