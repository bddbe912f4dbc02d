import ArgumentParser
import Outputs
import Rules

/// Which alerts are wanted, by what their rules say of them.
struct AlertSelectionOptions: ParsableArguments {
  @Option(
    name: .customLong("min-severity"),
    help: ArgumentHelp("Only alerts of this severity and above: low, medium, high or critical.", valueName: "severity"))
  var leastSeverity: String?

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp("Only rules with this tag; may be repeated, any of them counts.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    name: .customLong("tactic"),
    help: ArgumentHelp(
      "Only rules of this tactic of ATT&CK, by id or name; may be repeated, any of them counts.", valueName: "tactic"))
  var tactics: [String] = []

  func validate() throws {
    _ = try severity()
    for tactic in tactics { _ = try Self.tactic(tactic) }
  }

  func severity() throws -> Severity? {
    guard let leastSeverity else { return nil }
    guard let severity = Severity(rawValue: leastSeverity.lowercased()) else {
      throw ValidationError(
        Terminal.safe("--min-severity takes low, medium, high or critical, not “\(leastSeverity.prefix(80))”."))
    }
    return severity
  }

  /// The id of a tactic of ATT&CK that is named by its id or name.
  private static func tactic(_ text: String) throws -> String {
    func folded(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
    let all = AttackCatalog.enterprise.tactics
    if let tactic = all.first(where: { folded($0.id) == folded(text) || folded($0.name) == folded(text) }) {
      return tactic.id
    }
    let near = Spelling.suggestion(for: text, among: all.map(\.name))
    throw ValidationError(
      Terminal.safe(
        "--tactic: ATT&CK has no tactic “\(text.prefix(80))”; "
          + (near.map { "did you mean “\($0)”?" } ?? "they are \(all.map(\.name).joined(separator: ", ")).")))
  }

  /// The ids of the tactics that are asked for.
  func tacticIDs() throws -> Set<String> { Set(try tactics.map(Self.tactic)) }

  private var given: [String] {
    [leastSeverity.map { "--min-severity \($0)" }, tags.isEmpty ? nil : "--tag", tactics.isEmpty ? nil : "--tactic"]
      .compactMap(\.self)
  }

  /// The options that are given, in words: `--min-severity critical and --tag`.
  var named: String {
    let options = given
    return options.count < 2
      ? options.joined() : options.dropLast().joined(separator: ", ") + " and " + (options.last ?? "")
  }

  /// Each option as it was given, with its value.
  var asked: [String] {
    (leastSeverity.map { [ShellWords.option("--min-severity", $0)] } ?? [])
      + tags.map { ShellWords.option("--tag", $0) }
      + tactics.map { ShellWords.option("--tactic", $0) }
  }

  /// Whether just one of them is given.
  var isSingle: Bool { given.count == 1 }

  private static func noTag(_ tag: String, among known: Set<String>, of thing: String) -> ValidationError {
    let near = Spelling.suggestion(for: tag, among: known.sorted())
    let some = known.sorted().prefix(12).joined(separator: ", ")
    return ValidationError(
      Terminal.safe(
        "--tag: no \(thing) has the tag “\(tag.prefix(80))”; "
          + (near.map { "did you mean “\($0)”?" } ?? (some.isEmpty ? "no \(thing) has any." : "there are \(some), …"))))
  }

  /// Throws with words where a tag is none of any saved alert, nor of a rule that ships, which may just have raised none.
  func checkTags(ofAlerts known: Set<String>) throws {
    func has(_ tags: Set<String>, _ tag: String) -> Bool { tags.contains { $0.lowercased() == tag.lowercased() } }
    let unknown = tags.filter { !has(known, $0) }
    guard !unknown.isEmpty else { return }
    let shipped = Set(RuleCollection.load(paths: [], withBuiltIn: true).rules.flatMap(\.rule.tags))
    for tag in unknown where !has(shipped, tag) { throw Self.noTag(tag, among: known, of: "alert") }
  }

  /// The rules that may give such alerts; throws with words where a tag is none of any rule.
  func select(_ rules: [LoadedRule]) throws -> [LoadedRule] {
    var rules = rules
    if !tags.isEmpty {
      let known = Set(rules.flatMap(\.rule.tags))
      for tag in tags where !known.contains(where: { $0.lowercased() == tag.lowercased() }) {
        throw Self.noTag(tag, among: known, of: "rule")
      }
      rules.removeAll { rule in
        !rule.rule.tags.contains { mine in tags.contains { $0.lowercased() == mine.lowercased() } }
      }
    }
    if !tactics.isEmpty {
      let ids = try tacticIDs()
      rules.removeAll { rule in !rule.rule.threats.contains { ids.contains($0.tactic.id) } }
    }
    if let least = try severity() {
      rules.removeAll { rule in
        max(rule.rule.severity, rule.rule.severityMapping.map(\.severity).max() ?? .low) < least
      }
    }
    return rules
  }
}
