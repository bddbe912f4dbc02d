import ArgumentParser
import Detection
import Events
import Exceptions
import Outputs
import Rules

/// Which exceptions a command obeys.
struct ExceptionOptions: ParsableArguments {
  @Option(
    name: .customLong("exceptions"),
    help: ArgumentHelp("A file or folder of exceptions (.toml, .ndjson); may be repeated.", valueName: "path"))
  var paths: [String] = []

  @Option(
    name: .customLong("value-lists"),
    help: ArgumentHelp("A folder with the files of Kibana's value lists; may be repeated.", valueName: "dir"))
  var valueLists: [String] = []

  /// Loads the exceptions, those of exports of rules too; what is to be said of them is written to standard error.
  ///
  /// - Parameters:
  ///   - catalog: says what types fields have.
  ///   - tellsUnknownFields: say which fields of entries no event is known to have; false where it is told of the rules.
  ///   - now: the time against which expiry is told.
  func load(
    _ rules: RuleLoadResult, _ catalog: FieldCatalog, tellsUnknownFields: Bool = true, now: Timestamp,
    _ notices: NoticeOptions
  ) -> (exceptions: ExceptionSet, hasErrors: Bool) {
    let loaded = ExceptionLoader.load(
      paths: paths, rules: rules, valueLists: valueLists, catalog: catalog,
      tellsUnknownFields: tellsUnknownFields)
    let exceptions = ExceptionSet(loaded)
    for diagnostic in loaded.diagnostics + exceptions.diagnostics(for: rules.rules) {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let expired = loaded.items.map(\.item).filter { $0.isExpired(at: now) }
    notices.warn(
      of: expired.map { ("\($0.name), until \($0.expires?.iso8601 ?? "") (\($0.file):\($0.line))", "expired") }
    ) { count, _ in
      "\(CountText.count(count, "exception has", "exceptions have")) expired, and \(count == 1 ? "holds" : "hold") for "
        + "executions before that alone"
    }
    return (exceptions, loaded.hasErrors)
  }
}
