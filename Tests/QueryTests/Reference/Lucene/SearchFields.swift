import Events
import JSON
import TestSupport

/// The few fields that random searches are about, and random events that have them.
enum SearchFields {
  enum Kind { case keyword, text, wildcard, whole, floating, date, address, boolean, unmapped, id, index }

  static let kinds: [String: Kind] = [
    "x.k": .keyword, "x.k2": .keyword, "x.t": .text, "x.t2": .text, "x.w": .wildcard, "x.i": .whole, "x.d": .floating,
    "x.at": .date, "x.ip": .address, "x.b": .boolean, "x.u": .unmapped, "@timestamp": .date, "event.id": .keyword,
  ]
  /// What may be named in queries, some more often than others.
  static let names =
    ["x.k", "x.k", "x.k2", "x.t", "x.t", "x.t2", "x.w", "x.i", "x.d", "x.at", "x.ip", "x.b", "x.u"]
    + ["_id", "_index"]
  /// Those of the objects of the nested field `n`, which have no value outside of them.
  static let nested: [String: Kind] = ["n.k": .keyword, "n.t": .text, "n.i": .whole]

  /// What stands beside an event, and is among no fields that are asked without being named.
  static let documents: [String: Kind] = ["_id": .id, "_index": .index]

  static func kind(_ field: String) -> Kind { kinds[field] ?? nested[field] ?? documents[field] ?? .unmapped }

  static let catalog: FieldCatalog = {
    let types = [
      "k": "keyword", "k2": "keyword", "t": "text", "t2": "text", "w": "wildcard", "i": "long", "d": "double",
      "at": "date", "ip": "ip", "b": "boolean",
    ]
    let plain = types.mapValues { JSONValue.object(["type": .string($0)]) }
    let inner = ["k", "t", "i"].map { ($0, JSONValue.object(["type": .string(types[$0]!)])) }
    let mapping = try? FieldMapping([
      "properties": [
        "x": ["properties": .object(plain)],
        "n": ["type": "nested", "properties": .object(Dictionary(uniqueKeysWithValues: inner))],
      ]
    ])
    return FieldCatalog.standard.applying(mapping!)
  }()

  // MARK: Values

  static let words = [
    "a", "b", "A", "ab", "ba", "abc", "a b", "x-y", "10", "5", "true", "", "a*b", "a?b", "10.0.0.1", "2024-05-01", "--",
    "Quick", "quick", "a/b", "(a)", "NOT",
  ]
  static let sentences = [
    "Quick brown fox", "brown quick", "a b a", "x-y", "--", "", "10 a", "ab ba", "abc", "fox", "the quick a", "5 true",
    "quick brown quick fox", "b",
  ]

  static func values(_ kind: Kind) -> [JSONValue] {
    switch kind {
    case .keyword, .wildcard: words.map { .string($0) }
    case .text: sentences.map { .string($0) }
    case .whole: [0, 1, 5, 10, -3, "7", 2.5]
    case .floating: [0.5, 1, 10, -2.25, "5"]
    case .date:
      ["2024-05-01", "2024-05-01T10:20:30Z", "2024-04-30T23:30:00.000Z", "2024-05-02T00:00:00Z", 1_714_558_830_000]
    case .address: ["10.0.0.1", "10.0.0.7", "11.0.0.0", "2001:db8::1"]
    case .boolean: [true, false, "true"]
    case .unmapped: ["a", "ab", "x y", "10", 5, 10, true]
    case .id: ["d0", "d1", "d2", "d5", "e1", "e3", "e6", "nobody"]
    case .index: (Array(streams.keys).sorted() + Array(Set(streams.values)).sorted()).map { .string($0) }
    }
  }

  /// The names of indices, and of what they belong to.
  static let streams = [
    ".ds-logs-a-default-2026.01.01-000001": "logs-a-default", "logs-b-default": "logs-b-default", "own": "own",
    "partial-.ds-logs-a-default-2025.12.01-000002": "logs-a-default", "filebeat-default": "filebeat-default",
    ".internal.alerts-x-000001": ".alerts-x", ".kept": ".kept",
  ]

  // MARK: Events

  static func event(_ number: Int, _ random: inout SeededRandom) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for (field, kind) in kinds.sorted(by: { $0.key < $1.key }) where field.hasPrefix("x.") {
      guard Int.random(in: 0..<5, using: &random) < 3 else { continue }
      members[String(field.dropFirst(2))] = cell(kind, &random)
    }
    var event: [String: JSONValue] = [
      "@timestamp": "2024-05-01T10:20:30.500Z", "event": ["id": .string("e\(number)")], "x": .object(members),
    ]
    // Some are called as documents otherwise than they call themselves.
    if Bool.random(using: &random) { event["_id"] = .string("d\(number)") }
    if Bool.random(using: &random) { event["_index"] = .string(streams.keys.sorted().randomElement(using: &random)!) }
    let count = Int.random(in: 0...2, using: &random)
    if count > 0 {
      event["n"] = .array(
        (0..<count).map { _ in
          var object: [String: JSONValue] = [:]
          for (field, kind) in nested.sorted(by: { $0.key < $1.key }) where Bool.random(using: &random) {
            object[String(field.dropFirst(2))] = cell(kind, &random)
          }
          return .object(object)
        })
    }
    return .object(event)
  }

  /// An event as it is read: every second as a hit, which holds it under `_source`.
  static func document(_ event: JSONValue, _ number: Int) -> JSONValue {
    guard number % 2 == 0, case .object(var source) = event else { return event }
    var hit: [String: JSONValue] = [:]
    for name in documents.keys { hit[name] = source.removeValue(forKey: name) }
    hit["_source"] = .object(source)
    return .object(hit)
  }

  private static func cell(_ kind: Kind, _ random: inout SeededRandom) -> JSONValue {
    let values = values(kind)
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in values.randomElement(using: &random)! })
    case 1: return .array([values.randomElement(using: &random)!, .null])
    default: return values.randomElement(using: &random)!
    }
  }

  /// The values of a field: of an event by its whole name, of an object of `n` too.
  static func values(of field: String, in event: JSONValue) -> [JSONValue] {
    var value = event
    for name in field.split(separator: ".") { value = value[String(name)] ?? .null }
    switch value {
    case .array(let elements): return elements.filter { $0 != .null }
    case .null: return []
    default: return [value]
    }
  }
}
