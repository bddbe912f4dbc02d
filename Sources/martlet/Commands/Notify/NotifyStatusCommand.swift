import ArgumentParser
import Events
import JSON
import Notifications
import Outputs

struct NotifyStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says what was told, what waits, and what could not be told and why.",
    discussion: """
      Of each channel so many are sent, wait, are being sent, have failed, or are held, since nobody knows whether they arrived.

      Example:
        martlet notify status --data events

      Exit status: 0; 1 when there is no queue, or it cannot be read; 64 for wrong arguments.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  @OptionGroup var queue: NotifyQueueOption

  @Option(help: ArgumentHelp("table or json.", valueName: "format"))
  var format = Format.table

  func run() async throws {
    let queue = try queue.open()
    let counts = try await queue.counts().mapValues { states in
      Dictionary(states.map { (DeliveryQueue.word(of: $0), $1) }, uniquingKeysWith: +)
    }
    let troubled = try await queue.deliveries("unknown", limit: 100) + queue.deliveries("failed", limit: 100)
    let output = StandardOutput()
    switch format {
    case .json:
      let channels = counts.mapValues { JSONValue.object($0.mapValues { .integer(Int64($0)) }) }
      let list = troubled.map { delivery -> JSONValue in
        [
          "alert": .string(delivery.alert), "channel": .string(delivery.channel),
          "state": .string(DeliveryQueue.word(of: delivery.state)),
          "attempts": .integer(Int64(delivery.attempts)), "at": .string(delivery.changedAt.iso8601),
          "cause": delivery.cause.map { .string($0) } ?? .null,
        ]
      }
      try output.write(line: JSONValue.object(["channels": .object(channels), "troubled": .array(list)]).text)
    case .table:
      for (channel, states) in counts.sorted(by: { $0.key < $1.key }) {
        let words = states.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        try output.write(line: Terminal.safe("\(channel): \(words)"))
      }
      for delivery in troubled {
        try output.write(
          line: Terminal.safe(
            "\(delivery.changedAt.iso8601)  \(delivery.channel)  \(DeliveryQueue.word(of: delivery.state))  \(delivery.alert)  \(delivery.cause ?? "")"
          ))
      }
    }
  }
}
