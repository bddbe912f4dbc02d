import JSON
import TestSupport

/// Makes random ECS events: many shapes, few values, so that queries on them meet something.
struct RandomEvents {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A value that an event was given, and where.
  struct Placed {
    var path: String
    var value: JSONValue
  }

  struct Event {
    var json: JSONValue
    var values: [Placed]
  }

  private enum Kind { case word, sentence, address, integer, decimal, boolean, date, anything }

  private static let fields: [(path: String, kind: Kind)] = [
    ("user.name", .word), ("user.roles", .word), ("user.full_name", .sentence), ("event.action", .word),
    ("event.category", .word), ("process.command_line", .sentence), ("message", .sentence),
    ("error.message", .sentence), ("source.ip", .address), ("related.ip", .address), ("source.address", .address),
    ("source.bytes", .integer), ("event.severity", .integer), ("event.risk_score", .decimal),
    ("container.cpu.usage", .decimal), ("file.code_signature.trusted", .boolean),
    ("aws.cloudtrail.read_only", .boolean), ("event.start", .date), ("event.end", .date), ("labels.team", .word),
    ("tags", .word), ("custom.thing.value", .anything), ("custom.other", .anything),
    ("aws.cloudtrail.request_parameters", .sentence), ("data_stream.dataset", .word), ("source.as.number", .integer),
    ("aws.cloudtrail.resources.arn", .word),
  ]

  static let flattened = [
    "aws.cloudtrail.flattened.request_parameters", "aws.cloudtrail.flattened.response_elements",
    "file.elf.exports",
  ]

  static let nested = [
    "threat.enrichments", "email.attachments", "file.elf.sections", "threat.enrichments.indicator.file.elf.sections",
  ]

  // MARK: Values

  private static let words = [
    "alice", "Alice", "bob", "ALICE", "alice smith", "root", "10", "1.5", "true", "false", "10.0.0.1", "2024-05-01", "",
    "a*b", "a?b", "\u{e9}cole", "e\u{301}cole", "\u{130}stanbul", "stra\u{df}e", "😀", "x\ny", "-", "\"q\"",
    "back\\slash",
  ]
  private static let sentences = [
    "alice smith", "The Quick BROWN fox", "quick brown", "---", "", "arn:aws:iam::1:role/ops", "\u{e9}cole Alice",
    "e\u{301}cole", "\u{130}stanbul 10.0.0.1", "{roleName=ops, tags=[{key=a, value=b}]}", "a a b", "10 1.5", "root",
    "漢字 かな",
    "O'Neil's i.1 v1.2 1,000",
  ]
  private static let addresses = [
    "10.0.0.1", "10.0.0.255", "10.1.2.3", "11.0.0.0", "192.168.1.1", "2001:db8::1", "2001:DB8:0:0::1",
    "::ffff:10.0.0.1", "::1",
    "::", "255.255.255.255", "cloudtrail.amazonaws.com", "010.0.0.1", "",
  ]
  private static let integers: [JSONValue] = [
    0, 1, -1, 5, 9, 10, 100, 4096, "5", "10", "1.9", 1.9, -1.9, 2024, .integer(.max), .integer(.min), "x", true, "",
    "1e2", " 5",
  ]
  private static let decimals: [JSONValue] = [
    0, 1, 1.5, -1.5, 0.1, 47.25, 99, "1.5", "47.25", "NaN", "x", false, 100.0, "1e2", 1e-7,
  ]
  private static let booleans: [JSONValue] = [true, false, "true", "false", "yes", 1, "True"]
  private static let dates: [JSONValue] = [
    "2024-05-01T10:20:30.500Z", "2024-05-01T10:20:30Z", "2024-05-01", "2024-05", "2024", 2024, 1_714_558_830_500,
    "1714558830500", "2024-04-30T23:59:59.999Z", "2024-05-01T12:20:30+02:00", "2024-05-01T00:00:00.000Z", "2023-02-29",
    "x", true, "2024-05-02T00:00:00Z", "2024-05-01T10:20", 12345, -1, "2024-05-01T10:20:30.123456789Z",
  ]

  mutating func any<Choice: Collection>(_ choices: Choice) -> Choice.Element { choices.randomElement(using: &random)! }

  mutating func chance(_ part: Int, in whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

  private mutating func value(_ kind: Kind) -> JSONValue {
    if chance(1, in: 60) { return .null }
    switch kind {
    case .word:
      if chance(1, in: 80) { return .string(String(repeating: "x", count: any([1024, 1025, 33_000]))) }
      return chance(1, in: 12) ? any([1, 1.5, true, 10]) : .string(any(Self.words))
    case .sentence:
      if chance(1, in: 60) {
        return .string(String(repeating: "x ", count: any([600, 4096, 20_000])) + "alice")
      }
      return chance(1, in: 20) ? 10 : .string(any(Self.sentences))
    case .address: return .string(any(Self.addresses))
    case .integer: return any(Self.integers)
    case .decimal: return any(Self.decimals)
    case .boolean: return any(Self.booleans)
    case .date: return any(Self.dates)
    case .anything: return value(any([Kind.word, .sentence, .address, .integer, .decimal, .boolean, .date]))
    }
  }

  private mutating func values(_ kind: Kind) -> JSONValue {
    guard chance(1, in: 4) else { return value(kind) }
    let count = Int.random(in: 0...4, using: &random)
    return .array((0..<count).map { _ in chance(1, in: 12) ? .array([value(kind), value(kind)]) : value(kind) })
  }

  // MARK: Events

  mutating func event() -> Event {
    var tree = Tree()
    for (path, kind) in Self.fields where chance(1, in: 4) { put(path, values(kind), &tree) }
    for root in Self.flattened where chance(1, in: 5) {
      put(root, leaves(depth: 2), &tree)
    }
    if chance(1, in: 6) {
      put("source.geo.location", any([["lat": 1.5, "lon": 10], [10, 1.5], "1.5,10"]), &tree)
    }
    if chance(1, in: 3) { put("threat.enrichments", several { $0.enrichment() }, &tree) }
    if chance(1, in: 3) { put("email.attachments", several { $0.attachment() }, &tree) }
    if chance(1, in: 5) { put("file.elf.sections", several { $0.section() }, &tree) }
    if chance(1, in: 5) { put("user.group", several { ["name": $0.value(.word), "id": $0.value(.word)] }, &tree) }
    put("@timestamp", "2024-05-01T10:20:30.500Z", &tree)
    let json = tree.json
    var placed: [Placed] = []
    Self.collect(json, "", &placed)
    return Event(json: json, values: placed)
  }

  private static func collect(_ value: JSONValue, _ path: String, _ placed: inout [Placed]) {
    switch value {
    case .object(let members):
      for key in members.keys.sorted() { collect(members[key]!, path.isEmpty ? key : path + "." + key, &placed) }
    case .array(let elements): for element in elements { collect(element, path, &placed) }
    case .null: break
    default: placed.append(Placed(path: path, value: value))
    }
  }

  private mutating func several(_ make: (inout RandomEvents) -> JSONValue) -> JSONValue {
    let count = any([0, 1, 1, 2, 2, 3])
    if count == 1, chance(1, in: 3) { return make(&self) }
    return .array((0..<count).map { _ in make(&self) })
  }

  private mutating func enrichment() -> JSONValue {
    var tree = Tree()
    if chance(2, in: 3) { put("indicator.ip", values(.address), &tree) }
    if chance(1, in: 2) { put("indicator.type", values(.word), &tree) }
    if chance(1, in: 2) { put("matched.atomic", values(.word), &tree) }
    if chance(1, in: 4) { put("indicator.file.elf.sections", several { $0.section() }, &tree) }
    if chance(1, in: 5) { put("indicator.file.elf.exports", leaves(depth: 1), &tree) }
    return tree.json
  }

  private mutating func attachment() -> JSONValue {
    var tree = Tree()
    if chance(2, in: 3) { put("file.name", values(.word), &tree) }
    if chance(2, in: 3) { put("file.size", values(.integer), &tree) }
    return tree.json
  }

  private mutating func section() -> JSONValue {
    var members: [String: JSONValue] = [:]
    if chance(2, in: 3) { members["name"] = values(.word) }
    if chance(1, in: 2) { members["physical_size"] = values(.integer) }
    return .object(members)
  }

  /// An object of a flattened field.
  private mutating func leaves(depth: Int) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for key in ["roleName", "n", "tags", "a.b", "type"] where chance(1, in: 2) {
      members[key] = depth > 0 && chance(1, in: 3) ? several { $0.leaves(depth: depth - 1) } : values(.anything)
    }
    return .object(members)
  }

  /// Puts a value at a path, the path's parts joined to dotted keys at random.
  private mutating func put(_ path: String, _ value: JSONValue, _ tree: inout Tree) {
    var keys: [String] = []
    for part in path.split(separator: ".") {
      if !keys.isEmpty, chance(1, in: 4) { keys[keys.count - 1] += "." + part } else { keys.append(String(part)) }
    }
    tree.put(keys[...], value)
  }

  /// An object under construction.
  private struct Tree {
    var members: [String: Tree] = [:]
    var value: JSONValue?

    /// A path that is taken already stays as it is.
    mutating func put(_ keys: ArraySlice<String>, _ new: JSONValue) {
      guard let key = keys.first else {
        if members.isEmpty, value == nil { value = new }
        return
      }
      if value == nil { members[key, default: Tree()].put(keys.dropFirst(), new) }
    }

    var json: JSONValue { value ?? .object(members.mapValues(\.json)) }
  }
}
