import Events
import JSON
import TestSupport
import Testing

@testable import CloudTrail

/// Records are mapped by the tokens of the text that they were found in, as far as these are known: nobody can tell. The
/// reference finds the tokens of each record by itself.
struct TokenMappingTests {
  /// A text in memory with zeros behind it.
  private final class Text {
    private let storage: UnsafeMutableBufferPointer<UInt8>
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ text: String) {
      storage = .allocate(capacity: text.utf8.count + 64)
      storage.initialize(repeating: 0)
      _ = storage.update(fromContentsOf: text.utf8)
      bytes = UnsafeBufferPointer(rebasing: storage[..<text.utf8.count])
    }

    deinit { storage.deallocate() }
  }

  private static func scanner() -> RecordScanner {
    let scanner = RecordScanner(
      leanFields: [], registry: EventRegistry(remembers: false), keepsHeads: true, keepsTokens: true)
    scanner.beginBatch()
    return scanner
  }

  @Test(
    "A record among others becomes what it becomes by itself", arguments: [UInt64.random(in: 0...UInt64.max), 41])
  func amongOthers(seed: UInt64) {
    var maker = RandomObjects(seed: seed)
    let scanner = Self.scanner()
    for _ in 0..<60 {
      let (text, isFramed, count) = Self.text(&maker)
      let held = Text(text)
      scanner.beginBatch()
      scanner.scan(held.bytes, of: TextRegion(file: "f", isFramed: isFramed))
      scanner.finishBatch()
      let batch = scanner.batch
      #expect(batch.rows.count == count, "seed \(seed): \(scanner.problems.problems) \(text)")
      let known = batch.rows.indices.filter { Self.hasTokens(batch, $0) }
      #expect(known == Array(batch.rows.indices), "seed \(seed): \(text)")
      Self.compare(batch, "seed \(seed): \(text)")
      withExtendedLifetime(held) {}
    }
  }

  @Test(
    "The members of a record that are handed over with its tokens are those that are found in it",
    arguments: [UInt64.random(in: 0...UInt64.max), 43])
  func members(seed: UInt64) {
    var maker = RandomObjects(seed: seed)
    let scanner = Self.scanner()
    // Members that are left over from the record before would be seen.
    let (handedOver, found) = (RecordMembers(), RecordMembers())
    for _ in 0..<60 {
      let records = (0..<maker.any([1, 3, 9])).map { _ in Self.recordOfManyNames(&maker) }
      let text = Text(
        maker.any(["{\"Records\":[\(records.joined(separator: ","))]}", records.joined(separator: "\n")]))
      scanner.beginBatch()
      scanner.scan(text.bytes, of: TextRegion(file: "f"))
      scanner.finishBatch()
      let batch = scanner.batch
      #expect(batch.rows.count == records.count, "seed \(seed): \(scanner.problems.problems) \(records)")
      for row in batch.rows.indices {
        guard let node = batch.tokens.record(of: row) else {
          Issue.record("seed \(seed): no tokens of row \(row) of \(records)")
          continue
        }
        batch.tokens.restore(handedOver, ofRow: row)
        found.collect(node)
        let keys = RecordKey.allCases.filter { handedOver.token($0) != found.token($0) }
        #expect(keys.isEmpty, "seed \(seed): row \(row) of \(records)")
        #expect(handedOver.overview == found.overview, "seed \(seed): row \(row) of \(records)")
        #expect(handedOver.documentToken == found.documentToken && handedOver.memberCount == found.memberCount)
        #expect(handedOver.requestEnd == nil && handedOver.principal == nil)
        Self.expectOverview(found.overview, of: node, "seed \(seed): row \(row) of \(records)")
      }
      withExtendedLifetime(text) {}
    }
  }

  /// An overview says what a look at each member by its name says.
  private static func expectOverview(
    _ overview: RecordMembers.Overview, of record: JSONNode, _ comment: @autoclosure () -> String
  ) {
    var members: [RecordKey: JSONNode] = [:]
    var hasUnknown = false
    record.forEachMember { name, value in
      guard let key = RecordKey.allCases.first(where: { name.equals($0.name) }) else { return hasUnknown = true }
      if members.updateValue(value, forKey: key) != nil { hasUnknown = true }
    }
    #expect(overview.hasUnknown == hasUnknown, "\(comment())")
    #expect(overview.keys == RecordMembers.Keys(Set(members.keys)), "\(comment())")
    let composite = members.filter { $0.value.isObject || $0.value.isArray }
    #expect(overview.compositeKeys == RecordMembers.Keys(Set(composite.keys)), "\(comment())")
  }

  @Test("Of several texts the last one's tokens are known; records of all of them are mapped")
  func severalTexts() {
    let scanner = Self.scanner()
    let texts = (0..<3).map { number in
      Text("{\"Records\":[" + (0..<4).map { Self.record(number * 10 + $0) }.joined(separator: ",") + "]}")
    }
    for text in texts { scanner.scan(text.bytes, of: TextRegion(file: "f")) }
    let empty = Text("")
    scanner.finishBatch()
    #expect((0..<12).map { Self.hasTokens(scanner.batch, $0) } == (0..<12).map { $0 >= 8 })
    Self.compare(scanner.batch, "three texts")
    // As does one that holds nothing.
    scanner.scan(empty.bytes, of: TextRegion(file: "f"))
    #expect(!(0..<12).contains { Self.hasTokens(scanner.batch, $0) })
    Self.compare(scanner.batch, "an empty one")
    withExtendedLifetime(texts) {}
  }

  @Test("In a broken text the records before the broken one have their tokens, and those behind it are mapped as well")
  func broken() {
    let scanner = Self.scanner()
    let text = Text(
      "{\"Records\":[\(Self.record(1)),\(Self.record(2)),{\"eventTime\":\"2024-05-01T10:00:00Z\",\"x\":tru},"
        + "\(Self.record(3)),\(Self.record(4))]}")
    scanner.scan(text.bytes, of: TextRegion(file: "f"))
    scanner.finishBatch()
    #expect(scanner.problems.problems.map(\.cause) == [.brokenJSON])
    #expect((0..<4).map { Self.hasTokens(scanner.batch, $0) } == [true, true, false, false])
    Self.compare(scanner.batch, "a broken text")
    // Nothing is known of a text that cannot be indexed at all.
    scanner.beginBatch()
    let unclosed = Text(Self.record(5) + "\n" + Self.record(6) + "\n{\"eventTime\":\"20")
    scanner.scan(unclosed.bytes, of: TextRegion(file: "f"))
    scanner.finishBatch()
    #expect((0..<2).map { Self.hasTokens(scanner.batch, $0) } == [false, false])
    Self.compare(scanner.batch, "a text that was cut off")
    withExtendedLifetime((text, unclosed)) {}
  }

  @Test("Records in texts within a text are mapped beside those that stand in it")
  func embedded() {
    let scanner = Self.scanner()
    var quoted: [UInt8] = []
    JSONString.appendQuoted(Self.record(2), to: &quoted)
    let text = Text(
      Self.record(1) + "\n{\"CloudTrailEvent\":" + String(decoding: quoted, as: UTF8.self) + "}\n" + Self.record(3))
    scanner.scan(text.bytes, of: TextRegion(file: "f"))
    scanner.finishBatch()
    #expect((0..<3).map { Self.hasTokens(scanner.batch, $0) } == [true, false, true])
    Self.compare(scanner.batch, "a text within a text")
    withExtendedLifetime(text) {}
  }

  @Test("A batch that is kept is mapped after its scanner has read other texts, and when there is no scanner any more")
  func kept() {
    let text = Text("{\"Records\":[" + (0..<5).map(Self.record).joined(separator: ",") + "]}")
    let other = Text("{\"Records\":[" + (7..<9).map(Self.record).joined(separator: ",") + "]}")
    var scanner: RecordScanner? = Self.scanner()
    scanner?.scan(text.bytes, of: TextRegion(file: "f"))
    let first = scanner?.batch
    scanner?.scan(other.bytes, of: TextRegion(file: "g"))
    let second = scanner?.batch
    scanner = nil
    for (batch, known) in [(first, []), (second, [5, 6])] {
      guard let batch else { continue }
      #expect(batch.rows.indices.filter { Self.hasTokens(batch, $0) } == known)
      Self.compare(batch, "a batch that was kept")
    }
    #expect(second?.rows.count == 7)
    withExtendedLifetime((text, other)) {}
  }

  @Test("Who does not ask for tokens has none")
  func unasked() {
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
    scanner.beginBatch()
    let text = Text(Self.record(1))
    scanner.scan(text.bytes, of: TextRegion(file: "f"))
    scanner.finishBatch()
    #expect(scanner.batch.rows.count == 1 && !Self.hasTokens(scanner.batch, 0))
    withExtendedLifetime(text) {}
  }

  // MARK: Texts

  /// A record whose members at the top tell of themselves.
  private static func record(_ number: Int) -> String {
    """
    {"eventVersion":"1.08","eventTime":"2024-05-01T10:00:0\(number % 10)Z","eventID":"id-\(number)",\
    "eventSource":"sts.amazonaws.com","eventName":"AssumeRole","sourceIdentity":"who-\(number)",\
    "userIdentity":{"type":"IAMUser","userName":"user-\(number % 2)","accountId":"1"},\
    "requestParameters":{"roleArn":"arn:aws:iam::1:role/r\(number)","list":[{"a":\(number)},[],{}]},\
    "resources":[{"ARN":"arn:aws:iam::1:role/r\(number)"}],"x":[\(number)],"last":\(number)}
    """
  }

  /// A record whose members at the top have names that are known or not, are written with escapes, or come again. None of them
  /// wraps a record.
  private static func recordOfManyNames(_ maker: inout RandomObjects) -> String {
    let known = RecordKey.allCases.filter {
      !$0.mayHoldRecords && ![.cloudTrailEvent, .eventJSON, .raw, .insightsMessage, .eventTime].contains($0)
    }
    var members = ["\"eventTime\":\"2024-05-01T10:00:00Z\""]
    if maker.chance(2, in: 3) { members.append("\"eventID\":\"id-\(maker.any(Array(0..<1_000_000)))\"") }
    for _ in 0..<maker.any([0, 1, 5, 25, 60]) {
      let name =
        maker.chance(1, in: 8)
        ? maker.any(["", "x", "event", "eventVersions", "event\\u004eame", "\\u0065ventID", "é", "a\\\"b"])
        : maker.any(known).name.description
      // Not every record has names that come again.
      let isThere = members.contains { $0.hasPrefix("\"\(name)\":") }
      if !isThere || maker.chance(1, in: 8) { members.append("\"\(name)\":" + maker.value(depth: 1)) }
    }
    let gap = maker.any(["", "", " ", "\n"])
    return "{" + gap + members.shuffled(using: &maker.random).joined(separator: "\(gap),\(gap)") + gap + "}"
  }

  /// A text of random records of all kinds, in one of the shapes that they come in.
  private static func text(_ maker: inout RandomObjects) -> (text: String, isFramed: Bool, count: Int) {
    let shape = maker.any(Array(0..<7))
    let records = (0..<maker.any([1, 2, 12])).map { number -> String in
      switch maker.any(Array(0..<8)) {
      case 0: return document(&maker)
      case 1 where shape != 6: return digest(&maker)
      default:
        let source = maker.any(["", "\"eventSource\":\"sts.amazonaws.com\","])
        return "{\"eventID\":\"\(number)\",\(source)\"sourceIdentity\":\"who-\(number)\","
          + SinkAgreementTests.record(&maker).dropFirst()
      }
    }
    let gap = maker.any(["", " ", "\n", " \n\t "])
    let list = gap + records.joined(separator: gap + "," + gap) + gap
    let text: String
    switch shape {
    case 0: text = "\u{FEFF}{\"Records\":[\(list)]}"
    case 1: text = "{\"a\":[{}],\"Records\":[\(list)],\"NextToken\":\"x\"}\(gap){\"Records\":[]}"
    case 2: text = "[\(list)]"
    case 3: text = records.joined(separator: "\n" + gap)
    case 4: text = records.map { "{\"detail\":\($0),\"source\":\"aws.s3\"}" }.joined(separator: "\n")
    case 5: text = list
    default:
      let hits = records.map { "{\"_index\":\"i\",\"_source\":\($0)\(gap)}" }
      text = "{\"hits\":{\"total\":1,\"hits\":[\(hits.joined(separator: ","))]}}"
    }
    return (text, shape == 5, records.count)
  }

  /// An event that is in ECS already.
  private static func document(_ maker: inout RandomObjects) -> String {
    var members = [
      "\"@timestamp\":\"2024-05-01T10:00:01Z\"",
      "\"event\":{\"action\":\(maker.scalar()),\"id\":\(maker.string()),\"category\":[\(maker.scalar())]}",
    ]
    for name in ["user", "source", "labels", "tags", "user_agent", "aws", "related"] where maker.chance(1, in: 2) {
      members.append("\"\(name)\":" + maker.value(depth: 3))
    }
    if maker.chance(1, in: 3) {
      members.append("\"threat\":{\"enrichments\":[\(maker.object(depth: 2)),\(maker.object(depth: 1))]}")
    }
    return "{" + members.shuffled(using: &maker.random).joined(separator: ",") + "}"
  }

  private static func digest(_ maker: inout RandomObjects) -> String {
    """
    {"digestEndTime":"2026-01-01T00:04:00Z","awsAccountId":\(maker.scalar()),"digestS3Bucket":\(maker.string()),\
    "logFiles":[\(maker.value(depth: 2))],"more":\(maker.value(depth: 2))}
    """
  }

  // MARK: Comparing

  /// Whether the tokens of a row are known, which must then be those of its text.
  private static func hasTokens(_ batch: RecordBatch, _ row: Int) -> Bool {
    guard let node = batch.tokens.record(of: row) else { return false }
    #expect(node.sourceText.baseAddress == batch.rows[row].start && node.sourceText.count == batch.rows[row].length)
    return true
  }

  private static func compare(
    _ batch: RecordBatch, _ comment: @autoclosure () -> String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let events = map(batch)
    let alone = map(RecordBatch(leanFields: [], rows: batch.rows))
    #expect(events.count == alone.count && events.count == batch.rows.count, sourceLocation: sourceLocation)
    for (row, (event, expected)) in zip(events, alone).enumerated() where event != expected {
      let paths = Set(event.keys).union(expected.keys).filter { event[$0] != expected[$0] }.sorted()
      Issue.record(
        "row \(row): \(paths.map { "\($0): \(event[$0] ?? []), alone \(expected[$0] ?? [])" }); \(comment())",
        sourceLocation: sourceLocation)
    }
  }

  /// The values of each row of a batch by their paths, in order, as they are stored.
  private static func map(_ batch: RecordBatch) -> [[String: [String]]] {
    var plan = FieldPlan.all
    for path in FieldCatalog.standard.nestedPaths { plan.nested[path] = .all }
    let mapper = EventMapper(
      plan, context: Mapped.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    var rows: [[String: [String]]] = []
    for at in batch.rows.indices {
      if case .notAtAll = mapper.append(batch, row: at, ingested: nil) { Issue.record("row \(at) was not mapped") }
      guard mapper.isFull || at == batch.rows.count - 1 else { continue }
      let events = mapper.finish()
      rows += (0..<events.rowCount).map { values(events, $0) }
    }
    #expect(!mapper.problems.problems.contains { $0.cause == .noRoom })
    return rows
  }

  private static func values(_ batch: EventBatch, _ row: Int) -> [String: [String]] {
    var values: [String: [String]] = [:]
    func add(_ column: Column, _ path: String) {
      let texts = column.codes(row: row).map { "\(column.dictionary.kind($0)) \(column.dictionary.text($0))" }
      if !texts.isEmpty { values[path] = texts }
    }
    add(batch.dataStream, "data stream")
    for (path, column) in batch.columnByPath { add(batch.columns[column], path) }
    for (path, nested) in batch.nested {
      let objects = nested.parents.indices.filter { Int(nested.parents[$0]) == row }
      let texts = objects.map { object in
        "\(Self.values(nested.batch, object).sorted { $0.key < $1.key })"
      }
      if !texts.isEmpty { values["nested " + path] = texts }
    }
    return values
  }
}
