import AWS
import Intake
import Synchronization
import Transfers

/// Receives messages, and works on those in hand.
actor QueueReader {
  private let settings: QueueSettings
  private let queue: SQSClient
  private let taker: ObjectTaker
  private let report: any RoadReporter
  private let sleep: @Sendable (Duration) async throws -> Void

  /// Of each message in hand: what it is deleted by, which changes when it is received once more, and the work on it.
  private var inHand: [String: (message: SQSClient.Message, work: Task<Void, Never>)] = [:]
  /// Who waits for a message to be out of hand.
  private var waiting: CheckedContinuation<Void, Never>?

  init(
    _ settings: QueueSettings, _ queue: SQSClient, _ taker: ObjectTaker, _ report: any RoadReporter,
    _ sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.settings = settings
    self.queue = queue
    self.taker = taker
    self.report = report
    self.sleep = sleep
  }

  /// Messages that were told to be poison, by any reader of this process: settings that are read again make new ones.
  private static let poison = Mutex<Set<String>>([])
  private static let mostPoison = 10_000

  func run() async {
    var failures = 0
    // An earlier reader of the road may have left it in trouble.
    var isFirst = true
    while !Task.isCancelled {
      let room = settings.mostInHand - inHand.count
      guard room > 0 else {
        await oneOutOfHand()
        continue
      }
      do {
        let messages = try await queue.receive(
          most: min(10, room), wait: settings.wait, visibility: settings.visibility)
        if isFirst || failures > 0 { report.setTrouble(nil) }
        (isFirst, failures) = (false, 0)
        report.add(messages.count, to: "messages_total")
        for message in messages { begin(message) }
      } catch is CancellationError {
        break
      } catch {
        failures += 1
        report.add(1, to: "receive_failures_total")
        report.setTrouble("no messages can be received: \(error)")
        if failures == 1 { report.tell(.error, "no messages can be received", ["cause": "\(error)"]) }
        // The client has tried several times already.
        try? await sleep(.seconds(min(60, 2 << min(failures, 5))))
      }
    }
    await end()
  }

  private func begin(_ message: SQSClient.Message) {
    if inHand[message.id] != nil {
      // It comes a second time while it is worked on; the newer receipt is the one that counts.
      inHand[message.id]?.message = message
      report.add(1, to: "messages_repeated_total")
      return
    }
    let work = Task {
      await self.work(message)
      self.outOfHand(message.id)
    }
    inHand[message.id] = (message, work)
  }

  private func outOfHand(_ id: String) {
    inHand[id] = nil
    waiting?.resume()
    waiting = nil
  }

  /// Waits until a message is done, or the task is cancelled.
  private func oneOutOfHand() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { waiter in
        if Task.isCancelled { waiter.resume() } else { waiting = waiter }
      }
    } onCancel: {
      Task { await self.wake() }
    }
  }

  private func wake() {
    waiting?.resume()
    waiting = nil
  }

  /// Ends what was handed over; what is only being fetched is given up, and comes again.
  private func end() async {
    for (_, work) in inHand.values { work.cancel() }
    let clock = ContinuousClock()
    let last = clock.now + .seconds(4)
    while !inHand.isEmpty, clock.now < last {
      // This task is cancelled, so that it cannot sleep itself.
      try? await shielded { try await Task.sleep(for: .milliseconds(20)) }
    }
  }

  // MARK: A message

  private func work(_ message: SQSClient.Message) async {
    let keeper = Task { await self.keep(message.id) }
    defer { keeper.cancel() }
    switch QueueMessage(message.body) {
    case .test:
      await delete(message.id)
    case .stranger(let reason):
      report.add(1, to: "messages_strange_total")
      left(message, "a message tells of nothing that is read: \(reason)")
    case .objects(let objects):
      do {
        for object in objects {
          guard settings.keys.takes(object.key) else {
            report.add(1, to: "objects_skipped_total")
            continue
          }
          let outcome = try await taker.take(object)
          if outcome == .tooLong {
            left(message, "an object is too long")
            return
          }
        }
        await delete(message.id)
        report.setTrouble(nil)
      } catch is CancellationError {
        await giveBack(message.id)
      } catch let refusal as IngestionRefusal {
        report.tell(.debug, "a message goes back: \(refusal.description)", [:])
        await giveBack(message.id)
      } catch {
        if let error = error as? AWSError, error.isRefusal {
          report.setTrouble("objects cannot be read: \(error)")
        }
        left(message, "the objects of a message cannot be read: \(error)")
      }
    }
  }

  /// Leaves a message to come again, and counts it where it has come often.
  private func left(_ message: SQSClient.Message, _ sentence: String) {
    // It may come many times more before its queue has done with it, and is one message.
    let isPoison = message.receives >= settings.poisonAfter
    let isNew = isPoison && notePoison(message.id)
    report.add(1, to: isNew ? "messages_poison_total" : "messages_failed_total")
    // Once it is told, that it has come again is no news.
    report.tell(
      isNew ? .error : isPoison ? .debug : .warning,
      sentence + (isPoison ? "; it is left to the dead-letter queue" : "; it comes again"),
      ["message": message.id, "receptions": String(message.receives)])
  }

  /// True for a message that was not poison before.
  private func notePoison(_ id: String) -> Bool {
    Self.poison.withLock { poison in
      if poison.count >= Self.mostPoison { poison.removeAll(keepingCapacity: true) }
      return poison.insert("\(settings.queueURL) \(id)").inserted
    }
  }

  private func delete(_ id: String) async {
    guard let message = inHand[id]?.message else { return }
    do {
      try await shielded { [queue] in try await queue.delete(message) }
      report.add(1, to: "messages_deleted_total")
    } catch {
      // It comes again, and its events are known then.
      report.add(1, to: "delete_failures_total")
      report.tell(.warning, "a message could not be deleted and comes again: \(error)", ["message": id])
    }
  }

  private func giveBack(_ id: String) async {
    guard let message = inHand[id]?.message else { return }
    try? await shielded { [queue] in try await queue.setVisibility(message, seconds: 0) }
  }

  /// Prolongs the time for which a message is ours until it is out of hand.
  private func keep(_ id: String) async {
    while true {
      do { try await sleep(.seconds(max(1, settings.visibility / 2))) } catch { return }
      guard let message = inHand[id]?.message, !Task.isCancelled else { return }
      do {
        try await queue.setVisibility(message, seconds: settings.visibility)
        report.add(1, to: "messages_prolonged_total")
      } catch is CancellationError {
        return
      } catch let error as AWSError
        where error.code.hasSuffix("ReceiptHandleIsInvalid") || error.code.hasSuffix("InvalidParameterValue")
        || error.code.hasSuffix("MessageNotInflight")
      {
        // It is no longer ours, or has been for twelve hours. What is stored of it stays stored.
        report.add(1, to: "messages_lost_total")
        return
      } catch {
        report.tell(.warning, "a message could not be prolonged: \(error)", ["message": id])
      }
    }
  }
}
