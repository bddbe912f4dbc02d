import Alerts
import ArgumentParser
import Events
import Foundation
import Outputs
import Parallel
import Reports
import Rules
import Running

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes a report, a table or another format from alerts that a hunt has written, or that are kept.",
    discussion: """
      The file is NDJSON, what hunt --format json prints, or an answer of Elasticsearch to a search; what a hunt has left out
      is not in it, and so not in the report.

      Where nothing else is asked for, it makes a page beside where it runs, named after the file, and replaces none.

      Examples:
        martlet report alerts.ndjson                      # makes alerts.html
        martlet report --output out.html alerts.ndjson
        martlet report --format table --min-severity high alerts.ndjson
        martlet report --by rule,who --format csv alerts.ndjson
        martlet report --data events --output out.html

      Exit status: 0 when all alerts were read; 1 when the file or some of its lines could not be read, or a file not be
      written; 2 when there is no alert; 64 for wrong arguments.
      """)

  @Argument(help: ArgumentHelp("The file of alerts; - is standard input.", valueName: "file"), completion: .file())
  var file: String?

  @OptionGroup var folder: KeptAlertsOption

  @OptionGroup var selection: AlertSelectionOptions
  @OptionGroup var alerts: AlertOutputOptions
  @OptionGroup var notices: NoticeOptions

  @Option(
    help: ArgumentHelp(
      "The time that the report says it was made: ISO 8601; the clock's unless given.", valueName: "time")
  )
  var now: String?

  /// Alerts that are held at most, and bytes of them.
  private static let mostAlerts = 250_000
  /// An alert that is read takes about six times as much memory as its text.
  private static let mostBytes = min(1 << 30, ProcessMemory.available / 12)
  private static let mostProblems = 100
  /// Tags that are known to be of some alert.
  private static let mostTags = 10_000

  /// The file or the folder that alerts come from.
  private var source: String { data ?? file ?? "" }

  private var data: String? { folder.data }

  func validate() throws {
    guard (file == nil) != (data == nil) else {
      throw ValidationError(
        file == nil
          ? "name the file of alerts, or a folder of events with --data." : "--data takes the place of a file.")
    }
    _ = try currentTime()
  }

  /// Where alerts go: to a page beside where the command runs, where nothing else is asked for.
  private func destinations() throws -> [AlertOutputOptions.Destination] {
    guard alerts.output.isEmpty, alerts.format == nil, alerts.by == nil, !alerts.histogram, alerts.fields == nil,
      alerts.sort == nil, alerts.limit == nil, !alerts.keepsApart
    else { return try alerts.destinations() }
    let page = Self.page(of: source)
    // Nobody named it, so nothing is replaced by it.
    guard access(page, F_OK) != 0 else {
      throw ValidationError(
        Terminal.safe(
          "\(page) is there already, and is replaced only where it is named: --output \(page), or another name."))
    }
    return [.page(page)]
  }

  /// The name of a page that nobody has named: that of the alerts, with an ending of its own.
  private static func page(of file: String) -> String {
    let name = file == "-" ? "" : URL(fileURLWithPath: file).lastPathComponent
    let stem = name.split(separator: ".").first.map(String.init) ?? ""
    return (stem.isEmpty || stem == "/" ? "report" : stem) + ".html"
  }

  private func currentTime() throws -> Timestamp {
    let clock = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    return try now.map { try InputOptions.time($0, option: "--now", relativeTo: clock) } ?? clock
  }

  func run() throws {
    var view = try alerts.view()
    try ListOptions.refuseObjects(by: view.by, sort: view.sort, view.catalog)
    let destinations = try alerts.place(destinations(), inputs: [source])
    let keeps = try selection.alertFilter()
    var saved: [AlertDocument] = []
    var (read, left, bytes) = (0, 0, 0)
    // Of these, building blocks, which serve other alerts.
    var (blocksRead, blocksLeft, blocksSaved) = (0, 0, 0)
    var outcome = RunOutcome()
    var problems: [String] = []
    var furtherProblems = 0
    var tags: Set<String> = []
    func take(_ alert: AlertDocument) {
      read += 1
      let isBlock = alert.isPartOfGroup
      if isBlock { blocksRead += 1 }
      if !selection.tags.isEmpty, tags.count < Self.mostTags {
        tags.formUnion(alert.values("kibana.alert.rule.tags"))
      }
      guard keeps(alert) else { return }
      bytes += alert.json.count
      if saved.count < Self.mostAlerts, bytes <= Self.mostBytes {
        saved.append(alert)
        if isBlock { blocksSaved += 1 }
      } else {
        left += 1
        if isBlock { blocksLeft += 1 }
      }
    }
    do {
      if let data {
        let store = try FolderRules.open(data, isReadOnly: true)
        let damaged = try FolderRules.telling {
          try store.forEachAlert { take(try AlertDocument(written: try $0.document())) }
        }
        if let sentence = DamagedAlert.sentence(damaged, in: data) { problems.append(sentence) }
      } else {
        try AlertReader(path: source).read { problem in
          if problems.count < Self.mostProblems { problems.append("\(problem)") } else { furtherProblems += 1 }
        } alert: {
          take($0)
        }
      }
    } catch let error as AlertFileError {
      problems.append("\(error)")
    }
    if furtherProblems > 0 { problems.append("\(source): \(furtherProblems) more places cannot be used") }
    for problem in problems { StandardError.write(line: Terminal.safe("martlet: \(problem)")) }
    outcome.hasTrouble = !problems.isEmpty
    if read > 0 { try selection.checkTags(ofAlerts: tags) }
    // Of saved alerts no file of a rule is known, so its id tells it apart.
    view.ruleLabels = RuleLabels(saved.map { ($0.ruleID, $0.first("kibana.alert.rule.name") ?? "", $0.ruleID) })
    if !view.ruleLabels.isEmpty { saved = saved.map { $0.labelled(view.ruleLabels) } }
    let shown = SavedAlerts(saved)
    // A building block whose alert is not among them stands for itself.
    let lone = blocksSaved - shown.blockCount
    let alertsRead = read - blocksRead + lone
    let alertsShown = shown.alertCount
    let alertsLeft = left - blocksLeft
    let notAsked = alertsRead - alertsShown - alertsLeft
    if left > 0 {
      notices.warn(
        "\(CountText.alerts(alertsLeft, blocks: blocksLeft)) beyond the bounds of a report are left out; give --min-severity or --tag"
      )
    }
    let files = destinations.compactMap { if case .page(let page) = $0 { page.path } else { $0.path } }
    let kept = read > 0 ? [] : files.filter(RunOutcome.isWorthKeeping)
    // Nobody has asked for a page of that name that says nothing.
    let pages = read > 0 || !alerts.output.isEmpty ? destinations : []
    var context = ReportContext(created: try currentTime(), version: Martlet.configuration.version)
    context.isOfSavedAlerts = true
    context.inputs = [source]
    context.problems = problems
    context.unread = min(problems.count, Self.mostProblems) + furtherProblems
    context.asked = selection.asked
    context.alertsNotAsked = notAsked
    context.alertsWithoutRoom = alertsLeft
    if read == 0 { context.nothing = "there is no alert in \(source)" }
    for case .page(let page) in pages where !kept.contains(page.path) && !write(shown, to: page, context) {
      outcome.hasTrouble = true
    }
    let written = AlertWriting.write(shown, view, to: destinations.filter { !kept.contains($0.path ?? "") })
    if !written.isWhole { outcome.hasTrouble = true }
    for field in written.emptyFields { notices.warn(UnknownFields.ofAlerts(field, view.catalog)) }
    for notice in written.notices { notices.close(notice) }
    if read == 0 {
      outcome.nothing = "there is no alert in \(source)"
      StandardError.write(line: Terminal.safe("martlet: there is no alert in \(source)"))
      RunOutcome.tell(unwritten: kept)
    }
    if alerts.output.isEmpty, let page = files.first, read > 0, !outcome.hasTrouble {
      notices.close("the report is in \(page)")
    }
    var line = CountText.alerts(alertsRead, blocks: blocksRead - lone) + (outcome.hasTrouble ? " could be read" : "")
    if alertsShown < alertsRead { line += ", \(alertsShown == 0 ? "none" : String(alertsShown)) shown" }
    if notAsked > 0 { line += ", \(notAsked) left out by \(selection.asked.joined(separator: ", "))" }
    notices.close(line)
    if let status = outcome.status { throw status }
  }

  /// Writes the page; false, with words, where it cannot be written.
  private func write(_ source: SavedAlerts, to file: ReportFile, _ context: ReportContext) -> Bool {
    var context = context
    let saved = source.alerts
    if source.blockCount > 0 {
      let blocks = CountText.count(source.blockCount, "building block")
      notices.close("\(blocks), which serve other alerts, are not on the page; NDJSON and JSON have them")
    }
    let times = saved.compactMap(\.time)
    context.earliest = times.min()
    context.latest = times.max()
    do {
      var page = ReportPage()
      for alert in saved { page.add(alert) }
      try file.write { output in try page.write(context, to: output) }
      return true
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(error)"))
      return false
    }
  }
}

extension AlertSelectionOptions {
  /// Whether an alert that was saved is wanted.
  func alertFilter() throws -> (AlertDocument) -> Bool {
    let least = try severity() ?? .low
    let wantedTags = Set(tags.map { $0.lowercased() })
    let wantedTactics = try tacticIDs()
    return { alert in
      alert.severity >= least
        && (wantedTags.isEmpty
          || alert.values("kibana.alert.rule.tags").contains { wantedTags.contains($0.lowercased()) })
        && (wantedTactics.isEmpty || alert.threats.contains { wantedTactics.contains($0.tacticID) })
    }
  }
}
