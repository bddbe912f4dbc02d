import JSON
import Query

/// Makes random predicates over the fields and values of some events, so that they hit, or miss by little.
struct RandomQueries {
  var source: RandomEvents
  /// What the events hold.
  let placed: [RandomEvents.Placed]

  init(seed: UInt64, over events: [RandomEvents.Event]) {
    source = RandomEvents(seed: seed)
    placed = events.flatMap(\.values)
  }

  mutating func predicate(depth: Int, path: String? = nil) -> Predicate {
    switch Int.random(in: 0...(depth > 0 ? 14 : 7), using: &source.random) {
    case 0: return .exists(selector(path).0)
    case 1...6: return condition(path)
    case 7: return source.chance(1, in: 4) ? source.any([.all, .nothing]) : condition(path)
    case 8, 9: return .and(parts(depth, path))
    case 10, 11: return .or(parts(depth, path))
    case 12: return .not(predicate(depth: depth - 1, path: path))
    default:
      let inner = nestedPath(path)
      return .nested(path: NestedPath(inner), predicate(depth: depth - 1, path: inner))
    }
  }

  private mutating func parts(_ depth: Int, _ path: String?) -> [Predicate] {
    (0..<Int.random(in: 1...4, using: &source.random)).map { _ in predicate(depth: depth - 1, path: path) }
  }

  private mutating func nestedPath(_ path: String?) -> String {
    let below = RandomEvents.nested.filter { path == nil || $0.hasPrefix(path! + ".") }
    if let found = below.randomElement(using: &source.random), source.chance(9, in: 10) { return found }
    return path.map { $0 + ".file" } ?? source.any(["user", "user.group", "aws.cloudtrail.resources", "nowhere"])
  }

  // MARK: Fields

  /// A selector and, where it comes from one, a value that an event has there.
  private mutating func selector(_ path: String?) -> (FieldSelector, JSONValue?) {
    let inside = path.map { prefix in placed.filter { $0.path.hasPrefix(prefix + ".") } } ?? placed
    guard let drawn = (source.chance(1, in: 20) ? placed : inside).randomElement(using: &source.random) else {
      return (.named((path.map { $0 + "." } ?? "") + "name"), nil)
    }
    switch Int.random(in: 0...19, using: &source.random) {
    case 0, 1: return (.matching(cut(drawn.path, keeping: path)), drawn.value)
    case 2:
      let lead = path.map { $0 + "." } ?? ""
      return (.matching(WildcardPattern([.literal(lead), .anyRun])), drawn.value)
    case 3: return (path == nil ? .any : .named(drawn.path), drawn.value)
    case 4: return (.named(drawn.path + ".text"), drawn.value)
    case 5:
      let parts = drawn.path.split(separator: ".")
      return (
        .named(parts.prefix(Int.random(in: 1...parts.count, using: &source.random)).joined(separator: ".")), drawn.value
      )
    case 6: return (.named(source.any(RandomEvents.flattened + RandomEvents.nested)), drawn.value)
    case 7:
      return (
        .named(source.any(["user.full_name.text", "process.command_line.text", "message", "nowhere.at"])), drawn.value
      )
    default: return (.named(drawn.path), drawn.value)
    }
  }

  private mutating func cut(_ text: String, keeping path: String?) -> WildcardPattern {
    let least = path.map { $0.count + 1 } ?? 0
    let keep = Int.random(in: min(least, text.count)...text.count, using: &source.random)
    var pattern = WildcardPattern([.literal(String(text.prefix(keep))), .anyRun])
    if source.chance(1, in: 3) { pattern.append(.literal(String(text.suffix(text.count / 4)))) }
    return pattern
  }

  // MARK: Tests

  private mutating func condition(_ path: String?) -> Predicate {
    let (field, value) = selector(path)
    let drawn = source.chance(1, in: 8) ? placed.randomElement(using: &source.random)?.value : value
    return .test(field, test(drawn.map(Self.text) ?? "alice"))
  }

  static func text(_ value: JSONValue) -> String {
    if case .string(let text) = value { text } else { value.text }
  }

  private mutating func test(_ value: String) -> ValueTest {
    switch Int.random(in: 0...11, using: &source.random) {
    case 0...3: return .match(varied(value))
    case 4, 5: return .phrase(varied(value))
    case 6, 7: return .wildcard(pattern(value))
    case 8: return .list(list(value))
    default:
      let lower = RangeBound(varied(value), inclusive: Bool.random(using: &source.random))
      let other = placed.randomElement(using: &source.random).map { Self.text($0.value) } ?? "x"
      let upper = RangeBound(
        source.chance(1, in: 2) ? varied(value) : other, inclusive: Bool.random(using: &source.random))
      switch Int.random(in: 0...2, using: &source.random) {
      case 0: return .range(lower: lower, upper: nil)
      case 1: return .range(lower: nil, upper: upper)
      default: return .range(lower: lower, upper: upper)
      }
    }
  }

  private static let others = [
    "10.0.0.0/8", "10.0.0.0/31", "0.0.0.0/0", "::/0", "2001:db8::/32", "now", "now-1d/d", "now/M", "now+1h",
    "2024-05-01||-1d", "2024-05-01||/M", "2024", "2024-05", "2024-05-01T10", "5", "5.0", "1e2", "-1", "1.5",
    "9223372036854775807",
    "true", "false", "alice", "ALICE smith", "brown fox", "", "1e400", "now-x", "10.0.0.0/33",
  ]

  private static let ranges = [
    "10.0.0.0-10.0.0.9", "10.0.0.1 - 10.0.0.1", "10.0.0.9-10.0.0.1", "2001:db8::-2001:db8::ffff", "10.0.0.1-", "-",
    "10.0.0.0-255.255.255.255", "1.1.1.1-2.2.2.2-3.3.3.3",
  ]

  private mutating func list(_ value: String) -> ValueList {
    var values = (0..<Int.random(in: 0...5, using: &source.random)).map { _ in
      let other = placed.randomElement(using: &source.random).map { Self.text($0.value) } ?? "x"
      return varied(source.chance(1, in: 2) ? value : other)
    }
    if source.chance(1, in: 3) { values.append(source.any(Self.ranges)) }
    if source.chance(1, in: 3), values.count > 1 { values.append(values[0] + " " + values[1]) }
    return ValueList(source.any(ValueList.Kind.allCases), values)
  }

  private mutating func varied(_ value: String) -> String {
    switch Int.random(in: 0...11, using: &source.random) {
    case 0, 1: return source.any(Self.others)
    case 2: return value.uppercased()
    case 3: return value.lowercased()
    case 4: return value + "0"
    case 5: return String(value.prefix(value.count / 2))
    case 6: return value.split(separator: " ").last.map(String.init) ?? value
    default: return value
    }
  }

  private mutating func pattern(_ value: String) -> WildcardPattern {
    var pattern = WildcardPattern(ignoresCase: source.chance(1, in: 5))
    let text = Array(varied(String(value.prefix(2000))).unicodeScalars.prefix(300))
    var at = 0
    while at < text.count {
      let end = min(text.count, at + Int.random(in: 1...max(1, text.count), using: &source.random))
      var literal = String.UnicodeScalarView()
      literal.append(contentsOf: text[at..<end])
      pattern.append(.literal(String(literal)))
      at = end
      switch Int.random(in: 0...3, using: &source.random) {
      case 0, 1:
        pattern.append(.anyRun)
        at += Int.random(in: 0...3, using: &source.random)
      case 2:
        pattern.append(.anyCharacter)
        at += 1
      default: break
      }
    }
    if source.chance(1, in: 3) || text.isEmpty { pattern.append(.anyRun) }
    return pattern
  }
}
