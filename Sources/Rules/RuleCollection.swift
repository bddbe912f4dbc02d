/// The rules that a command works with: those that ship and those of the user.
public enum RuleCollection {
  /// Loads the rules that ship, then those of files and folders. A rule of the user with the id of one that ships takes
  /// its place.
  public static func load(paths: [String], withBuiltIn: Bool, sigma: SigmaSettings = .standard) -> RuleLoadResult {
    var result = RuleLoadResult()
    if withBuiltIn {
      result = RuleLoader.load(texts: BuiltInRules.files.map { (file: LoadedRule.shippedFolder + $0, text: $1) })
    }
    let own = RuleLoader.load(paths: paths, sigma: sigma)
    let replaced = Set(own.rules.map(\.rule.ruleID))
    result.rules.removeAll { replaced.contains($0.rule.ruleID) }
    result.append(own)
    return result
  }
}
