import Events
import Foundation
import JSON
import Rules

/// Looks over rules as a careful reviewer would: names, ATT&CK, guides, queries that cannot be meant, missing tests.
///
/// What `RuleCheck` says of rules is not said again, save that a rule that cannot be read, or whose query cannot, is an error here
/// too.
public struct RuleLint: Sendable {
  public let files: Int
  public let rules: Int
  /// What was found, by file and place.
  public let findings: [LintFinding]
  /// Warnings that comments in the rules' files allow, with the reasons; by file and place.
  public let allowed: [(finding: LintFinding, reason: String)]

  public var errorCount: Int { findings.count { $0.diagnostic.severity == .error } }
  public var warningCount: Int { findings.count - errorCount }

  /// - Parameter testEnding: what takes the place of `.toml` in the name of a rule's test file.
  public init(_ loaded: RuleLoadResult, testEnding: String, catalog: FieldCatalog = .standard) {
    var findings = loaded.diagnostics.filter { $0.severity == .error }.map {
      LintFinding(check: "unreadable", ruleID: "", diagnostic: $0)
    }
    var allowed: [(finding: LintFinding, reason: String)] = []
    var ids: [String: LoadedRule] = [:]
    var names: [String: LoadedRule] = [:]
    for rule in loaded.rules {
      var report = LintReport(rule)
      if let first = ids[rule.rule.ruleID] {
        report.add(
          "duplicate-id", .error, at: "rule_id",
          "The id “\(rule.rule.ruleID)” is taken by “\(first.rule.name)” (\(first.file):\(first.line)).")
      } else {
        ids[rule.rule.ruleID] = rule
      }
      if let first = names[rule.rule.name.lowercased()] {
        report.add("duplicate-name", at: "name", "The name is that of another rule (\(first.file):\(first.line)).")
      } else {
        names[rule.rule.name.lowercased()] = rule
      }
      for error in RuleValidator.queryErrors(rule, inspectQuery: { RuleCheck.inspect($0, catalog) }) {
        report.add("query-unreadable", error)
      }
      NamingLint.check(&report)
      GuidanceLint.check(&report)
      QueryLint(catalog: catalog).check(&report)
      FieldLint(catalog: catalog).check(&report)
      ReachLint(catalog: catalog).check(&report)
      SequenceLint(catalog: catalog).check(&report)
      FlattenedKeyLint(catalog: catalog).check(&report)
      ESQLLint(catalog: catalog).check(&report)
      IndicatorLint(catalog: catalog).check(&report)
      BoundLint.check(&report)
      SigmaLint.check(&report)
      Self.checkTests(&report, testEnding)
      let (allowances, wrong) = LintAllowance.read(rule)
      findings += wrong
      // An error is none that one may allow.
      for finding in report.findings {
        let allowance = allowances.first { $0.check == finding.check && finding.diagnostic.severity != .error }
        if let allowance { allowed.append((finding, allowance.reason)) } else { findings.append(finding) }
      }
      findings += allowances.filter { one in !report.findings.contains { $0.check == one.check } }
        .map { $0.unused(in: rule) }
    }
    files = loaded.files
    rules = loaded.rules.count
    self.findings = findings.sorted(by: Self.precedes)
    self.allowed = allowed.sorted { Self.precedes($0.finding, $1.finding) }
  }

  private static func precedes(_ one: LintFinding, _ other: LintFinding) -> Bool {
    let (left, right) = (one.diagnostic, other.diagnostic)
    return (left.file, left.line, left.column, one.check) < (right.file, right.line, right.column, other.check)
  }

  /// A rule in a file of its own has its tests beside it, if it runs at all.
  private static func checkTests(_ report: inout LintReport, _ ending: String) {
    for path in Placeholder.fields(of: report.rule) {
      report.add("unfinished", at: path, "`\(path)` still holds the word \(Placeholder.word): fill it in.")
    }
    let file = report.loaded.file
    guard file.hasSuffix(".toml"), report.rule.runnability.reason == nil, FileManager.default.fileExists(atPath: file)
    else { return }
    let tests = String(file.dropLast(5)) + ending
    guard let handle = FileHandle(forReadingAtPath: tests) else {
      report.add("test-missing", at: RuleKeyPath(), "There are no tests: \(tests) was looked for.")
      return
    }
    defer { try? handle.close() }
    let text = (try? handle.read(upToCount: 1 << 20)).flatMap { String(data: $0, encoding: .utf8) } ?? ""
    for (at, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where Placeholder.holds(String(line)) {
      report.add(
        "unfinished",
        Diagnostic(
          .warning, file: tests, line: at + 1,
          "The line still holds the word \(Placeholder.word): fill it in."))
    }
  }

  /// The findings as JSON, for tools.
  public var json: JSONValue {
    [
      "files": .integer(Int64(files)), "rules": .integer(Int64(rules)), "errors": .integer(Int64(errorCount)),
      "warnings": .integer(Int64(warningCount)),
      "findings": .array(findings.map { .object(Self.members($0)) }),
      "allowed": .array(
        allowed.map { .object(Self.members($0.finding).merging(["reason": .string($0.reason)]) { $1 }) }),
    ]
  }

  private static func members(_ finding: LintFinding) -> [String: JSONValue] {
    let diagnostic = finding.diagnostic
    return [
      "level": .string(diagnostic.severity.rawValue), "check": .string(finding.check),
      "rule_id": .string(finding.ruleID), "file": .string(diagnostic.file),
      "line": .integer(Int64(diagnostic.line)), "column": .integer(Int64(diagnostic.column)),
      "message": .string(diagnostic.message),
    ]
  }
}
