import ArgumentParser
import Events
import Running

/// Who makes a change that is kept.
struct AuthorOption: ParsableArguments {
  @Option(help: ArgumentHelp("Who makes the change; the user of this session unless given.", valueName: "name"))
  var by: String?

  var name: String { by ?? SystemUser.name }

  func validate() throws {
    if let by, by.isEmpty || by.utf8.count > 16 << 10 { throw ValidationError("--by is empty, or longer than 16 KiB.") }
  }
}
