import ArgumentParser
import Foundation
import Outputs
import RuleTesting
import Rules

struct RulesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Starts a rule, with its test events beside it.",
    discussion: """
      Both files can be checked and tested at once; the word TODO stands wherever there is something to fill in, and
      `rules check` and `rules lint` name the places. Nothing is written over.

      Examples:
        martlet rules new my-rules/iam_user_created
        martlet rules new --type new_terms --provider iam.amazonaws.com --action CreateUser my-rules/iam_user_created
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case query
    case newTerms = "new_terms"
  }

  @Argument(
    help: ArgumentHelp(
      "The path of the rule's file, without or with .toml: the service and the act in snake case.", valueName: "path"),
    completion: .file())
  var path: String

  @Option(help: ArgumentHelp("query or new_terms.", valueName: "type"))
  var type = Kind.query

  @Option(help: ArgumentHelp("The rule's name; made of the path when none is given.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The service whose log shows the act, as iam.amazonaws.com.", valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("The call, as CreateUser.", valueName: "name"))
  var action: String?

  func validate() throws {
    let last = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    if last.isEmpty || last == ".toml" || last == "." || last == ".." {
      throw ValidationError("“\(path)” names no file; give the path of the rule, as my-rules/iam_user_created.")
    }
  }

  func run() throws {
    let stem = path.hasSuffix(".toml") ? String(path.dropLast(5)) : path
    let today = Date().formatted(
      .verbatim(
        "\(year: .defaultDigits)/\(month: .twoDigits)/\(day: .twoDigits)", timeZone: .gmt,
        calendar: Calendar(identifier: .gregorian)))
    let scaffold = RuleScaffold(
      name: name ?? RuleScaffold.name(of: stem), id: UUID().uuidString.lowercased(),
      type: type == .query ? .query : .newTerms, provider: provider, action: action, day: today)
    do {
      for file in try scaffold.write(stem: stem, testEnding: RuleTestReport.fileEnding) {
        print(Terminal.safe(file))
      }
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \((error as? FileWriter.Failure)?.message ?? "\(error)")"))
      throw ExitCode(1)
    }
  }
}
