import ArgumentParser

/// The folder of events that a command works on.
struct FolderOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of events.", valueName: "folder"), completion: .directory)
  var data: String
}

/// A folder of events whose rules count beside those that ship.
struct RuleFolderOption: ParsableArguments {
  @Option(help: ArgumentHelp("The rules of this folder of events.", valueName: "folder"), completion: .directory)
  var data: String?
}

/// A folder of events whose alerts are taken in place of those of a file.
struct KeptAlertsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The alerts that are kept in this folder of events, in place of a file.", valueName: "folder"),
    completion: .directory)
  var data: String?
}
