import Events
import Transfers

/// Sends an invented alert by channels, past every queue.
public struct ChannelTester: Sendable {
  private let sender: ChannelSender
  private let now: @Sendable () -> Timestamp

  /// - Parameter variables: in which secrets may be.
  public init(
    _ settings: NotificationSettings, client: HTTPClient, variables: [String: String],
    now: @escaping @Sendable () -> Timestamp
  ) {
    sender = ChannelSender(client: client, variables: variables, link: settings.link)
    self.now = now
  }

  /// Why it was not sent; nil where it was.
  public func test(_ channel: NotificationChannel) async -> String? {
    let now = now()
    let item = ChannelSender.Item(document: TestAlert.document(at: now))
    switch await sender.send([item], to: channel, id: "test-\(now.milliseconds)", at: now, isTest: true) {
    case .sent: return nil
    case .failed(let cause, _), .refused(let cause), .partly(_, let cause, _): return cause
    case .inPart(let refused): return refused.values.first
    case .unanswered(let cause, _): return "it is not known whether it arrived: \(cause)"
    }
  }
}
