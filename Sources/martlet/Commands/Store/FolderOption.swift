import ArgumentParser

/// The folder of events that a command works on.
struct FolderOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder of events.", valueName: "folder"), completion: .directory)
  var data: String
}
