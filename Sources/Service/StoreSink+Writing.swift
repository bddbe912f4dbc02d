import CloudTrail
import Events
import Inputs
import Intake
import Parallel
import SegmentStore

/// How what is waiting is stored: in groups, each in one commit.
extension StoreSink {
  /// Stores what is handed over, until `stop` is called; then what is in hand is stored, and this returns.
  public func run() async {
    let threads = ThreadExecutor(count: 2, name: "storing")
    defer { threads.end() }
    await withTaskGroup { group in
      group.addTask(executorPreference: threads) {
        for await _ in self.wakes { await self.writeAll { self.nextGroup() } }
        await self.writeAll { self.nextGroup() }
      }
      group.addTask(executorPreference: threads) {
        for await _ in self.calls { await self.writeAll { self.sharedGroup() } }
      }
    }
    tellOfMoreRefused(isEnd: true)
  }

  /// Takes nothing more.
  public func stop() {
    state.withLock { $0.isStopping = true }
    waker.finish()
    caller.finish()
  }

  private func writeAll(_ next: () -> [Request]) async {
    while true {
      let group = next()
      guard !group.isEmpty else { return }
      let begun = ContinuousClock.now
      write(group)
      let left = bounds.pause - (ContinuousClock.now - begun)
      let isUrgent = state.withLock { $0.isStopping || $0.waitingDocumentBytes >= bounds.sharedBytes }
      if left > .zero, !isUrgent { try? await Task.sleep(for: left) }
    }
  }

  /// What is written together next, in the order in which it came: what was sent by itself, and what was fetched by itself, since of
  /// several texts of one event another counts. Of much that is waiting it is half, so that there is something to share.
  private func nextGroup() -> [Request] {
    state.withLock { state in
      let most = state.waitingDocumentBytes < bounds.sharedBytes ? .max : (state.waitingBytes + 1) / 2
      let isPushed = state.waiting.first?.source.road.isPushed
      var (group, rest, bytes) = ([Request](), [Request](), 0)
      var isFull = false
      for request in state.waiting {
        let size = request.content.byteCount
        if !isFull, request.source.road.isPushed == isPushed {
          isFull =
            !group.isEmpty
            && (group.count >= bounds.groupCount || bytes + size > bounds.groupBytes || bytes >= most)
        }
        if isFull || request.source.road.isPushed != isPushed {
          rest.append(request)
        } else {
          group.append(request)
          bytes += size
        }
      }
      state.waiting = rest
      return group
    }
  }

  /// What the second task takes: documents, of which much is waiting. Objects, of which each is to be read once, are the first one's.
  private func sharedGroup() -> [Request] {
    state.withLock { state in
      guard state.waitingDocumentBytes >= bounds.sharedBytes else { return [] }
      var (group, rest, bytes) = ([Request](), [Request](), 0)
      for request in state.waiting {
        let size = request.content.byteCount
        let hasRoom = group.isEmpty || group.count < bounds.groupCount && bytes + size <= bounds.groupBytes
        if request.content.isOfDocuments, hasRoom {
          group.append(request)
          bytes += size
        } else {
          rest.append(request)
        }
      }
      state.waiting = rest
      return group
    }
  }

  private func write(_ requests: [Request]) {
    let started = ContinuousClock.now
    do {
      let now = clock.now
      let context = context(now)
      let group = CommitGroup(
        store, context, requests.reduce(0) { $0 + $1.content.pieces }, ingested: now,
        deleted: state.withLock { $0.deleted }, Self.precedence(requests[0].source.road))
      let outside = registry(context, .bulk)
      // Hardly any group has something that the service tells of itself.
      lazy var own = registry(context, .service)
      var objects: [SourceObject] = []
      var number = 0
      for request in requests {
        defer { number += request.content.pieces }
        if let object = request.source.object {
          if try objects.contains(object) || store.knows(object) {
            group.receipts[number].isRepeated = true
            continue
          }
          objects.append(object)
        }
        let registry = request.source.road == .service ? own : outside
        switch request.content {
        case .documents(let documents):
          try group.read(documents, from: number, named: request.source.name, registry)
        case .bytes(let pieces, let first):
          for (place, bytes) in pieces.enumerated() {
            try Self.read(
              bytes, named: request.source.name(ofPiece: first + place), request.source.road, registry, into: group,
              number + place)
          }
        }
      }
      try group.finish(objects)
      state.withLock { state in
        state.commits += 1
        for (stream, newest) in group.streams { Self.note(stream, at: now, newest: newest, &state) }
      }
      trouble.hasStored(Self.bytes(of: requests, stored: group.receipts))
      metrics.observe("martlet_commit_seconds", (ContinuousClock.now - started) / .seconds(1))
      number = 0
      for request in requests {
        let pieces = number..<(number + request.content.pieces)
        request.answer.resume(returning: .success(group.receipts[pieces]))
        number = pieces.upperBound
      }
    } catch {
      let refusal = trouble.refusal(error, bytes: requests.reduce(0) { $0 + $1.content.byteCount })
      for request in requests { request.answer.resume(returning: .failure(refusal)) }
    }
  }

  /// Reads a piece of content into a group, as the one of a number there.
  private static func read(
    _ bytes: [UInt8], named name: String, _ road: IngestionSource.Road, _ registry: EventRegistry,
    into group: CommitGroup, _ number: Int
  ) throws {
    let (summary, _) = try InputReader.read(
      bytes, named: name, isNamed: road.isPushed, registry: registry, CommitGroup.Reader(group, number))
    tell(summary.problems.problems, expired: 0, &group.receipts[number])
    if group.receipts[number].problems.isEmpty, let sentence = summary.passedOver.sentence {
      group.receipts[number].problems = [sentence]
    }
  }

  /// Bytes of requests of others than the service of which something was stored.
  private static func bytes(of requests: [Request], stored receipts: [IngestionReceipt]) -> Int {
    var (bytes, number) = (0, 0)
    for request in requests {
      let pieces = number..<(number + request.content.pieces)
      number = pieces.upperBound
      if request.source.road != .service, receipts[pieces].contains(where: { $0.stored > 0 }) {
        bytes += request.content.byteCount
      }
    }
    return bytes
  }
}
