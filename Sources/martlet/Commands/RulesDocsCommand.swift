import ArgumentParser
import Outputs
import Rules

struct RulesDocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Writes the documentation page of a rule, or of all, in Markdown.",
    discussion: """
      A page has everything that a reader of the rule's alerts asks for: what it finds, when it runs and what it searches
      in words, the investigation guide, the query, ATT&CK. With --all an index page is written beside them. Pages
      that were made before are made again; a file of such a name that somebody else wrote is left as it is.

      Examples:
        martlet rules docs "AWS IAM Assume Role Policy Update"
        martlet rules docs --all --rules my-rules/ --no-builtin --out pages/

      Exit status: 0 when all was written, 1 when a rule could not be read or a page not be written.
      """)

  @Argument(help: ArgumentHelp("The rule: its id, name or file, or a part of it.", valueName: "rule"))
  var rule: String?

  @Flag(help: "Pages of all rules and an index; needs --out.")
  var all = false

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules to look in too; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  @Flag(name: .customLong("no-builtin"), help: "Leave out the rules that come with Martlet.")
  var withoutBuiltIn = false

  @Option(
    help: ArgumentHelp("The folder for the pages; standard output when none is given.", valueName: "dir"),
    completion: .directory)
  var out: String?

  @OptionGroup var notices: NoticeOptions

  @OptionGroup var sigma: SigmaOptions

  func validate() throws {
    if all == (rule != nil) { throw ValidationError("name one rule, or give --all.") }
    if all, out == nil { throw ValidationError("--all needs --out, the folder for the pages.") }
  }

  func run() throws {
    let loaded = RuleCollection.load(paths: rulePaths, withBuiltIn: !withoutBuiltIn, sigma: try sigma.settings())
    for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let rules = try rule.map { [try RulePick.one($0, among: loaded.rules).rule] } ?? loaded.rules.map(\.rule)
    let pages = RulePages(rules, withIndex: all)
    if let out {
      let (written, refused) = pages.write(to: out)
      StandardError.write(line: "\(CountText.count(written.count, "page")) written to \(Terminal.safe(out))")
      for reason in refused { StandardError.write(line: Terminal.safe("martlet: \(reason)")) }
      let stale = all ? pages.stale(in: out) : []
      notices.warn(of: stale.map { ($0, "") }) { count, _ in
        "\(CountText.count(count, "page")) of rules that are not among these \(count == 1 ? "is" : "are") left in \(out)"
      }
      if !refused.isEmpty { throw ExitCode(1) }
    } else {
      try StandardOutput.quietly { output in for page in pages.pages { try output.write(Array(page.text.utf8)) } }
    }
    if loaded.hasErrors { throw ExitCode(1) }
  }
}
