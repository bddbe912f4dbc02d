import Events
import Foundation
import Query
import SegmentStore
import Store
import TestSupport
import Testing

/// Holds every store equal to plain events, over random appends, deletions and requests.
@Suite("Stores and plain events") struct RandomStoreTests {
  private static let now = Timestamp(milliseconds: 0)

  @Test("Whatever is appended, merged, deleted and asked, every store answers as plain events do", arguments: 0..<3)
  func equal(number: Int) async throws {
    let seed = UInt64.random(in: 0...99_999)
    var random = RandomRequests(seed: seed)
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var segments: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
    let memory = MemoryStore()
    var plain = PlainStore()
    var references: Set<EventReference> = []
    for round in 0..<40 {
      let comment: Comment = "seed \(seed), round \(round)"
      if random.chance(12) {
        let (time, stream) = (random.time(), random.any([nil, "logs-a-default", "logs-b-default"]))
        let expected = plain.delete(before: time, of: stream)
        for store in [try #require(segments), memory] as [any EventStore] {
          let count = try await store.delete(
            before: Timestamp(milliseconds: time), of: stream.map { IndexPattern($0) }, at: Self.now)
          #expect(count == expected, comment)
        }
      } else {
        let batches = random.batches()
        let object = random.chance(40) ? SourceObject(token: "\(Int.random(in: 0...20, using: &random.random))") : nil
        let precedence = random.any(Precedence.allCases)
        let expected = plain.append(batches, from: object, precedence)
        for store in [try #require(segments), memory] as [any EventStore] {
          let outcome = try await store.append(batches.map(SourcedBatch.init), from: object, precedence, at: Self.now)
          #expect(outcome == expected, comment)
        }
      }
      if random.chance(15) { _ = try segments?.mergeSegments(at: Self.now) }
      if random.chance(10) {
        segments = nil
        segments = try SegmentStore(folder, .writing(as: "a test"))
      }
      let snapshots: [any EventSnapshot] = [try #require(segments).snapshot(), memory.snapshot()]
      for _ in 0..<4 {
        let request = random.selection()
        for snapshot in snapshots {
          var again = random
          try await compare(snapshot, plain, request, &again, comment)
        }
        _ = random.random.next()
      }
      for snapshot in snapshots { try await compare(snapshot, plain, &references, comment) }
    }
    #expect(try #require(segments).verify().faults.isEmpty)
  }

  private func compare(
    _ snapshot: any EventSnapshot, _ plain: PlainStore, _ asked: PlainSelection, _ random: inout RandomRequests,
    _ comment: Comment
  ) async throws {
    let selection = try RandomRequests.selection(asked, now: Self.now)
    let searched = plain.events.filter(asked.isSearched)
    let matching = plain.events.filter(asked.matches)
    let comment = Comment(rawValue: "\(comment.rawValue), \(asked)")

    // Scans.
    let fields = random.fields()
    func scanned(_ event: PlainEvent) -> ScannedEvent {
      ScannedEvent(
        id: event.id, stream: event.stream, text: event.text,
        values: fields.map { event.values[$0] ?? [] })
    }
    let (stored, summary) = try await snapshot.events(ScanRequest(selection, .fields(fields)))
    for stream in ["logs-a-default", "logs-b-default"] {
      #expect(
        stored.filter { $0.stream == stream } == matching.filter { $0.stream == stream }.map(scanned), comment)
    }
    #expect(stored.count == matching.count && summary.missing.isEmpty, comment)
    #expect(summary.searched == searched.count && summary.matched == matching.count, comment)
    let times = matching.compactMap(asked.time)
    #expect(summary.times?.lowerBound.milliseconds == times.min(), comment)
    #expect(summary.times?.upperBound.milliseconds == times.max(), comment)

    let limit = random.any([nil, 1, 3, 10])
    let isDescending = random.chance(50)
    let byTime = matching.sorted { left, right in
      let (one, other) = (asked.time(left), asked.time(right))
      if one != other { return other == nil || one != nil && (one! < other!) != isDescending }
      return left.identity.isBelow(right.identity)
    }
    let timed = try await snapshot.events(
      ScanRequest(selection, .fields(fields), order: .time(isDescending: isDescending), limit: limit))
    #expect(timed.events == byTime.prefix(limit ?? .max).map(scanned), comment)

    let keys = random.sortKeys()
    let byFields = matching.sorted { left, right in
      for key in keys {
        let (one, other) = (left.values[key.field]?.first, right.values[key.field]?.first)
        guard one != other else { continue }
        guard let one, let other else { return other == nil }
        let isBelow = PlainEvent.isNumber(key.field) ? Int(one)! < Int(other)! : one < other
        return isBelow != key.isDescending
      }
      let (one, other) = (asked.time(left) ?? .min, asked.time(right) ?? .min)
      return one != other ? one < other : left.identity.isBelow(right.identity)
    }
    let sorted = try await snapshot.events(ScanRequest(selection, .fields(fields), order: .fields(keys), limit: limit))
    #expect(sorted.events == byFields.prefix(limit ?? .max).map(scanned), comment)

    // Groups.
    let (by, distinct) = (random.fields(), random.fields())
    let groups = try await snapshot.groups(GroupRequest(selection, by: by, distinct: distinct)).groups
    var expected: [[String?]: [PlainEvent]] = [:]
    for event in matching {
      var combinations: [[String?]] = [[]]
      for field in by {
        let values = Set(event.values[field] ?? []).map(Optional.some)
        combinations = combinations.flatMap { start in (values.isEmpty ? [nil] : values).map { start + [$0] } }
      }
      for combination in combinations { expected[combination, default: []].append(event) }
    }
    #expect(groups.count == expected.count && groups.others == 0, comment)
    for (values, events) in expected {
      let group = groups[values]
      #expect(group?.count == events.count, comment)
      #expect(
        group?.distinct == distinct.map { field in Set(events.flatMap { $0.values[field] ?? [] }).count }, comment)
      let known = events.filter { asked.time($0) != nil }.sorted { left, right in
        let (one, other) = (asked.time(left)!, asked.time(right)!)
        return one != other ? one < other : left.identity.isBelow(right.identity)
      }
      #expect(group?.first?.event.identity == known.first?.identity, comment)
      #expect(group?.first?.time.milliseconds == known.first.flatMap(asked.time), comment)
      #expect(group?.last?.event.identity == known.last?.identity, comment)
    }

    // Histograms.
    let width: Int64 = random.any([1, 2, 7])
    let histogram = try await snapshot.histogram(HistogramRequest(selection, width: width)).histogram
    let bars = Dictionary(grouping: times) { Int64((Double($0) / Double(width * 1000)).rounded(.down)) * width * 1000 }
    #expect(histogram.bars().bars.map(\.start.milliseconds) == bars.keys.sorted(), comment)
    #expect(histogram.bars().bars.map(\.count) == bars.sorted { $0.key < $1.key }.map(\.value.count), comment)
  }

  /// Asks for references that were ever given, and for ids.
  private func compare(
    _ snapshot: any EventSnapshot, _ plain: PlainStore, _ references: inout Set<EventReference>, _ comment: Comment
  ) async throws {
    let known = Array(references)
    let there = Dictionary(uniqueKeysWithValues: plain.events.map { ($0.identity, $0) })
    var found: [ScannedEvent] = []
    let (notFound, missing) = try await snapshot.fetch(known, .fields(["user.name"])) {
      try found.append($0, .fields(["user.name"]))
    }
    let expected = known.compactMap { there[$0.identity] }
    #expect(found.map(\.text) == expected.map(\.text), comment)
    #expect(found.map(\.values) == expected.map { [$0.values["user.name"] ?? []] }, comment)
    #expect(notFound == known.filter { there[$0.identity] == nil } && missing.isEmpty, comment)
    let ids = (0..<20).map { EventID(high: $0 % 3, low: $0) }
    let (byID, _) = try await snapshot.references(of: ids)
    let wanted = ids.flatMap { id in
      plain.events.filter { $0.identity.id == id }.map(\.identity).sorted { $0.isBelow($1) }
    }
    #expect(byID.map(\.identity) == wanted, comment)
    references.formUnion(byID)
  }
}

extension EventIdentity {
  fileprivate func isBelow(_ other: EventIdentity) -> Bool {
    (id.high, id.low, scope) < (other.id.high, other.id.low, other.scope)
  }
}
