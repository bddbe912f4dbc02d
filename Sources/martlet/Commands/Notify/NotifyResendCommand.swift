import ArgumentParser
import Notifications
import Outputs

struct NotifyResendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resend",
    abstract: "Puts what a channel could not tell, or may have told, into the queue again.",
    discussion: """
      A running service sends it within seconds. What may have arrived may then arrive a second time.

      Example:
        martlet notify resend --data events soc-slack

      Exit status: 0; 1 when there is no queue, or it cannot be written; 64 for wrong arguments.
      """)

  @OptionGroup var queue: NotifyQueueOption

  @Argument(help: ArgumentHelp("The channel's name.", valueName: "channel"))
  var channel: String

  func run() async throws {
    let count = try await queue.open().again(channel, at: EventOptions.clock())
    try StandardOutput().write(line: "\(count) put into the queue again")
  }
}
