import CloudTrail
import Events
import TestSupport
import Testing

/// Which records tell one event, and which of them counts.
struct EventIdentityTests {
  private static func record(
    _ id: String, account: String = "1", name: String = "A", update of: String? = nil, kept: String = ""
  ) -> String {
    let addendum = of.map { ",\"addendum\":{\"reason\":\"UPDATED_DATA\",\"originalEventID\":\"\($0)\"}" } ?? ""
    return """
      {"eventVersion":"1.08","eventTime":"2024-05-01T10:00:01Z","eventID":"\(id)","eventName":"\(name)",\
      "recipientAccountId":"\(account)"\(addendum)\(kept)}
      """
  }

  private static func ecs(_ record: String, extra: String = "") throws -> String {
    let text = try Mapped(
      record, context: EventContext(readAt: Mapped.context.readAt)
    ).text
    return "{\(extra)" + text.dropFirst()
  }

  /// What is left of some texts, reading again as long as it is asked for; the same in any order.
  private func left(
    _ texts: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    var outcomes: Set<[String]> = []
    for order in [texts, texts.reversed()] + (0..<4).map({ _ in texts.shuffled() }) {
      var winners: [EventIdentity: UInt32] = [:]
      var rounds = 0
      while true {
        rounds += 1
        let registry = EventRegistry(winners: winners)
        let scanned = Scanned(order.joined(separator: "\n"), registry: registry)
        guard registry.needsAnotherReading else {
          outcomes.insert(scanned.texts.sorted())
          break
        }
        winners.merge(registry.conflictWinners, uniquingKeysWith: min)
        try #require(rounds < 3, sourceLocation: sourceLocation)
      }
    }
    #expect(outcomes.count == 1, sourceLocation: sourceLocation)
    return try #require(outcomes.first, sourceLocation: sourceLocation)
  }

  @Test("An event's id holds within its account")
  func accounts() throws {
    let (one, other) = (Self.record("x", account: "1"), Self.record("x", account: "2"))
    #expect(try left([one, other, one]) == [one, other].sorted())
    // Where no recipient is named, the caller's account counts.
    let bare =
      "{\"eventVersion\":\"1.08\",\"eventTime\":\"2024-05-01T10:00:01Z\",\"eventID\":\"x\",\"userIdentity\":{\"accountId\":\"3\"}}"
    #expect(try left([one, bare, bare]) == [one, bare].sorted())
  }

  @Test("An update replaces the record that it updates, whichever comes first")
  func updates() throws {
    let original = Self.record("e1")
    let update = Self.record("e2", name: "B", update: "e1")
    #expect(try left([original, update]) == [update])
    #expect(try left([original, update, update, original]) == [update])
    // In another account it updates nothing.
    let other = Self.record("e1", account: "2")
    #expect(try left([original, other, update]) == [other, update].sorted())
    // Without an original id it goes by its own.
    let own = Self.record("e1", name: "B", kept: ",\"addendum\":{\"reason\":\"UPDATED_DATA\"}")
    #expect(try left([original, own]) == [own])
    // Another reason replaces nothing.
    let late = Self.record("e3", kept: ",\"addendum\":{\"reason\":\"DELIVERY_DELAY\",\"originalEventID\":\"e1\"}")
    #expect(try left([original, late]) == [original, late].sorted())
  }

  @Test("One event as a record and in ECS counts once, as the record")
  func forms() throws {
    let record = Self.record("e1")
    let ecs = try Self.ecs(record)
    #expect(try left([record, ecs]) == [record])
    #expect(try left([ecs, ecs]) == [ecs])
    let hit = "{\"_index\":\".ds-logs-aws.cloudtrail-default-2024.05.01-000001\",\"_id\":\"1\",\"_source\":\(ecs)}"
    #expect(try left([record, hit, ecs]) == [record])
    // Not in another account or data stream.
    let other = try Self.ecs(Self.record("e1", account: "2"))
    #expect(try left([record, other]) == [record, other].sorted())
    let elsewhere = "{\"_index\":\"logs-aws.cloudtrail-lab\",\"_id\":\"1\",\"_source\":\(ecs)}"
    #expect(try left([record, elsewhere]) == [record, elsewhere].sorted())
    // Dotted keys are read too; an update in ECS counts before a record that it updates.
    let dotted =
      """
      {"@timestamp":"2024-05-01T10:00:01Z","event.dataset":"aws.cloudtrail","event.id":"e1","cloud.account.id":"1"}
      """
    #expect(try left([record, dotted]) == [record])
    let update = try Self.ecs(Self.record("e2", update: "e1"))
    #expect(try left([record, update]) == [update])
  }

  @Test("Documents of other data sets go by their own ids alone")
  func others() throws {
    let one = "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\"event\":{\"dataset\":\"aws.s3access\",\"id\":\"e1\"},\"a\":1}"
    let two = "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\"event\":{\"dataset\":\"aws.s3access\",\"id\":\"e1\"},\"a\":2}"
    #expect(try left([one, two]) == [one, two].sorted())
  }

  @Test("Updates and other forms are no contradiction, two texts of one kind are")
  func contradictions() throws {
    let registry = EventRegistry()
    let record = Self.record("e1")
    _ = Scanned(
      [record, Self.record("e2", update: "e1"), try Self.ecs(record)].joined(separator: "\n"), registry: registry)
    #expect(registry.contradicting.isEmpty)
    let again = EventRegistry()
    _ = Scanned([record, Self.record("e1", name: "B")].joined(separator: "\n"), registry: again)
    #expect(again.contradicting.count == 1)
  }

  @Test(
    "A time that is a number is seconds below 10¹¹ and milliseconds from there on",
    arguments: [
      ("1772359200", 1_772_359_200_000), ("1772359200000", 1_772_359_200_000), ("1772359200.5", 1_772_359_200_500),
      ("0", 0), ("99999999999", 99_999_999_999_000), ("100000000000", 100_000_000_000), ("-5", -5000),
      ("1e300", nil), ("1e14", 100_000_000_000_000), ("9e17", nil), ("true", nil),
    ] as [(String, Int64?)])
  func epochs(written: String, milliseconds: Int64?) {
    let scanned = Scanned("{\"eventVersion\":\"1.08\",\"eventID\":\"e\",\"eventTime\":\(written)}")
    #expect(scanned.rows.first?.milliseconds == milliseconds)
    #expect(scanned.problems.isEmpty == (milliseconds != nil))
    // Elasticsearch reads a number in `@timestamp` as milliseconds.
    let ecs = Scanned("{\"@timestamp\":1772359200}")
    #expect(ecs.rows.first?.milliseconds == 1_772_359_200)
  }
}
