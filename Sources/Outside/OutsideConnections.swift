import AWS
import Alerts
import Events
import Intake
import JSON
import Notifications
import Roads
import Settings
import Transfers

/// What of a service reaches beyond its machine: roads that ask for events, and notifications, as the parts `outgoing`, `roads` and
/// `notifications` of its settings say it.
public struct OutsideConnections: Sendable {
  /// The parts of settings that are read here.
  public static let parts = ["outgoing", "roads", "notifications"]

  public let notifications: NotificationSettings
  public let roadSettings: [RoadSettings]
  package var transfers: TransferSettings
  private let data: String

  /// Reads the settings and looks that they are right, without doing anything. Throws `SettingsFault`, which names the key.
  ///
  /// - Parameters:
  ///   - settings: all settings, of which other parts are left alone.
  ///   - data: the folder of events.
  ///   - variables: in which secrets may be.
  public init(_ settings: JSONValue, data: String, variables: [String: String]) throws {
    self.data = data
    transfers = try OutgoingSettings.settings(settings["outgoing"] ?? [:], variables: variables)
    roadSettings = try RoadSettings.all(settings["roads"] ?? [], scratch: data + "/scratch")
    notifications = try NotificationSettings(settings["notifications"] ?? [:])
  }

  /// The same from a file in YAML; nothing goes anywhere where there is no file.
  public init(file: String?, data: String, variables: [String: String]) throws {
    try self.init(file.map { try YAMLSettings.value(ofFile: $0) } ?? [:], data: data, variables: variables)
  }

  /// Looks whether what the roads' settings name is there and can be used; each fault has its key.
  public var roadFaults: [SettingsFault] { RoadSettings.faults(roadSettings) }

  /// The roads, each to be run in a task of its own. Of several clients of one process each has a thread; this makes one for all roads.
  public func roads(
    variables: [String: String], now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) throws -> [any IngestionRoad] {
    guard !roadSettings.isEmpty else { return [] }
    try ScratchFolder.prepare(data + "/scratch")
    var transfers = transfers
    // Polls hold a transfer each all the time; what they lead to needs others.
    let wanted = roadSettings.reduce(16) { sum, road in
      switch road {
      case .queue(let queue): sum + 2 + 2 * queue.mostInHand
      case .bucket(let bucket): sum + 1 + bucket.workers
      case .folder: sum
      }
    }
    transfers.mostTransfers = max(transfers.mostTransfers, min(wanted, 10_000))
    let surroundings = AWSSurroundings(client: HTTPClient(transfers), variables: variables, now: now, sleep: sleep)
    return roadSettings.map { $0.road(surroundings) }
  }

  /// Notes which alerts are there already, for the queue and for channels of which that has not been done before: nobody is told of them. To be
  /// called before rules run; those that they make until `tell` looks would be among them otherwise. Throws where the queue cannot be opened or written.
  public func beginTelling(of alerts: AlertStore, by queue: TellingQueue, at now: Timestamp) async throws {
    guard let queue = try wanted(queue) else { return }
    try await AlertFeed(alerts, queue, notifications.channels).begin(at: now)
  }

  /// Tells of alerts that are made from now on, until the task is cancelled; comes back at once where there is no channel and never was
  /// one. Without a channel the queue moves on with what is made: nobody is told of it later. A message that is under way then is waited for,
  /// until `givingUp` comes back.
  ///
  /// To be run in a task of its own by the one process that writes to the folder. What goes wrong by the way is told, and tried again. Throws
  /// `SettingsFault` where the queue cannot be opened. Where there is no channel nobody misses anything for the want of it, and a channel that is
  /// set later begins then: that is told once, and no trouble.
  ///
  /// - Parameter channel: who is told of what concerns a channel, by its name; the same as of all else unless given.
  public func tell(
    of alerts: AlertStore, by queue: TellingQueue, variables: [String: String], reporting report: any RoadReporter,
    reportingOf channel: (@Sendable (String) -> any RoadReporter)? = nil, now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    givingUp: (@Sendable () async -> Void)? = nil
  ) async throws {
    do {
      guard let queue = try wanted(queue) else { return }
      let feed = AlertFeed(alerts, queue, notifications.channels)
      try await feed.begin(at: now())
      let notifier = Notifier(
        notifications, queue, client: HTTPClient(transfers), variables: variables, reporting: report,
        reportingOf: channel, now: now, sleep: sleep, givingUp: givingUp)
      try await notifier.run(feeding: feed)
    } catch is CancellationError {
      // It is over before anything was under way.
    } catch let error where notifications.channels.isEmpty {
      report.tell(
        .warning,
        "the queue of notifications cannot be used, of which nobody misses anything, since no channel is set: \(error)",
        [:])
    }
  }

  /// The queue; nil where there is no channel and no queue of earlier ones.
  private func wanted(_ queue: TellingQueue) throws -> DeliveryQueue? {
    notifications.channels.isEmpty ? try queue.openedIfThere() : try queue.opened()
  }
}
