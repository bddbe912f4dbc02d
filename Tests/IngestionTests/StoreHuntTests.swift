import CloudTrail
import Events
import Ingestion
import Query
import Rules
import SegmentStore
import Segments
import Store
import TestSupport
import Testing

@testable import Detection

@Suite("Rules over stored events") struct StoreHuntTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  /// Events of CloudTrail's data stream whose one field matches, and whose texts are those given.
  private static func batch(_ texts: [String]) -> SourcedBatch {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for text in texts {
      bytes += Array(text.utf8)
      ends.append(bytes.count)
    }
    var values = ValueDictionary()
    var value = "GetObject"
    let code = value.withUTF8 { values.insert(Scalar(.string, $0)) }
    let heads = texts.indices.map {
      EventHead(
        time: Timestamp(milliseconds: 1_780_000_000_000), identity: EventIdentity(EventID(high: 1, low: UInt64($0))),
        content: EventHead.unnamed, form: RecordKind.cloudTrail.rawValue)
    }
    return SourcedBatch(
      dataStream: EventContext(readAt: now).dataStream, heads: heads, sources: SourceTexts(bytes, ends: ends),
      events: EventBatch(
        columns: [Column(dictionary: values, codes: texts.map { _ in code })], paths: ["event.action"],
        rowCount: texts.count))
  }

  private static func plan() -> HuntPlan {
    var rule = Rule(ruleID: "r", name: "R", type: .query, severity: .low, riskScore: 21)
    rule.query = "event.action: GetObject"
    rule.index = ["logs-*"]
    return HuntPlan([rule], context: EventContext(readAt: now)) { try RuleQuery.predicate($0, .standard) }
  }

  /// Takes nothing of what is read.
  private final class Idle: RecordConsumer {
    func consume(_ batch: RecordBatch) {}
    func finish() -> Int { 0 }
  }

  @Test("Of what is missing that is told which may lie within what is read; where no times are known, it always is")
  func missing() async throws {
    func part(_ text: String, _ seconds: ClosedRange<Int64>?, areTimesKnown: Bool = true) -> MissingPart {
      MissingPart(
        dataStream: "logs-a-b", eventCount: 1,
        times: seconds.map {
          Timestamp(milliseconds: $0.lowerBound * 1000)...Timestamp(milliseconds: $0.upperBound * 1000)
        }, areTimesKnown: areTimesKnown, reason: text)
    }
    let snapshot = PartedSnapshot<SegmentPart>(
      [],
      missing: [
        part("within", 50...60), part("before", 1...2), part("without", nil), part("any", nil, areTimesKnown: false),
      ])
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    var hunt = StoreHunt(store, snapshot, Self.plan(), workers: 1)
    let first = Timestamp(milliseconds: 40_000)
    var reach = HuntReach()
    reach.byField = [nil: first]
    reach.byRule = [first]
    hunt.reach = reach
    #expect(try await hunt.run().0.missing.map(\.reason) == ["within", "any"])
    var reader = StoreReader(snapshot, now: Self.now, workers: 1)
    reader.times = first...Timestamp(milliseconds: 70_000)
    let registry = EventRegistry(dataStream: EventContext(readAt: Self.now).dataStream, remembers: false)
    let (summary, _) = try await reader.read(registry: registry) { Idle() }
    #expect(summary.missing.map(\.reason) == ["within", "any"])
  }

  @Test("A stored text that is no event any longer is told each time, and what is asked about its segment is not kept")
  func torn() async throws {
    let whole = #"{"eventTime":"2026-05-28T00:00:00Z","eventName":"GetObject","eventSource":"s3.amazonaws.com"}"#
    for (texts, isTorn) in [
      ([whole, whole + " "], false), ([whole, "no event"], true), ([whole, whole + whole], true),
    ] {
      let scratch = try Scratch()
      let folder = scratch.path + "/events"
      #expect(try SegmentStore(folder, .writing(as: "a test")).append(Self.batch(texts), at: Self.now).stored == 2)
      for turn in 0..<2 {
        let store = try SegmentStore(folder, .answering)
        let (summary, _) = try await StoreHunt(store, store.snapshot(), Self.plan(), workers: 1).run()
        #expect(summary.problems.isEmpty != isTorn, "\(texts)")
        #expect(summary.known == (isTorn || turn == 0 ? 0 : 1) && summary.searched == 2, "\(texts), turn \(turn)")
        if isTorn {
          let told = summary.problems.problems.map(\.description).joined()
          #expect(told.contains(".segment: record 2: damaged segment:") && told.contains("backup"), "\(told)")
        }
      }
    }
  }
}
