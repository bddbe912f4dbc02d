import JSON
import TestSupport

/// Random events and constants for EQL: few fields of every type, few values, so that queries meet something.
struct RandomEQLEvents {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  enum Kind: CaseIterable { case text, whole, decimal, boolean, address, date }

  /// Fields by the type that the schema gives them; those under `custom` are known to none.
  static let fields: [Kind: [String]] = [
    .text: ["process.name", "process.args", "process.command_line", "event.action", "custom.word"],
    .whole: ["process.pid", "source.port", "custom.number"],
    .decimal: ["event.risk_score"],
    .boolean: ["process.code_signature.trusted", "custom.flag"],
    .address: ["source.ip"],
    .date: ["event.start"],
  ]

  static let words = [
    "bash", "Bash", "zsh", "", "a*b", "axb", "a?b", "ab ab", "x:y:z", "10", "0x1f", " 7 ", "true", "caf\u{e9}",
    "\u{c9}",
    "C:\\x", "\u{1F600}b", "l1\nl2",
  ]
  static let wholes: [Int64] = [-3, 0, 1, 2, 3, 10, 443]
  static let decimals = [-1.5, 0.5, 2.0, 47.25]
  static let addresses = ["10.0.0.9", "10.0.1.1", "192.168.0.4", "fd00::1"]
  static let networks = ["10.0.0.0/24", "10.0.0.77/8", "192.168.0.4/32", "fd00::/16", "0.0.0.0/0"]
  static let dates = ["2026-02-01T00:00:00Z", "2026-02-01T00:00:01.500Z", "2026-01-31", "2026-02-01T01:00:00+01:00"]

  mutating func any<Choice: Collection>(_ choices: Choice) -> Choice.Element { choices.randomElement(using: &random)! }

  mutating func chance(_ part: Int, in whole: Int) -> Bool { Int.random(in: 0..<whole, using: &random) < part }

  mutating func field(_ kind: Kind) -> String { any(Self.fields[kind]!) }

  private mutating func one(_ kind: Kind, _ path: String) -> JSONValue {
    // What the schema reads although it is of another kind in JSON, and what it cannot read.
    if chance(1, in: 20), !path.hasPrefix("custom.") {
      switch kind {
      case .text: return any([5, 1.5, true, .string(String(repeating: "x", count: 1025))])
      case .whole: return any(["2", "x", 1.5])
      case .decimal: return any(["0.5", 2, "x"])
      case .boolean: return any(["true", "false", "", "x"])
      case .address: return any(["x", 5])
      case .date: return any(["x", 1_769_904_000_000])
      }
    }
    switch kind {
    case .text: return .string(any(Self.words))
    case .whole: return .integer(any(Self.wholes))
    case .decimal: return .double(any(Self.decimals))
    case .boolean: return .bool(any([true, false]))
    case .address: return .string(any(Self.addresses))
    case .date: return .string(any(Self.dates))
    }
  }

  private mutating func values(_ kind: Kind, _ path: String) -> JSONValue {
    if chance(1, in: 15) { return any([.null, .array([]), .array([.null])]) }
    guard chance(1, in: 4) else { return one(kind, path) }
    return .array((0..<Int.random(in: 1...3, using: &random)).map { _ in one(kind, path) })
  }

  mutating func event(_ number: Int) -> JSONValue {
    var tree: [String: [String: JSONValue]] = [:]
    var deeper: [String: JSONValue] = [:]
    for kind in Kind.allCases {
      for path in Self.fields[kind]! where chance(1, in: 2) {
        let parts = path.split(separator: ".").map(String.init)
        if parts.count == 3 {
          deeper[parts[2]] = values(kind, path)
        } else {
          tree[parts[0], default: [:]][parts[1]] = values(kind, path)
        }
      }
    }
    if !deeper.isEmpty { tree["process", default: [:]]["code_signature"] = .object(deeper) }
    for path in ["user", "host"] where chance(3, in: 4) {
      tree[path] = [
        "id": chance(1, in: 4) ? any([["h1", "h2"], ["h2", "h1", "h1"], [], ["h1", .null]]) : any(["h1", "h2"])
      ]
    }
    tree["event", default: [:]]["category"] = any(["process", "file", "network", ["process", "file"]])
    if chance(9, in: 10) { tree["event", default: [:]]["kind"] = any(["process", "signal"]) }
    if chance(1, in: 2) { tree["event", default: [:]]["sequence"] = .integer(any([1, 2, 3])) }
    var members = tree.mapValues { JSONValue.object($0) }
    members["id"] = .string("e\(number)")
    if chance(19, in: 20) { members["@timestamp"] = .integer(1_770_000_000_000 + 500 * any(0...12)) }
    return .object(members)
  }
}
