import Alerts
import ArgumentParser
import Notifications
import Outputs
import Running

struct NotifyResendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resend",
    abstract: "Puts what a channel could not tell, or may have told, into the queue again.",
    discussion: """
      A running service sends it within seconds. What may have arrived may then arrive a second time. Who had it sent again stands
      in the audit log.

      Example:
        martlet notify resend --data events soc-slack

      Exit status: 0; 1 when there is no queue, or it or the audit log cannot be written; 64 for wrong arguments.
      """)

  @OptionGroup var queue: NotifyQueueOption

  @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
  var channel: String

  @OptionGroup var author: AuthorOption

  func run() async throws {
    try StoreAccess.requireOwner(of: queue.folder.data)
    let (opened, now) = (try queue.open(), EventOptions.clock())
    let states = try await opened.counts()[channel] ?? [:]
    let waiting = (states["failed"] ?? 0) + (states["unknown"] ?? 0)
    if waiting > 0 {
      try FolderRules.telling {
        try AlertStore(folder: queue.folder.data, isReadOnly: false)
          .noteResending(waiting, by: channel, who: author.name, at: now)
      }
    }
    let count = try await opened.again(channel, at: now)
    try StandardOutput().write(line: "\(count) put into the queue again")
  }
}
