import ArgumentParser
import Events
import Foundation
import Outputs
import Query
import Rules

struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Prints the events that a query matches, in the order of the input.",
    discussion: """
      Examples:
        martlet search 'event.action: "UpdateAssumeRolePolicy"' AWSLogs/
        martlet search --format count 'event.outcome: failure and source.ip: 203.0.113.0/24' AWSLogs/
      """)

  enum Language: String, ExpressibleByArgument, CaseIterable { case kuery }
  enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, table, count }

  @Argument(help: "The query.")
  var query: String

  @OptionGroup var input: InputOptions

  @Option(help: ArgumentHelp("The query's language.", valueName: "language"))
  var language = Language.kuery

  @Option(
    help: ArgumentHelp("Only data streams that match, for example logs-aws.*; all unless given.", valueName: "pattern"))
  var index: String?

  @Option(help: ArgumentHelp("ndjson, table or count; a table on a terminal, else ndjson.", valueName: "format"))
  var format: Format?

  func validate() throws { _ = try predicate() }

  private func predicate() throws -> Query.Predicate {
    do {
      return try KQL.parse(query)
    } catch {
      throw ValidationError("the query cannot be read.\n\(error.rendered)")
    }
  }

  func run() async throws {
    let predicate = try predicate()
    let context = try input.context()
    var queries = QuerySet(now: try input.currentTime())
    let bound = queries.add(predicate)
    let usesColour = Terminal.usesColour(STDOUT_FILENO)
    let width = Terminal.width
    let form: EventSearch.Form =
      switch format ?? (Terminal.isTerminal(STDOUT_FILENO) ? .table : .ndjson) {
      case .ndjson: .ndjson
      case .table: .table(usesColour: usesColour, width: width)
      case .count: .count
      }
    let output = StandardOutput()
    do {
      if case .table = form { try output.write(line: EventTable(width: width, usesColour: usesColour).header) }
      let ordered = OrderedOutput(output)
      let index = index.map { IndexPattern($0) }
      let (summary, counts) = try await input.read(printsAtOnce: true) { [queries] in
        EventSearch(
          queries, bound, index: index, form: form, context: context, catalog: .standard, output: ordered)
      }
      if case .count = form { try output.write(line: "\(counts.reduce(0, +))") }
      input.notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      let hasGeoFaults = ProblemReport.write(context.geoDatabases)
      if !summary.problems.isEmpty || hasGeoFaults { throw ExitCode(1) }
    } catch is StandardOutput.Closed {
      return
    }
  }
}
