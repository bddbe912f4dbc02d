import ArgumentParser
import Outputs
import Rules

/// How Sigma's rules are understood.
struct SigmaOptions: ParsableArguments {
  @Option(
    name: .customLong("sigma-mapping"),
    help: ArgumentHelp(
      "A YAML file that says where the events of Sigma's log sources are, what fields are called there, and what placeholders stand for; may be repeated.",
      valueName: "file"),
    completion: .file())
  var mappings: [String] = []

  /// What is known, with the files over it.
  func settings() throws -> SigmaSettings {
    do {
      return try SigmaSettings.standard.adding(files: mappings)
    } catch {
      throw ValidationError(Terminal.safe("--sigma-mapping: \(error.diagnostic)"))
    }
  }
}
