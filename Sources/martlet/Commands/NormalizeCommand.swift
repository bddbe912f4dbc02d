import ArgumentParser
import CloudTrail
import Events
import Foundation
import Inputs
import JSON
import Outputs

struct NormalizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "normalize",
    abstract: "Prints events in ECS, one JSON object a line.",
    discussion: """
      Examples:
        martlet normalize AWSLogs/ > events.ndjson
        martlet normalize --fields @timestamp,event.action,user.name trail.json.gz

      Exit status: 0 when everything was read; 1 when some input could not be read; 2 when there was no file, or no event in
      them; 64 for wrong arguments.
      """)

  @OptionGroup var input: InputOptions

  @Flag(name: .customLong("keep-original"), help: "Keep each record's own JSON in event.original.")
  var keepsOriginal = false

  @Option(
    help: ArgumentHelp("Only these fields (and what is below them), separated by commas.", valueName: "a,b"))
  var fields: String?

  func run() async throws {
    var context = try input.context(keepsOriginal: keepsOriginal)
    context.ingestsAtEventTime = true
    let output = OrderedOutput(StandardOutput())
    let names = try ListOptions.fields(fields, option: "--fields")
    let catalog = try input.catalog(tells: true)
    LostAlerts.tell(.events)
    let unknown = (names ?? []).filter { UnknownFields.isPattern($0) || FieldNotice.isUnknown($0, catalog) }
    let selection = names.map { FieldSelection($0) }
    let notices = input.notices
    do {
      let (summary, met) = try await input.read(printing: output) { [context] in
        EventPrinter(context, selection: selection, unknown: unknown, output: output)
      }
      notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      let hasGeoFaults = ProblemReport.write(context.geoDatabases)
      let found = met.reduce(into: Set<String>()) { $0.formUnion($1) }
      for field in unknown where !found.contains(field) {
        let isKnown = !FieldNotice.isUnknown(field, catalog)
        notices.warn(
          isKnown ? UnknownFields.ofEvents(field, catalog) : UnknownFields.message(field, catalog))
      }
      let outcome = RunOutcome(
        hasTrouble: !summary.problems.isEmpty || hasGeoFaults,
        nothing: RunOutcome.nothing(in: summary, input.paths))
      if let nothing = outcome.nothing {
        StandardError.write(line: Terminal.safe("martlet: nothing was read: \(nothing)"))
      }
      if let status = outcome.status { throw status }
    } catch is StandardOutput.Closed {
      return
    }
  }

  func validate() throws {
    try input.checkGiven()
    _ = try ListOptions.fields(fields, option: "--fields")
  }
}
