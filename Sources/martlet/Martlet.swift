import ArgumentParser
import Outputs

/// Where the program starts.
@main
enum Program {
  static func main() async {
    do {
      var command = try Martlet.parseAsRoot()
      do {
        if var command = command as? any AsyncParsableCommand {
          try await command.run()
        } else {
          try command.run()
        }
      } catch is StandardOutput.Closed {
        // Whoever read has seen enough.
      } catch {
        // Of its own kind, so that the usage that is shown is the command's.
        type(of: command).exit(withError: error)
      }
    } catch {
      Martlet.exit(withError: error)
    }
  }
}

/// The command line: arguments in, calls down, nothing else.
struct Martlet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Finds attacks in cloud audit logs with detection rules in Elastic Security's format.",
    discussion: """
      Examples:
        martlet hunt AWSLogs/                     hunt in a copy of a CloudTrail bucket
        martlet hunt --report out.html AWSLogs/   the same as a page to send to a colleague
        martlet search 'event.action: StopLogging' AWSLogs/
        martlet rules check my-rules/
      """,
    version: "0.1.0",
    subcommands: [
      HuntCommand.self, ShowCommand.self, ExplainCommand.self, BacktestCommand.self, SearchCommand.self,
      NormalizeCommand.self, RulesCommand.self, ExceptionsCommand.self, GenerateCommand.self,
    ])
}
