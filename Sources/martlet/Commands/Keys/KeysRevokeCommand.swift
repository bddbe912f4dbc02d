import Alerts
import ArgumentParser
import Outputs
import Running

struct KeysRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Has a key be taken no longer, from the next request on.",
    discussion: """
      A key that is revoked stays in the list. Where all are, nobody is admitted until there is a new one.

      Example:
        martlet keys revoke --data events kQ3vX9

      Exit status: 0, also when it was revoked already; 1 when there is no such key, several are meant, or the folder cannot be
      written; 64 for wrong arguments.
      """)

  @OptionGroup var folder: FolderOption
  @OptionGroup var author: AuthorOption
  @OptionGroup var notices: NoticeOptions

  @Argument(
    help: ArgumentHelp("The id of the key, as keys list shows it, or its first 4 characters or more.", valueName: "id"))
  var id: String

  func run() throws {
    let store = try FolderRules.open(folder.data, isReadOnly: false)
    try FolderRules.telling {
      let key = try store.revoke(keyID: id, by: author.name, at: EventOptions.clock())
      let name = "the key \(key.id) (“\(key.name)”, \(key.role))"
      notices.close(key.revokedAt == nil ? "\(name) is revoked" : "\(name) was revoked already")
    }
  }
}
