import Alerts
import Events
import Intake
import Reports
import Transfers

/// Tells of alerts: sends what is in the queue by the channels, until it is cancelled.
///
/// Each channel goes by itself, one message after another in the order of alerts; one that fails is tried again after 5 s, then
/// after twice as long each time, up to half an hour, and holds up none of the others.
public struct Notifier: Sendable {
  private let settings: NotificationSettings
  private let queue: DeliveryQueue
  private let sender: ChannelSender
  private let report: any RoadReporter
  private let reporter: @Sendable (_ channel: String) -> any RoadReporter
  private let now: @Sendable () -> Timestamp
  private let sleep: @Sendable (Duration) async throws -> Void
  private let givingUp: (@Sendable () async -> Void)?

  /// - Parameters:
  ///   - variables: in which secrets may be.
  ///   - report: is told of the queue as a whole.
  ///   - channel: gives who is told of a channel, by its name; the same as of the queue unless given.
  ///   - sleep: waits so long; throws when the task is cancelled.
  ///   - givingUp: comes back when messages that are under way are to be given up, which are then as others of which nobody knows
  ///     whether they arrived; without it each is waited for.
  public init(
    _ settings: NotificationSettings, _ queue: DeliveryQueue, client: HTTPClient, variables: [String: String],
    reporting report: any RoadReporter, reportingOf channel: (@Sendable (String) -> any RoadReporter)? = nil,
    now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    givingUp: (@Sendable () async -> Void)? = nil
  ) {
    self.givingUp = givingUp
    self.settings = settings
    self.queue = queue
    self.report = report
    reporter = channel ?? { _ in report }
    self.now = now
    self.sleep = sleep
    sender = ChannelSender(client: client, variables: variables, link: settings.link)
  }

  /// Takes alerts that are made and sends what is due until the task is cancelled. Throws as `run()` does.
  public func run(feeding feed: AlertFeed) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await run() }
      group.addTask { await take(from: feed) }
      // Both end when they are cancelled; where one fails, the other ends as well.
      try await group.next()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func take(from feed: AlertFeed) async {
    var hasFailed = false
    // An earlier one may have left notifications in trouble.
    var isFirst = true
    var damaged: Set<DamagedAlert> = []
    while !Task.isCancelled {
      do {
        var left: Set<DamagedAlert> = []
        let added = try await feed.takeNew(at: now()) { left.formUnion($0) }
        for alert in left.subtracting(damaged) {
          report.tell(
            .error, "an alert is damaged, and nobody is told of it; martlet verify says what to do", ["alert": alert.id]
          )
        }
        damaged.formUnion(left)
        if added > 0 { report.add(added, to: "notifications_total") }
        if isFirst || hasFailed { report.setTrouble(nil) }
        (isFirst, hasFailed) = (false, false)
      } catch is CancellationError {
        return
      } catch {
        if !hasFailed {
          // Without a channel nobody misses them.
          let isMissed = !settings.channels.isEmpty
          report.tell(
            isMissed ? .error : .warning, "alerts cannot be taken into the queue of notifications: \(error)", [:])
          if isMissed { report.setTrouble("alerts cannot be taken into the queue of notifications: \(error)") }
        }
        hasFailed = true
      }
      do { try await sleep(.seconds(1)) } catch { return }
    }
  }

  /// Sends until the task is cancelled; a message that is under way is waited for, unless it is to be given up. Throws where the queue cannot
  /// be read, and `CancellationError` where the task is cancelled before anything is sent.
  public func run() async throws {
    let (held, lost) = try await queue.recover(settings.channels, at: now())
    for (channel, count) in lost {
      let report = reporter(channel)
      report.add(count, to: "notifications_failed_total")
      report.set(0, of: "notifications_waiting")
      report.tell(
        .error, "notifications wait for a channel that there is no more", ["channel": channel, "count": String(count)])
    }
    for (channel, count) in held {
      let report = reporter(channel)
      report.add(count, to: "notifications_unknown_total")
      report.tell(
        .error, "it is not known of some notifications whether they arrived; they are not sent again by themselves",
        ["channel": channel, "count": String(count)])
    }
    await withTaskGroup(of: Void.self) { group in
      for channel in settings.channels { group.addTask { await run(channel) } }
      group.addTask { await count() }
      group.addTask {
        while (try? await sleep(.seconds(3600))) != nil { try? await queue.tidy(at: now()) }
      }
    }
  }

  /// Says every few seconds how much waits and is held.
  private func count() async {
    var counted = Set(settings.channels.map(\.name))
    while !Task.isCancelled {
      if let open = try? await queue.open() {
        counted.formUnion(open.keys)
        for channel in counted {
          let report = reporter(channel)
          report.set(open[channel]?.waiting ?? 0, of: "notifications_waiting")
          report.set(open[channel]?.held ?? 0, of: "notifications_held")
        }
      }
      do { try await sleep(.seconds(5)) } catch { return }
    }
  }

  private func run(_ channel: NotificationChannel) async {
    let report = reporter(channel.name)
    var failures = 0
    // A trouble outlives the process, and settings that are read again.
    var isKnown = false
    while !Task.isCancelled {
      do {
        if !isKnown { report.setTrouble(try await queue.trouble(channel.name)) }
        isKnown = true
        guard try await sendNext(channel) else {
          failures = 0
          try await sleep(.seconds(1))
          continue
        }
        failures = 0
      } catch is CancellationError {
        return
      } catch {
        failures += 1
        isKnown = false
        report.tell(.error, "the queue of notifications fails: \(error)", ["channel": channel.name])
        report.setTrouble("the queue of notifications fails: \(error)")
        do { try await sleep(.seconds(min(60, 1 << min(failures, 6)))) } catch { return }
      }
    }
  }

  /// Sends what is due next; false where nothing is.
  func sendNext(_ channel: NotificationChannel) async throws -> Bool {
    guard let parcel = try await queue.next(channel, at: now()) else { return false }
    let (result, reached, refused) = await result(parcel, channel)
    // What happened is noted also when the task was cancelled meanwhile.
    let time = now()
    try await Task { [queue] in
      try await queue.note(parcel, result, reached: reached, refused: refused, at: time)
    }.value
    return true
  }

  /// What became of a parcel, which recipients of a mail have it now while others have not, and which of its alerts are refused, by their place,
  /// while the others have arrived.
  private func result(
    _ parcel: DeliveryQueue.Parcel, _ channel: NotificationChannel
  ) async -> (DeliveryQueue.Result, reached: Set<String>, refused: [Int: String]) {
    // A cancellation does not cut off a message: nobody would know whether it arrived.
    let time = now()
    let sending = Task { [sender] in
      await sender.send(
        parcel.documents.map { .init(document: $0) }, to: channel, id: parcel.id, at: time, reached: parcel.reached)
    }
    let watch = givingUp.map { givingUp in
      Task {
        await givingUp()
        sending.cancel()
      }
    }
    let outcome = await sending.value
    watch?.cancel()
    tell(outcome, of: parcel, by: channel)
    let report = reporter(channel.name)
    let count = parcel.numbers.count
    let details = ["channel": channel.name, "alerts": String(count)]
    switch outcome {
    case .sent:
      report.add(count, to: "notifications_sent_total")
      return (.sent, [], [:])
    case .partly(let reached, let cause, isLasting: true):
      report.add(count, to: "notifications_failed_total")
      report.tell(.error, "a notification is refused for some of its recipients: \(cause)", details)
      return (.failed(cause), reached, [:])
    case .partly(let reached, let cause, isLasting: false): return (again(parcel, channel, cause, nil), reached, [:])
    case .inPart(let refused):
      report.add(count - refused.count, to: "notifications_sent_total")
      report.add(refused.count, to: "notifications_failed_total")
      for (cause, places) in Dictionary(grouping: refused.keys, by: { refused[$0] ?? "" }).sorted(by: {
        $0.key < $1.key
      }) {
        report.tell(
          .error, "alerts of an export are refused, and the others have arrived: \(cause)",
          ["channel": channel.name, "alerts": String(places.count)])
      }
      return (.sent, [], refused)
    case .refused(let cause):
      report.add(count, to: "notifications_failed_total")
      report.tell(.error, "a notification is refused: \(cause)", details)
      return (.failed(cause), [], [:])
    case .unanswered(let cause, _) where !channel.resendsUnanswered:
      report.add(count, to: "notifications_unknown_total")
      report.tell(.error, "it is not known whether a notification arrived, and it is held: \(cause)", details)
      return (.unknown(cause), [], [:])
    case .unanswered(let cause, let wait): return (again(parcel, channel, cause, wait), [], [:])
    case .failed(let cause, let wait): return (again(parcel, channel, cause, wait), [], [:])
    }
  }

  /// Says whether a channel gets on: it is in trouble from the first message on that does not arrive, until one does.
  private func tell(_ outcome: ChannelSender.Outcome, of parcel: DeliveryQueue.Parcel, by channel: NotificationChannel)
  {
    let reason: String
    var documents = parcel.documents
    switch outcome {
    case .sent:
      reporter(channel.name).setTrouble(nil)
      return
    case .inPart(let refused):
      reason = "an alert is refused: \(refused.min { $0.key < $1.key }?.value ?? "")"
      documents = refused.keys.compactMap { documents.indices.contains($0) ? documents[$0] : nil }
    case .failed(let cause, _): reason = "a message could not be sent: \(cause)"
    case .refused(let cause): reason = "a message is refused: \(cause)"
    case .partly(_, let cause, _): reason = "a message is refused for some of its recipients: \(cause)"
    case .unanswered(let cause, _): reason = "it is not known whether a message arrived: \(cause)"
    }
    // What says that the channel is in trouble begins no trouble of its own, of which it would be said again.
    guard !documents.allSatisfy({ Self.isAlarm($0, of: channel.name) }) else { return }
    reporter(channel.name).setTrouble("\(reason) (martlet notify status)")
  }

  /// Whether an alert is of the alarm that a channel is in trouble.
  private static func isAlarm(_ document: [UInt8], of channel: String) -> Bool {
    guard let alert = try? AlertDocument(written: document) else { return false }
    return alert.first("martlet.health.alarm") == "trouble notifications \(NotificationChannel.part(channel))"
  }

  private func again(
    _ parcel: DeliveryQueue.Parcel, _ channel: NotificationChannel, _ cause: String, _ wait: Duration?
  ) -> DeliveryQueue.Result {
    let report = reporter(channel.name)
    let attempts = parcel.attempts + 1
    let age = now().milliseconds - parcel.takenAt.milliseconds
    let details = ["channel": channel.name, "attempts": String(attempts)]
    guard attempts < channel.mostAttempts, age < channel.longestAge.components.seconds * 1000 else {
      report.add(parcel.numbers.count, to: "notifications_failed_total")
      report.tell(.error, "a notification is given up: \(cause)", details)
      return .failed(cause)
    }
    report.add(1, to: "notifications_retried_total")
    if attempts == 1 { report.tell(.warning, "a notification could not be sent and is tried again: \(cause)", details) }
    let seconds = min(1800.0, 5.0 * Double(1 << min(attempts - 1, 12))) * Double.random(in: 0.8...1.2)
    let pause = max(Int64(seconds * 1000), (wait?.components.seconds ?? 0) * 1000)
    return .again(at: Timestamp(milliseconds: now().milliseconds + pause), cause)
  }
}
