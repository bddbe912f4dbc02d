import Detection
import Events
import Foundation
import JSON
import Parallel
import Query
import Rules

/// Runs the test events that stand beside rules.
///
/// ```swift
/// let report = RuleTestRunner.run(paths: ["Rules"])
/// for line in report.lines { print(line) }
/// ```
/// The tests of `X.toml` are in `X.test.yaml` in the same directory. Nothing is thrown: what cannot be read or run is
/// in the report.
public enum RuleTestRunner {
  /// Bytes of JSON that the events of one file may come to.
  static let recordBytes = 64 << 20
  /// Failures of one file that are looked into for their reason.
  static let explainedFailures = 20

  /// Tests the rules of files and directories; a path may also be that of a file of test events.
  ///
  /// - Parameters:
  ///   - catalog: the types of fields.
  ///   - tables: what `ENRICH` and `LOOKUP JOIN` look things up in, by name, beside those of the test files.
  ///   - mutants: whether the tests are tested too, by changing the rules.
  public static func run(
    paths: [String], catalog: FieldCatalog = .standard, tables: [String: ESQLTable] = [:], mutants: Bool = false,
    sigma: SigmaSettings = .standard
  ) -> RuleTestReport {
    var report = RuleTestReport()
    var finder = TestFileFinder()
    let rulePaths = paths.compactMap { rulePath($0, &finder, &report) }
    report.diagnostics += finder.diagnostics
    let loaded = RuleLoader.load(paths: rulePaths, sigma: sigma)
    let unreadable = loaded.diagnostics.filter { $0.severity == .error }
    report.diagnostics += unreadable
    var tests = Dictionary(finder.files.map { (stem($0, TestFileFinder.ending), $0) }) { first, _ in first }
    let rules = Dictionary(grouping: loaded.rules) { stem($0.file, nil) }
    var told: Set<String> = []
    var places: [Int] = []
    var jobs: [(rule: LoadedRule, file: RuleTestFile)] = []
    for rule in loaded.rules {
      let key = stem(rule.file, nil)
      guard told.insert(key).inserted else { continue }
      let group = rules[key] ?? [rule]
      guard let path = tests.removeValue(forKey: key) else {
        noteUntested(group, catalog, tables, &report)
        continue
      }
      guard group.count == 1 else {
        report.diagnostics.append(
          Diagnostic(
            .error, file: path,
            "\(group.count) rules stand in files of this stem, and a test file tests one; split them into files."))
        continue
      }
      guard var file = read(path, catalog, &report.diagnostics) else {
        report.add(RuleTestOutcome(rule, state: .unreadable))
        continue
      }
      file.lookups = file.lookups.with(tables)
      // What comes of it takes this one's place.
      report.add(RuleTestOutcome(rule, state: .tested))
      jobs.append((rule, file))
      places.append(report.outcomes.count - 1)
    }
    let outcomes = jobs.concurrentMap(slice: 1) { job in
      var outcome = outcome(job.rule, job.file, catalog)
      if mutants, outcome.state == .tested, outcome.failures.isEmpty {
        outcome.mutants = MutantTrial.run(job.rule, job.file, catalog)
      }
      return outcome
    }
    for (place, outcome) in zip(places, outcomes) { report.replace(place, by: outcome) }
    let broken = Set(unreadable.map { stem($0.file, nil) })
    for path in tests.values.sorted() {
      let message =
        broken.contains(stem(path, TestFileFinder.ending))
        ? "The tests were not run, because their rule cannot be read."
        : "There is no rule beside this test file; it was looked for in \(expectedRule(path))."
      report.diagnostics.append(Diagnostic(.error, file: path, message))
    }
    if loaded.rules.isEmpty, report.errorCount == 0 {
      report.diagnostics += paths.map { Diagnostic(.error, file: $0, "No rules were found here; name another path.") }
    }
    report.diagnostics.sort { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
    return report
  }

  // MARK: Rules and their test files

  /// What to load rules from for a path; takes note of the test files that belong to it.
  private static func rulePath(
    _ path: String, _ finder: inout TestFileFinder, _ report: inout RuleTestReport
  ) -> String? {
    guard path.hasSuffix(TestFileFinder.ending) else {
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      finder.find(exists && !isDirectory.boolValue ? withoutEnding(path) + TestFileFinder.ending : path)
      return path
    }
    guard FileManager.default.fileExists(atPath: path) else {
      report.diagnostics.append(Diagnostic(.error, file: path, "There is no such file; check the path."))
      return nil
    }
    finder.find(path)
    let start = String(path.dropLast(TestFileFinder.ending.count))
    return ["toml", "ndjson", "json"].map { "\(start).\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  private static func expectedRule(_ test: String) -> String {
    test.dropLast(TestFileFinder.ending.count) + ".toml"
  }

  private static func withoutEnding(_ path: String) -> String {
    guard let point = path.lastIndex(of: "."), !path[point...].contains("/") else { return path }
    return String(path[..<point])
  }

  /// A file's path without its ending, however it is spelled.
  private static func stem(_ path: String, _ ending: String?) -> String {
    let start = ending.map { String(path.dropLast($0.count)) } ?? withoutEnding(path)
    let cut = start.lastIndex(of: "/")
    let directory = cut.map { $0 == start.startIndex ? "/" : String(start[..<$0]) } ?? "."
    let name = cut.map { start[start.index(after: $0)...] } ?? start[...]
    guard let resolved = realpath(directory, nil) else { return start }
    defer { free(resolved) }
    return String(cString: resolved) + "/" + name
  }

  private static func noteUntested(
    _ rules: [LoadedRule], _ catalog: FieldCatalog, _ tables: [String: ESQLTable], _ report: inout RuleTestReport
  ) {
    let lookups = LookupData.none.with(tables)
    for rule in rules {
      if let reason = TestHunt(rule.rule, catalog: catalog, lookups: lookups).unrunnableReason {
        report.add(RuleTestOutcome(rule, state: .skipped(reason: reason)))
      }
    }
    guard let first = rules.first else { return }
    let name = (withoutEnding(first.file).split(separator: "/").last.map(String.init) ?? "") + TestFileFinder.ending
    let message =
      rules.count == 1
      ? "The rule “\(first.rule.name)” has no tests; write them in \(name) beside it."
      : "The \(rules.count) rules of this file have no tests; write each in a file of its own, with tests beside it."
    report.diagnostics.append(
      Diagnostic(.warning, file: first.file, line: rules.count == 1 ? first.line : 1, message))
  }

  // MARK: Running

  private static func read(
    _ path: String, _ catalog: FieldCatalog, _ diagnostics: inout [Diagnostic]
  ) -> RuleTestFile? {
    do {
      let (file, found) = RuleTestReader.read(try TestFileFinder.read(path), path: path, catalog: catalog)
      diagnostics += found
      return file
    } catch {
      diagnostics.append(
        Diagnostic(.error, file: path, line: error.position.line, column: error.position.column, error.message))
      return nil
    }
  }

  /// Runs the tests of a file.
  static func outcome(
    _ rule: LoadedRule, _ file: RuleTestFile, _ catalog: FieldCatalog = .standard
  ) -> RuleTestOutcome {
    var outcome = RuleTestOutcome(rule, state: .tested)
    outcome.testCount = file.tests.count
    outcome.eventCount = file.eventCount
    if let reason = TestHunt(rule.rule, catalog: catalog, lookups: file.lookups).unrunnableReason {
      outcome.state = .unrunnable(reason: reason)
      return outcome
    }
    var bytes = 0
    for (number, test) in file.tests.enumerated() {
      var failures: [RuleTestFailure] = []
      do {
        let records = records(test, file, number)
        bytes += records.reduce(0) { $0 + $1.record.text.utf8.count }
        if bytes > recordBytes {
          throw TestHunt.Failure(
            event: nil, message: "The file's events come to more than \(recordBytes) bytes of JSON; use fewer.")
        }
        let explained = outcome.failures.count { !$0.failures.isEmpty }
        failures = try failuresOf(
          test, records, rule.rule, catalog, file.lookups, explains: explained < explainedFailures)
      } catch let failure as TestHunt.Failure {
        let events = test.history + test.events
        let line = failure.event.map { events[$0].position.line } ?? test.position.line
        failures = [RuleTestFailure(line: line, event: nil, expected: "a test that can be run", got: failure.message)]
      } catch {
        failures = [
          RuleTestFailure(
            line: test.position.line, event: nil, expected: "a test that can be run", got: "an error: \(error)")
        ]
      }
      if !failures.isEmpty {
        outcome.failures.append(
          FailedRuleTest(file: file.path, line: test.position.line, name: test.name, failures: failures))
      }
    }
    return outcome
  }

  /// The records of a test: history first, then the events that are judged.
  static func records(_ test: RuleTest, _ file: RuleTestFile, _ number: Int) -> [SilenceReason.Record] {
    let name = file.path.split(separator: "/").last ?? ""
    return (test.history + test.events).enumerated().map { at, event in
      let record = TestRecord.make(event, defaults: file.defaults, seed: "\(name)\n\(number)\n\(test.name)", number: at)
      return (record, event.time)
    }
  }

  private static func failuresOf(
    _ test: RuleTest, _ records: [SilenceReason.Record], _ rule: Rule, _ catalog: FieldCatalog,
    _ lookups: LookupData, explains: Bool
  ) throws -> [RuleTestFailure] {
    let events = test.history + test.events
    let outcome = try TestHunt(rule, catalog: catalog, lookups: lookups).run(records)
    let silence = SilenceReason(rule: rule, catalog: catalog, records: records, lookups: lookups) { number in
      let place = number < test.history.count ? "history" : "events"
      return "the event of `\(place)` at \(events[number].time.iso8601) (line \(events[number].position.line))"
    }
    var failures: [RuleTestFailure] = []
    for (number, event) in events.enumerated() {
      guard let expectation = event.expectation else { continue }
      let alerts = outcome.alerts[number]
      guard !holds(expectation, alerts) else { continue }
      var got =
        alerts.isEmpty
        ? "no alert" : alerts.map { describe($0, withSeverity: expectation.severity != nil) }.joined(separator: "; ")
      if alerts.isEmpty, explains, failures.count < explainedFailures,
        let reason = try silence.reason(number, outcome)
      {
        got += ": \(reason)"
      }
      if !alerts.isEmpty, let terms = expectation.newTerms, rule.type != .newTerms {
        got += "; a rule of type \(rule.type.rawValue) has no new terms, leave \(list(terms)) out"
      }
      failures.append(
        RuleTestFailure(
          line: event.position.line, event: describe(event, records[number].record), expected: describe(expectation),
          got: got))
    }
    return failures
  }

  static func holds(_ expectation: TestEvent.Expectation, _ alerts: [TestHunt.FoundAlert]) -> Bool {
    guard expectation.alerts == !alerts.isEmpty else { return false }
    guard expectation.newTerms != nil || expectation.severity != nil else { return true }
    return alerts.contains { alert in
      guard expectation.severity.map({ $0 == alert.severity }) ?? true else { return false }
      guard let terms = expectation.newTerms else { return true }
      return alert.terms.count == terms.count
        && zip(alert.terms, terms).allSatisfy { found, named in
          // 22 and 22.0 are one number.
          found == named || (found.doubleValue != nil && found.doubleValue == named.doubleValue)
        }
    }
  }

  private static func describe(_ event: TestEvent, _ record: JSONValue) -> String {
    var text = event.time.iso8601
    let action: String?
    switch event.form {
    case .record: action = record["eventName"]?.stringValue
    case .ecs(let members): action = members["event"]?["action"]?.stringValue ?? members["event.action"]?.stringValue
    }
    if let action { text += " \(action)" }
    return text
  }

  private static func describe(_ expectation: TestEvent.Expectation) -> String {
    guard expectation.alerts else { return "no alert" }
    return "an alert" + (expectation.severity.map { " of severity \($0.rawValue)" } ?? "")
      + (expectation.newTerms.map { ", new terms \(list($0))" } ?? "")
  }

  private static func describe(_ alert: TestHunt.FoundAlert, withSeverity: Bool) -> String {
    let severity = withSeverity ? " of severity \(alert.severity.rawValue)" : ""
    let terms = alert.terms.isEmpty ? "" : ", new terms \(list(alert.terms))"
    return "an alert\(severity)\(terms), by the execution at \(alert.tick.iso8601)"
  }

  private static func list(_ terms: [JSONValue]) -> String {
    "[" + terms.map(\.text).joined(separator: ", ") + "]"
  }
}
