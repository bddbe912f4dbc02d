import ArgumentParser
import Foundation
import Outputs
import Rules

struct RulesConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Writes rules in another format: TOML files, or NDJSON that Kibana imports.",
    discussion: """
      To NDJSON: an object a line and a summary at the end, on standard output or into a file. To TOML: a file a rule,
      named after the rule, into a folder. What stands there already is left as it is unless --overwrite is given.

      Rules in Sigma become rules of Elastic Security that alert on the same events; what cannot be written so exactly is told
      and left out.

      Examples:
        martlet rules convert --from sigma --to toml --out my-rules/ sigma/rules/cloud/aws
        martlet rules convert --to ndjson --out rules.ndjson my-rules/
        martlet rules convert --to toml --out my-rules/ export.ndjson

      Exit status: 0 when everything was written, 1 when some rule or file could not be read or written.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case toml, ndjson }

  enum Origin: String, ExpressibleByArgument, CaseIterable { case elastic, sigma }

  @Option(help: ArgumentHelp("elastic or sigma: take rules of this kind only.", valueName: "kind"))
  var from: Origin?

  @Option(help: ArgumentHelp("toml or ndjson.", valueName: "format"))
  var to: Format

  @Argument(help: "Files and folders of rules (.toml, .ndjson, .json, Sigma's .yml).", completion: .file())
  var paths: [String]

  @Option(
    help: ArgumentHelp(
      "A folder for TOML, a file for NDJSON; - is standard output, which takes one rule in TOML.", valueName: "path"),
    completion: .file())
  var out = "-"

  @Flag(help: "Write over files that are there already.")
  var overwrite = false

  @OptionGroup var types: MappingOptions
  @OptionGroup var sigma: SigmaOptions

  func run() throws {
    let settings = try sigma.settings()
    let catalog = types.mapping == nil ? nil : try types.catalog(tells: true)
    var loaded = RuleCollection.load(paths: paths, withBuiltIn: false, sigma: settings)
    for diagnostic in loaded.diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
    if let from { loaded.rules.removeAll { ($0.rule.language == .sigma) != (from == .sigma) } }
    let isSayable = SigmaNotice.convert(&loaded.rules, settings, catalog: catalog)
    let isWrittenWhole = to == .toml ? try writeTOML(loaded) : try writeNDJSON(loaded)
    let isWhole = isWrittenWhole && isSayable
    if loaded.hasErrors || !isWhole { throw ExitCode(1) }
  }

  private func writeNDJSON(_ loaded: RuleLoadResult) throws -> Bool {
    let export = RuleExport(loaded)
    say(export.diagnostics)
    guard out != "-" else {
      try StandardOutput.quietly { output in for line in export.lines { try output.write(line: line) } }
      return export.diagnostics.isEmpty
    }
    var isDirectory: ObjCBool = false
    let isFolder = FileManager.default.fileExists(atPath: out, isDirectory: &isDirectory) && isDirectory.boolValue
    guard !isFolder else {
      throw ValidationError("\(out) is a folder; name the file to write, as \(out)/rules.ndjson.")
    }
    guard !loaded.rules.isEmpty else {
      StandardError.write(line: Terminal.safe("martlet: there is no rule to write; \(out) is not written"))
      return false
    }
    do {
      try FileWriter.write(out, export.text, overwrites: overwrite)
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(error.message)\(error.exists ? Self.advice : "")"))
      return false
    }
    StandardError.write(line: "\(CountText.count(export.lines.count - 1, "object")) written to \(Terminal.safe(out))")
    return export.diagnostics.isEmpty
  }

  private static let advice = " Give --overwrite to write over it."

  private func writeTOML(_ loaded: RuleLoadResult) throws -> Bool {
    let folder = RuleFolder(loaded)
    say(folder.diagnostics)
    let hasErrors = folder.diagnostics.contains { $0.severity == .error }
    guard out != "-" else {
      guard folder.files.count <= 1 else {
        throw ValidationError("standard output takes one rule in TOML, and there are more; give a folder with --out.")
      }
      try StandardOutput.quietly { output in for file in folder.files { try output.write(Array(file.text.utf8)) } }
      return !hasErrors
    }
    let report = folder.write(to: out, overwrites: overwrite)
    for path in report.written { print(Terminal.safe(path)) }
    for reason in report.refused {
      StandardError.write(line: Terminal.safe("martlet: \(reason.message)\(reason.exists ? Self.advice : "")"))
    }
    StandardError.write(
      line: "\(CountText.count(report.written.count, "file")) written, \(report.same.count) were there already, "
        + "\(report.refused.count) refused")
    return report.refused.isEmpty && !hasErrors
  }

  private func say(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { StandardError.write(line: Terminal.safe(diagnostic.description)) }
  }
}
