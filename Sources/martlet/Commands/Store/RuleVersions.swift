import Alerts
import ArgumentParser
import JSON
import Outputs
import Rules
import Running

/// The versions that a rule of a folder has had.
enum RuleVersions {
  static func members(_ document: KeptDocument) -> [String: JSONValue] {
    [
      "version": .integer(Int64(document.version)), "kept_at": .string(document.keptAt.iso8601),
      "kept_by": .string(document.who), "current": .bool(document.isCurrent), "removed": .bool(document.text == nil),
    ]
  }

  /// The versions of the rule that a text means, which may have been deleted since. Throws with words where it is none.
  static func of(_ text: String, in store: AlertStore) throws -> (rule: LoadedRule?, versions: [KeptDocument]) {
    let deleted = try store.versions(.rule, text)
    if !deleted.isEmpty, !deleted.contains(where: \.isCurrent) { return (nil, deleted) }
    let rule = try RulePick.one(text, among: try FolderRules.load(store).rules)
    return (rule, try store.versions(.rule, rule.rule.ruleID))
  }

  /// One version as the line that was kept; throws with words where there is none.
  static func text(_ number: Int, of name: String, _ versions: [KeptDocument]) throws -> String {
    guard let version = versions.first(where: { $0.version == number }) else {
      throw ValidationError(
        Terminal.safe(
          versions.isEmpty
            ? "“\(name)” was never put into the folder, and has no versions there."
            : "“\(name)” has the versions 1 to \(versions.count) in the folder, and no version \(number)."))
    }
    guard let text = version.text else {
      throw ValidationError(Terminal.safe("version \(number) of “\(name)” is that it was deleted, by \(version.who)."))
    }
    return text
  }
}
