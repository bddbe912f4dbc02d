import Detection
import Events
import Exceptions
import RuleTesting
import Rules

/// Reads what people write beside logs: rules, exceptions, test events.
enum RuleTargets {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  static func rules(_ bytes: [UInt8], file: String) {
    let loaded = RuleLoader.load(text: String(decoding: bytes, as: UTF8.self), file: file)
    _ = RuleCheck(loaded, now: now).json
    _ = RuleLint(loaded, testEnding: ".test.yaml").json
    for rule in loaded.rules {
      _ = try? SigmaConversion.elastic(rule.rule)
      if let written = try? RuleWriter.toml(rule.rule) {
        let again = RuleLoader.load(text: written, file: "written.toml")
        precondition(again.rules.count == 1, "a rule that was written can be read: \(again.diagnostics)")
      }
      if let written = try? RuleWriter.ndjson(rule.rule) {
        let again = RuleLoader.load(text: written, file: "written.ndjson")
        precondition(again.rules.count == 1, "a rule that was written can be read: \(again.diagnostics)")
      }
    }
    if file.hasSuffix(".toml") { _ = RuleFormatter.format(bytes, file: file) }
    // The exceptions that came with an export.
    if !loaded.exportedItems.isEmpty { _ = ExceptionSet(ExceptionLoader.load(paths: [], rules: loaded)) }
  }

  static func exceptions(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // What stands where tells the two forms apart, as the names of files do.
    _ = ExceptionSet(ExceptionLoader.load(text: text, file: text.hasPrefix("{") ? "fuzz.ndjson" : "fuzz.toml"))
  }

  static func tests(_ bytes: [UInt8]) { _ = RuleTestFileCheck.diagnostics(bytes, path: "fuzz.test.yaml") }
}
