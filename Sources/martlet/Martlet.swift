import ArgumentParser
import Foundation
import Hashing
import Outputs
import Parallel

/// Where the program starts.
@main
enum Program {
  static func main() async {
    ProcessMemory.prepare()
    CryptoLibrary.prepare()
    await OpenFiles.prepare()
    if let complaint = CommandNames.complaint(Array(CommandLine.arguments.dropFirst())) {
      refuse(complaint, Martlet.self)
    }
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
      } catch let error as ValidationError {
        refuse(error.message, type(of: command))
      } catch {
        type(of: command).exit(withError: error)
      }
    } catch {
      let arguments = Array(CommandLine.arguments.dropFirst())
      guard let hint = CommandNames.hint(arguments), Martlet.exitCode(for: error) == .validationFailure else {
        Martlet.exit(withError: error)
      }
      StandardError.write(line: Terminal.safeLines(Martlet.fullMessage(for: error)))
      StandardError.write(line: Terminal.safe("  " + hint))
      Foundation.exit(ExitCode.validationFailure.rawValue)
    }
  }

  /// Ends with the status of wrong arguments: what is wrong, and how the command is called, the program's name with it.
  private static func refuse(_ message: String, _ command: any ParsableCommand.Type) -> Never {
    let usage = Martlet.usageString(for: command)
    StandardError.write(line: Terminal.safeLines("Error: \(message)\nUsage: \(usage)"))
    let name = usage.split(separator: " ").drop { $0 != "martlet" }
      .prefix { !$0.hasPrefix("[") && !$0.hasPrefix("<") && !$0.hasPrefix("-") }
    StandardError.write(line: "  See '\(name.joined(separator: " ")) --help' for more information.")
    Foundation.exit(ExitCode.validationFailure.rawValue)
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
        martlet ingest --data events AWSLogs/     keep the events, for --data in place of files
        martlet rules check my-rules/
      """,
    version: "0.1.0",
    subcommands: [
      HuntCommand.self, ShowCommand.self, ContextCommand.self, ReportCommand.self, ExplainCommand.self,
      BacktestCommand.self,
      SearchCommand.self,
      NormalizeCommand.self, IngestCommand.self, StatusCommand.self, RunCommand.self, RunsCommand.self,
      AlertsCommand.self,
      ServeCommand.self, VerifyCommand.self, BackupCommand.self, RetentionCommand.self,
      RulesCommand.self, ExceptionsCommand.self, ValueListsCommand.self, NotifyCommand.self, KeysCommand.self,
      GenerateCommand.self,
    ])
}
