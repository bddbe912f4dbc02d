import ArgumentParser
import CloudTrail
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
    let selection = fields.map {
      FieldSelection($0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
    }
    do {
      let (summary, _) = try await input.read(printsAtOnce: true) { [context] in
        EventPrinter(context, selection: selection, output: output)
      }
      input.notices.tell(summary.passedOver)
      ProblemReport.write(summary.problems)
      let hasGeoFaults = ProblemReport.write(context.geoDatabases)
      if !summary.problems.isEmpty || hasGeoFaults { throw ExitCode(1) }
    } catch is StandardOutput.Closed {
      return
    }
  }
}
