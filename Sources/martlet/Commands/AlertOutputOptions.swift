import ArgumentParser
import Events
import Foundation
import Outputs
import Reports
import Rules

/// How alerts are shown, and where they go.
struct AlertOutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "ndjson, table, json, csv or markdown, on standard output; a table on a terminal, else ndjson.",
      valueName: "format"))
  var format: AlertView.Format?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write alerts to this file in place of standard output; may be repeated.",
      discussion: """
        The ending says the format: .ndjson, .jsonl, .json, .csv, .md, .txt (a table) or .html (a report); --format says it \
        of other names. Where --format is given and no file has it, standard output has the alerts too.
        """, valueName: "file"),
    completion: .file())
  var output: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only these fields of alerts, separated by commas: id, time, who … as in the table, or fields by name.",
      valueName: "a,b"))
  var fields: String?

  @Option(
    help: ArgumentHelp(
      "Sort by these fields, separated by commas; field:desc sorts downwards.", valueName: "a,b:desc"))
  var sort: String?

  @Option(help: ArgumentHelp("Show so many alerts, rows or values at most.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Count alerts by the values of these fields, separated by commas, in place of showing them.", valueName: "a,b"))
  var by: String?

  @Flag(help: "Count alerts over time in place of showing them.")
  var histogram = false

  @Option(
    help: ArgumentHelp(
      "The width of a bar of the histogram, as 30s, 15m, 6h or 1d; chosen to fit unless given.", valueName: "span"))
  var interval: String?

  @Flag(name: .customLong("no-fold"), help: "Give every alert a row of its own in a table.")
  var keepsApart = false

  func validate() throws {
    _ = try view()
    for path in output { _ = try destination(path) }
  }

  /// What is shown of alerts.
  ///
  /// - Parameter catalog: which fields there are.
  func view(_ catalog: FieldCatalog = .standard) throws -> AlertView {
    var view = AlertView()
    view.catalog = catalog
    view.fields = try ListOptions.fields(fields, option: "--fields")
    view.by = try ListOptions.fields(by, option: "--by")
    view.sort = try ListOptions.sort(sort)
    view.limit = try ListOptions.limit(limit)
    view.folds = !keepsApart
    view.histogram = try ListOptions.histogram(histogram, interval)
    try ListOptions.checkTogether(
      fields: view.fields, by: view.by, sort: view.sort, limit: view.limit, histogram: view.histogram)
    try ListOptions.refusePatterns(by: view.by, sort: view.sort, catalog)
    if format == .markdown || output.contains(where: { ListOptions.ending($0) == "md" }),
      view.fields != nil || view.by != nil || view.histogram != nil
    {
      throw ValidationError(
        "Markdown has whole alerts: leave out --fields, --by and --histogram, or take another format.")
    }
    if output.contains(where: Self.isPage), view.fields != nil || view.by != nil || view.histogram != nil {
      throw ValidationError(
        "a report has whole alerts: leave out --fields, --by and --histogram, or take another format.")
    }
    return view
  }

  /// Where alerts are written.
  enum Destination {
    case standardOutput(AlertView.Format)
    case file(String, AlertView.Format)
    case page(String)
  }

  static func isPage(_ path: String) -> Bool { ["html", "htm"].contains(ListOptions.ending(path)) }

  private func destination(_ path: String) throws -> Destination {
    guard path != "-" else { throw ValidationError("--output takes a file; leave it out for standard output.") }
    if Self.isPage(path) { return .page(path) }
    let known: [String: AlertView.Format] = [
      "ndjson": .ndjson, "jsonl": .ndjson, "json": .json, "csv": .csv, "md": .markdown, "txt": .table,
    ]
    guard let format = known[ListOptions.ending(path)] ?? format else {
      throw ValidationError(
        Terminal.safe(
          "--output \(path): its ending says no format (.ndjson, .json, .csv, .md, .txt, .html); give --format."))
    }
    return .file(path, format)
  }

  /// All places that alerts go to.
  func destinations() throws -> [Destination] {
    let files = try output.map(destination)
    guard !files.isEmpty else {
      return [.standardOutput(format ?? (Terminal.isTerminal(STDOUT_FILENO) ? .table : .ndjson))]
    }
    guard let format else { return files }
    let isWritten = files.contains { if case .file(_, format) = $0 { true } else { false } }
    return files + (isWritten ? [] : [.standardOutput(format)])
  }

  /// The files of a run, checked before anything is read; throws where one cannot be written or is input itself.
  func place(_ destinations: [Destination], inputs: [String]) throws -> [AlertDestination] {
    try destinations.map { destination in
      switch destination {
      case .standardOutput(let format): return .standardOutput(format)
      case .page(let path):
        do {
          return .page(try ReportFile(path: path))
        } catch {
          throw ValidationError(Terminal.safe("--output: \(error)"))
        }
      case .file(let path, let format):
        do throws(PlacedFile.Failure) {
          return .file(
            try PlacedFile(
              path: path, objection: { InputPaths.holds(inputs, $0) ? "it is, or would be, input of such a run" : nil }),
            format)
        } catch {
          throw ValidationError(Terminal.safe("--output: alerts cannot be written to \(path): \(error.reason)"))
        }
      }
    }
  }
}

extension AlertView.Format: ExpressibleByArgument {}

/// A place that alerts are written to, found fit for it.
enum AlertDestination {
  case standardOutput(AlertView.Format)
  case file(PlacedFile, AlertView.Format)
  case page(ReportFile)

  /// The file that is written, reports aside; nil for standard output.
  var path: String? { if case .file(let file, _) = self { file.path } else { nil } }
}

/// Whether a file is among what a run reads.
enum InputPaths {
  static func holds(_ inputs: [String], _ file: String) -> Bool {
    let resolved = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
    return inputs.contains { input in
      guard input != "-" else { return false }
      let place = URL(fileURLWithPath: input).resolvingSymlinksInPath().path
      return resolved == place || resolved.hasPrefix(place.hasSuffix("/") ? place : place + "/")
    }
  }
}
