import Alerts
import ArgumentParser
import Events
import Running

/// Who makes a change that is kept.
struct AuthorOption: ParsableArguments {
  @Option(help: ArgumentHelp("Who makes the change; the user of this session unless given.", valueName: "name"))
  var by: String?

  /// Given by the listener alone, which has seen the key.
  @Option(help: ArgumentHelp("The id of the key that was shown.", visibility: .private))
  var byKey: String?

  var name: String {
    let name = by ?? SystemUser.name
    return byKey.map { "\(name) (key \($0))" } ?? name
  }

  func validate() throws {
    if let by, by.isEmpty || by.utf8.count > 16 << 10 { throw ValidationError("--by is empty, or longer than 16 KiB.") }
    if let by, byKey == nil, AuditAuthor(by).keyID != nil {
      throw ValidationError("--by ends as the name of somebody who has shown a key does: write it without “(key …)”.")
    }
  }
}
