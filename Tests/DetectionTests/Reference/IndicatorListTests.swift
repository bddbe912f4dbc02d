import CloudTrail
import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection
@testable import Running

/// Lists of indicators in files, held to what is made of their documents one by one as hits of Elasticsearch.
struct IndicatorListTests {
  /// A list as it is written, and the hits that its documents are.
  private struct List {
    var bytes: [UInt8] = []
    var hits: [[UInt8]] = []
  }

  private static let name = "logs-ti_*"
  private static let fields = [
    "threat.indicator.ip", "threat.indicator.port", "threat.indicator.name", "threat.indicator.type",
    "threat.feed.name",
    "@timestamp", "event.dataset", "data_stream.dataset", "odd \"name\"", "threat.indicator", "eventTime",
    "kibana.alert.uuid", "labels.any", "threat.enrichments.matched.atomic",
  ]
  private static let values: [String: [String]] = [
    "threat.indicator.ip": [
      "203.0.113.1", "203.0.113.2", "203.0.113.1", "2001:db8::1", "2001:DB8:0::1", "::ffff:203.0.113.1",
      "203.0.113.0/30",
      "203.0.113.01", "203.0.113.256", "2001:db8::/64", "x",
    ],
    "threat.indicator.port": ["80", "080", "443", "x"],
    "@timestamp": [
      "2026-01-04T10:00:00Z", "2026-01-04", "2025-01-04T10:00:00.000Z", "1767600000000", "2026-01-04 10:00:00", "soon",
      "2026-01-04T10:00:00\"", "now", " 2026-01-04T10:00:00Z",
    ],
    "kibana.alert.uuid": ["", "", "", "a"], "eventTime": ["", "", "2026-01-04T10:00:00Z"],
    "event.dataset": ["", "aws.cloudtrail", "ti_x.feed"],
  ]
  private static let others = [
    "bad", "Bad", "ops", "bad actor", "", "a,b", "say \"x\"", "two\nlines", "two\r\nlines", "back\\slash", "tab\tbed",
    "\u{1}", "é", "日本", "\"", " ", "-", "none",
  ]

  private struct Maker {
    var random: SeededRandom

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }
    mutating func happens(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    mutating func value(_ field: String) -> String {
      let value = happens(8) ? "" : pick(IndicatorListTests.values[field] ?? IndicatorListTests.others)
      // Which of two of one id comes first is nobody's business.
      return field == "kibana.alert.uuid" && !value.isEmpty ? "\(value)\(random.next())" : value
    }

    mutating func heading() -> [String] {
      var names = IndicatorListTests.fields.filter { _ in happens(2) }
      // Two in three lists have nothing that only hits of their own may have.
      if !happens(3) { names.removeAll { $0 == "eventTime" || $0.hasPrefix("kibana") } }
      // An indicator that is no object ends its alerts with an error, which is all that is compared then.
      if !happens(6) { names.removeAll { $0 == "threat.indicator" } }
      if !names.contains(IndicatorListTests.fields[0]) { names.append(IndicatorListTests.fields[0]) }
      return names.shuffled(using: &random)
    }

    mutating func csv(_ path: String) -> List {
      var list = List()
      let names = heading()
      if happens(4) { list.bytes += [0xEF, 0xBB, 0xBF] }
      var line = 1
      func quoted(_ text: [UInt8]) -> [UInt8] { [0x22] + text.flatMap { $0 == 0x22 ? [$0, $0] : [$0] } + [0x22] }
      let end = Array(happens(3) ? "\r\n".utf8 : "\n".utf8)
      func close() {
        list.bytes += end
        line += 1
      }
      list.bytes += names.map { quoted(Array($0.utf8)) }.joined(separator: [0x2C])
      close()
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        if happens(10) { close() }
        let count = happens(6) ? Int.random(in: 1...names.count + 1, using: &random) : names.count
        var cells = (0..<count).map { place in
          var cell = Array((place < names.count ? value(names[place]) : "more").utf8)
          if happens(60) { cell.append(0xFF) }
          return cell
        }
        // A line without anything is no row.
        if cells.allSatisfy(\.isEmpty) { cells[0] = Array("203.0.113.2".utf8) }
        let start = line
        for (place, cell) in cells.enumerated() {
          if place > 0 { list.bytes.append(0x2C) }
          let needsQuotes = cell.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0x2C } || cell.first == 0x22
          list.bytes += needsQuotes || happens(5) ? quoted(cell) : cell
          line += cell.count { $0 == 0x0A }
        }
        close()
        guard count <= names.count else { continue }
        var members: [String: JSONValue] = [:]
        for (name, cell) in zip(names, cells) where !cell.isEmpty {
          members[name] = .string(String(decoding: cell, as: UTF8.self))
        }
        list.hits.append(IndicatorListTests.hit(.object(members), path, start))
      }
      return list
    }

    mutating func json(_ path: String) -> List {
      var list = List()
      if happens(4) { list.bytes += [0xEF, 0xBB, 0xBF] }
      for number in 1...Int.random(in: 1...40, using: &random) {
        // What begins with a bracket is no list of lines.
        let text = number > 1 && happens(12) ? broken() : document().text
        list.bytes += text.utf8
        list.bytes += (happens(8) ? " \r\n" : "\n").utf8
        guard text.utf8.first == UInt8(ascii: "{") else { continue }
        if text.contains("\"_source\"") {
          list.hits.append(Array(text.utf8))
        } else {
          list.hits.append(IndicatorListTests.head(path, number) + Array(text.utf8) + [UInt8(ascii: "}")])
        }
      }
      return list
    }

    private mutating func broken() -> String {
      pick([
        "", "[1]", "text", "{\"threat\":", "{\"threat.indicator.ip\":\"203.0.113.1\"} x", "{\"a\":01}", "{}",
        "{\"a\":\"\\q\"}",
        "{\"threat.indicator.ip\":\"203.0.113.1\"}{\"threat.indicator.ip\":\"203.0.113.2\"}",
        "{\"threat.indicator.ip\":\"203.0.113.2\",\"deep\":"
          + String(repeating: "[", count: 58) + String(repeating: "]", count: 58) + "}",
        "{\"threat.indicator.ip\":\"203.0.113.2\",\"deep\":"
          + String(repeating: "[", count: 59) + String(repeating: "]", count: 59) + "}",
      ])
    }

    private mutating func document() -> JSONValue {
      var members: [String: JSONValue] = [:]
      for name in heading() {
        var one: JSONValue = .string(value(name))
        if happens(6) {
          one = pick([.null, .integer(80), true, .array([one, .string(value(name)), .null]), .array([])])
        }
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count > 1, happens(2) else {
          members[name] = one
          continue
        }
        members[parts[0]] = Self.putting(one, at: parts.dropFirst(), into: members[parts[0]])
      }
      guard happens(6) else { return .object(members) }
      return [
        "_index": "logs-ti_own", "_id": .string("own\(random.next())"),
        "_source": .object(members),
      ]
    }

    private static func putting(_ value: JSONValue, at path: ArraySlice<String>, into node: JSONValue?) -> JSONValue {
      guard let first = path.first else { return value }
      var members: [String: JSONValue] = [:]
      if case .object(let known) = node { members = known }
      members[first] = putting(value, at: path.dropFirst(), into: members[first])
      return .object(members)
    }
  }

  private static func head(_ path: String, _ line: Int) -> [UInt8] {
    let file = path.split(separator: "/").last ?? ""
    return Array("{\"_index\":\"\(name)\",\"_id\":\"\(file):\(line)\",\"_source\":".utf8)
  }

  private static func hit(_ source: JSONValue, _ path: String, _ line: Int) -> [UInt8] {
    head(path, line) + Array(source.text.utf8) + [UInt8(ascii: "}")]
  }

  /// What is found in hits that are read one by one.
  private static func reference(_ hits: [[UInt8]], _ plan: IndicatorPlan) throws -> (Indicators, ProblemLog) {
    let collector = IndicatorCollector(plan, list: name)
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
    var region = TextRegion(file: "list")
    region.isOfDocuments = true
    for hit in hits {
      try (hit + [UInt8](repeating: 0, count: 64)).withUnsafeBufferPointer { bytes in
        scanner.beginBatch()
        scanner.scan(UnsafeBufferPointer(rebasing: bytes[..<hit.count]), of: region)
        scanner.finishBatch()
        try collector.consume(scanner.batch)
      }
    }
    return (Indicators(plan, [collector.finish()]), scanner.problems)
  }

  private static let queries = [
    "*:*", "*:*", "threat.indicator.type: *", "@timestamp >= \"now-30d/d\"", "threat.indicator.name: ba*",
    "not threat.feed.name: bad", "threat.*: bad", "bad", "event.dataset: ti_x.feed", "threat.indicator.ip: *",
    "martlet.record.eventName: x or threat.indicator.port: *", "labels.any: *", "_index: logs-ti*",
  ]

  @Test(
    "Lists in CSV and in lines of JSON give what their documents give one by one as hits, however they are cut into pieces",
    arguments: [UInt64.random(in: 0...UInt64.max), 1], [true, false])
  func equalsHits(seed: UInt64, isCSV: Bool) throws {
    var maker = Maker(random: SeededRandom(seed: seed))
    let scratch = try Scratch()
    let pairs = [
      ("source.ip", "threat.indicator.ip"), ("source.port", "threat.indicator.port"),
      ("user.name", "threat.indicator.name"), ("message", "threat.indicator.name"),
    ]
    var (told, compared) = (0, 0)
    for number in 0..<150 {
      let path = "\(scratch.path)/list\(number)"
      let list = isCSV ? maker.csv(path) : maker.json(path)
      try scratch.write(list.bytes, "list\(number)")
      var rules: [Rule] = []
      for place in 0..<maker.pick([1, 1, 2]) {
        let mapping = (0..<maker.pick([1, 1, 2])).map { _ in
          (0..<maker.pick([1, 1, 2])).map { place in
            let (field, value) = maker.pick(pairs)
            return ThreatMappingEntry(field: field, value: value, negate: place > 0 && maker.happens(3))
          }
        }
        rules.append(.threatMatch(mapping, query: maker.pick(Self.queries), id: "rule \(place)"))
      }
      let comment = Comment(
        rawValue:
          "seed \(seed), list \(number)\n\(rules.map { $0.threatMatch! })\n\(String(decoding: list.bytes, as: UTF8.self))"
      )
      let plan = IndicatorPlan(rules, context: EventContext(readAt: TestHunt.readAt))
      let pieceBytes = Int.random(in: 1...600, using: &maker.random)
      let outcome = try IndicatorLists.read(["\(Self.name)=\(path)"], plan, pieceBytes: pieceBytes)
      let (expected, problems) = try Self.reference(list.hits, plan)
      let found = Indicators(plan, outcome.found)
      for rule in rules {
        let (own, wanted) = (found.set(of: rule.ruleID), expected.set(of: rule.ruleID))
        try #require(own?.count == wanted?.count, comment)
        try #require(own?.met == wanted?.met && own?.metInLists == wanted?.metInLists, comment)
      }
      if !problems.isEmpty { try #require(!outcome.problems.isEmpty, comment) }
      let events = (0..<12).map { event -> String in
        var members: [String: JSONValue] = [
          "@timestamp": .string(TestEvent.iso(1_767_600_000_000 + Int64(event) * 60_000)),
          "event": ["id": .string("e\(event)"), "category": "network"],
        ]
        for (field, value) in pairs where !maker.happens(4) { members[field] = .string(maker.value(value)) }
        let hit: JSONValue = ["_index": "logs-net-default", "_id": .string("e\(event)"), "_source": .object(members)]
        return hit.text
      }
      func alerts(_ indicators: Indicators) throws -> [String] {
        let hunt = TestHunt(rules, indicators: indicators)
        let result = try hunt.run([events])
        // An indicator that has no object where alerts want one is told of.
        do {
          return try TestHunt.alerts(result).map { String(decoding: $0.json, as: UTF8.self) }
        } catch {
          return ["\(error)"]
        }
      }
      let (own, wanted) = (try alerts(found), try alerts(expected))
      try #require(own == wanted, comment)
      told += own.count
      compared += rules.reduce(0) { $0 + (found.set(of: $1.ruleID)?.count ?? 0) }
    }
    #expect(!stands(seed) || told > 50 && compared > 1000, "\(told) \(compared)")
  }

  @Test("An indicator's id is the line that its row starts on, also behind empty lines and cells of several lines")
  func lines() throws {
    let scratch = try Scratch()
    let text = "threat.indicator.ip,threat.indicator.name\n\n203.0.113.1,\"a\nb\"\r\n\r\n203.0.113.2,c"
    let path = try scratch.write(text, "l.csv")
    let rule = Rule.threatMatch([[ThreatMappingEntry(field: "source.ip", value: "threat.indicator.ip")]])
    let plan = IndicatorPlan([rule], context: EventContext(readAt: TestHunt.readAt))
    for pieceBytes in [1, 60, 1 << 20] {
      let found = Indicators(
        plan, try IndicatorLists.read(["\(Self.name)=\(path)"], plan, pieceBytes: pieceBytes).found)
      let events = (1...2).map { number in
        #"{"@timestamp":"2026-01-05T10:00:0\#(number)Z","event":{"id":"e\#(number)","category":"x"},"source":{"ip":"203.0.113.\#(number)"},"data_stream":{"dataset":"net"}}"#
      }
      let alerts = try TestHunt.alerts(try TestHunt([rule], indicators: found).run([events]))
      let ids = try alerts.map { try $0.document["threat"]?["enrichments"]?[0]?["matched"]?["id"]?.stringValue }
      #expect(Set(ids) == ["l.csv:3", "l.csv:6"])
    }
  }
}
