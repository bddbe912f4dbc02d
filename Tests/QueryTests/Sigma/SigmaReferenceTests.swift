import Events
import JSON
import Query
import TestSupport
import Testing

/// A detection as the tests make it up: written as YAML, and evaluated by itself on JSON, value by value.
private struct PlainDetection {
  struct Item {
    var field: String
    var modifiers: [String]
    var values: [JSONValue]
  }

  indirect enum Condition {
    case name(Int)
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
  }

  /// Each a list of maps, of which one must hold.
  var identifiers: [[[Item]]]
  var condition: Condition

  // MARK: Making

  static let fields = ["a", "b.c", "list.x", "n", "user.name", "errorCode", "eventName", "requestParameters.q"]
  static let texts = ["ab", "AB", "b", "a*b", "", "x\\y", "É", "10", "-", "none", "a b"]

  init(_ random: inout SeededRandom) {
    identifiers = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      (0..<Int.random(in: 1...2, using: &random)).map { _ in
        var used: Set<String> = []
        return (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in
          let item = Self.item(&random)
          return used.insert(item.field + item.modifiers.joined()).inserted ? item : nil
        }
      }
    }
    condition = Self.condition(identifiers.count, 3, &random)
  }

  private static func condition(_ count: Int, _ depth: Int, _ random: inout SeededRandom) -> Condition {
    switch depth == 0 ? 0 : Int.random(in: 0..<5, using: &random) {
    case 1: .and(condition(count, depth - 1, &random), condition(count, depth - 1, &random))
    case 2: .or(condition(count, depth - 1, &random), condition(count, depth - 1, &random))
    case 3: .not(condition(count, depth - 1, &random))
    default: .name(Int.random(in: 0..<count, using: &random))
    }
  }

  private static func item(_ random: inout SeededRandom) -> Item {
    let field = fields.randomElement(using: &random)!
    let chains: [[String]] = [
      [], [], ["contains"], ["startswith"], ["endswith"], ["contains", "all"], ["cased"], ["neq"], ["exists"], ["gte"],
      ["lt"], ["contains", "cased"], ["startswith", "neq"], ["re"], ["re", "i"],
    ]
    let modifiers = chains.randomElement(using: &random)!
    func text(_ random: inout SeededRandom) -> JSONValue {
      var text = texts.randomElement(using: &random)!
      if Int.random(in: 0..<4, using: &random) == 0 {
        text += ["*", "?", "\\*", "\\\\"].randomElement(using: &random)!
      }
      return .string(text)
    }
    let count = Int.random(in: 1...2, using: &random)
    let values = (0..<count).map { _ -> JSONValue in
      switch modifiers.first {
      case "exists": return .bool(Bool.random(using: &random))
      case "gte", "lt": return .integer(Int64.random(in: 8...12, using: &random))
      case "re": return .string(["a.b", "^a", "b$", "[ab]+", "x\\\\y", "1"].randomElement(using: &random)!)
      case "contains", "startswith", "endswith", "cased": return text(&random)
      default:
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .null
        case 1: return .integer(10)
        case 2: return .bool(true)
        default: return text(&random)
        }
      }
    }
    return Item(field: field, modifiers: modifiers, values: modifiers == ["exists"] ? [values[0]] : values)
  }

  // MARK: Writing

  var yaml: String {
    var lines = ["detection:"]
    for (at, maps) in identifiers.enumerated() {
      lines.append("  i\(at):")
      for map in maps {
        for (place, item) in map.enumerated() {
          let key = ([item.field] + item.modifiers).joined(separator: "|")
          let values = item.values.map(Self.yaml)
          let value = values.count == 1 ? values[0] : "[ \(values.joined(separator: ", ")) ]"
          lines.append("    \(place == 0 ? "- " : "  ")'\(key)': \(value)")
        }
      }
    }
    lines.append("  condition: \(Self.text(condition))")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func yaml(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "'\(text.replacing("'", with: "''"))'"
    default: value.text
    }
  }

  private static func text(_ condition: Condition) -> String {
    switch condition {
    case .name(let at): "i\(at)"
    case .and(let left, let right): "(\(text(left)) and \(text(right)))"
    case .or(let left, let right): "(\(text(left)) or \(text(right)))"
    case .not(let part): "not \(text(part))"
    }
  }

  // MARK: Evaluating

  /// - Parameter isRecord: a record, in which a key that is a whole path hides what stands by way of objects; in ECS both are
  ///   values of one field.
  func holds(_ event: JSONValue, isRecord: Bool) -> Bool { holds(condition, isRecord ? event : Self.nested(event)) }

  /// The event with keys that are paths laid out as objects.
  private static func nested(_ event: JSONValue) -> JSONValue {
    guard case .object(let members) = event else { return event }
    var output: [String: JSONValue] = [:]
    func all(_ value: JSONValue?) -> [JSONValue] {
      guard let value else { return [] }
      if case .array(let elements) = value { return elements }
      return [value]
    }
    for (key, value) in members {
      guard let dot = key.firstIndex(of: ".") else {
        output[key] = .array(all(output[key]) + all(value))
        continue
      }
      let rest = nested(.object([String(key[key.index(after: dot)...]): value]))
      output[String(key[..<dot])] = .array(all(output[String(key[..<dot])]) + [rest])
    }
    return .object(output)
  }

  private func holds(_ condition: Condition, _ event: JSONValue) -> Bool {
    switch condition {
    case .name(let at): identifiers[at].contains { $0.allSatisfy { Self.holds($0, event) } }
    case .and(let left, let right): holds(left, event) && holds(right, event)
    case .or(let left, let right): holds(left, event) || holds(right, event)
    case .not(let part): !holds(part, event)
    }
  }

  private static func holds(_ item: Item, _ event: JSONValue) -> Bool {
    let found = values(event, item.field)
    let each = item.values.map { value -> Bool in
      if value == .null { return found.isEmpty }
      if item.modifiers == ["exists"] { return found.isEmpty != (value == .bool(true)) }
      return found.contains { holds(item.modifiers, value, $0) }
    }
    let all = item.modifiers.contains("all") ? each.allSatisfy { $0 } : each.contains(true)
    return item.modifiers.contains("neq") ? !all : all
  }

  /// The values at a path that are not null.
  private static func values(_ node: JSONValue, _ path: String) -> [JSONValue] {
    if case .array(let elements) = node { return elements.flatMap { values($0, path) } }
    if path.isEmpty { return node == .null ? [] : [node] }
    guard case .object(let members) = node else { return [] }
    if let whole = members[path] { return values(whole, "") }
    return path.indices.filter { path[$0] == "." }.flatMap { dot in
      members[String(path[..<dot])].map { values($0, String(path[path.index(after: dot)...])) } ?? []
    }
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    default: value.text
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .double(let number): number
    case .string(let text): text.allSatisfy { $0.isNumber || $0 == "-" } ? Double(text) : nil
    default: nil
    }
  }

  private static func holds(_ modifiers: [String], _ wanted: JSONValue, _ value: JSONValue) -> Bool {
    switch (modifiers.first, wanted) {
    case ("gte", .integer(let bound)): return number(value).map { $0 >= Double(bound) } ?? false
    case ("lt", .integer(let bound)): return number(value).map { $0 < Double(bound) } ?? false
    case ("re", .string(let pattern)):
      let regex = try? Regex(modifiers.contains("i") ? "(?i)" + pattern : pattern)
      return regex.map { text(value).firstMatch(of: $0) != nil } ?? false
    case (_, .bool(let flag)):
      guard case .integer = value else { return text(value).lowercased() == (flag ? "true" : "false") }
      return false
    case (_, .integer(let number)):
      return text(value) == String(number) || value == .double(Double(number))
    case (_, .string(let pattern)):
      var parts = Self.parts(pattern)
      if let mark = modifiers.first, mark == "contains" || mark == "endswith", parts.first != .run {
        parts.insert(.run, at: 0)
      }
      if let mark = modifiers.first, mark == "contains" || mark == "startswith", parts.last != .run {
        parts.append(.run)
      }
      let isCased = modifiers.contains("cased")
      func folded(_ text: String) -> String { isCased ? text : text.lowercased() }
      let folding = parts.map { part -> Part in
        if case .one(let character) = part { return .one(Character(folded(String(character)))) }
        return part
      }
      if fits(Array(folded(text(value))), folding[...]) { return true }
      // A plain number is compared as one with numbers.
      let plain = parts.compactMap { if case .one(let character) = $0 { character } else { nil } }
      if plain.count == parts.count, let wanted = Double(String(plain)), case .double(let number) = value {
        return number == wanted
      }
      return false
    default: return false
    }
  }

  private enum Part: Equatable {
    case one(Character)
    case any
    case run
  }

  private static func parts(_ text: String) -> [Part] {
    var parts: [Part] = []
    var rest = Array(text)[...]
    while let next = rest.popFirst() {
      switch next {
      case "*": parts.append(.run)
      case "?": parts.append(.any)
      case "\\" where rest.first.map({ "*?\\".contains($0) }) == true: parts.append(.one(rest.removeFirst()))
      default: parts.append(.one(next))
      }
    }
    return parts
  }

  private static func fits(_ text: [Character], _ parts: ArraySlice<Part>) -> Bool {
    guard let first = parts.first else { return text.isEmpty }
    let rest = parts.dropFirst()
    switch first {
    case .run: return (0...text.count).contains { fits(Array(text[$0...]), rest) }
    case .any: return !text.isEmpty && fits(Array(text.dropFirst()), rest)
    case .one(let character): return text.first == character && fits(Array(text.dropFirst()), rest)
    }
  }
}

struct SigmaReferenceTests {
  private static func event(_ random: inout SeededRandom, _ id: Int, isRecord: Bool) -> JSONValue {
    let values: [JSONValue] = [
      "ab", "AB", "aab", "b", "", "x\\y", "é", 10, 10.5, "10", true, "True", .null, ["ab", "zz"], "-", "none", "a*b",
      "A B",
    ]
    func some(_ random: inout SeededRandom) -> JSONValue { values.randomElement(using: &random)! }
    var members: [String: JSONValue] = ["id": .string("\(id)")]
    if isRecord {
      members["eventTime"] = "2026-01-05T10:00:00Z"
      members["eventID"] = .string("\(id)")
      members["eventVersion"] = "1.08"
      members["eventSource"] = "s3.amazonaws.com"
      members["awsRegion"] = "eu-west-1"
    }
    if Bool.random(using: &random) { members["a"] = some(&random) }
    if Bool.random(using: &random) { members["b"] = ["c": some(&random)] }
    if Bool.random(using: &random) { members["b.c"] = some(&random) }
    if Bool.random(using: &random) { members["list"] = [["x": some(&random)], ["x": some(&random), "y": 1]] }
    if Bool.random(using: &random) { members["n"] = some(&random) }
    if isRecord {
      // CloudTrail has one value there, and what is asked of it is asked of the field of ECS.
      let code = some(&random)
      if case .array = code {} else if Bool.random(using: &random) { members["errorCode"] = code }
      members["eventName"] = ["ab", "AB", "b"].randomElement(using: &random)!
      if Bool.random(using: &random) { members["requestParameters"] = ["q": some(&random)] }
    } else {
      members["@timestamp"] = "2026-01-05T10:00:00Z"
      if Bool.random(using: &random) { members["user"] = ["name": some(&random)] }
    }
    return .object(members)
  }

  @Test("Random detections match the events that they match by hand", arguments: 0..<12)
  func random(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let isRecord = seed % 2 == 0
    let events = (0..<40).map { Self.event(&random, $0, isRecord: isRecord) }
    let batches = EventBatches(texts: events.map(\.text))
    #expect(batches.rowCount == events.count)
    for round in 0..<60 {
      let detection = PlainDetection(&random)
      let source = isRecord ? "logsource: { product: aws }\n" : "logsource: { product: other }\n"
      let query = try SigmaQuery(source + detection.yaml)
      var set = QuerySet(now: Timestamp(milliseconds: 0))
      // A keyword of an event in ECS has a bound on its length only; what is read are values as they came.
      let bound = set.add(query.predicate)
      let evaluator = QueryEvaluator(set)
      let batch = batches.batch(EventBatches.mapper(set.plan))
      evaluator.begin(batch)
      let rows = evaluator.rows(bound)
      let found = events.indices.filter { rows.contains($0) }
      let wanted = events.indices.filter { detection.holds(events[$0], isRecord: isRecord) }
      #expect(
        found == wanted,
        "seed \(seed), round \(round):\n\(detection.yaml)\(Set(found).symmetricDifference(wanted).map { events[$0].text })"
      )
      if found != wanted { return }
    }
  }

  @Test("Base64 at any offset is found")
  func base64() throws {
    let words = ["http://", "IEX", "a", "abcd"]
    for word in words {
      let query = try SigmaQuery(
        "logsource: { product: other }\ndetection:\n  s:\n    a|base64offset|contains: '\(word)'\n  condition: s\n")
      for lead in ["", "x", "xy", "xyz"] {
        let text = Array((lead + word + "!?").utf8)
        let encoded = Self.base64(text)
        let event = #"{"@timestamp": "2026-01-05T10:00:00Z", "a": "\#(encoded)"}"#
        #expect(Self.holds(query, event), "\(word) behind \(lead)")
      }
      // Behind one byte nothing of a single byte is sure, so that anything may hold it.
      guard word.utf8.count > 1 else { continue }
      #expect(!Self.holds(query, #"{"@timestamp": "2026-01-05T10:00:00Z", "a": "ZZZZ"}"#), "\(word)")
    }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    while bits.count % 6 != 0 { bits.append(0) }
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
      text.append(letters[bits[start..<(start + 6)].reduce(0) { $0 << 1 | Int($1) }])
    }
    while text.count % 4 != 0 { text += "=" }
    return text
  }

  private static func holds(_ query: SigmaQuery, _ event: String) -> Bool {
    var set = QuerySet(now: Timestamp(milliseconds: 0))
    let bound = set.add(query.predicate)
    let evaluator = QueryEvaluator(set)
    let batch = EventBatches(texts: [event]).batch(EventBatches.mapper(set.plan))
    evaluator.begin(batch)
    return evaluator.rows(bound).contains(0)
  }

  @Test("An item that is written as YAML reads back the same")
  func roundTrip() throws {
    for seed in 0..<20 {
      var random = SeededRandom(seed: UInt64(seed))
      let text = "logsource: { product: other }\n" + PlainDetection(&random).yaml
      let node = try SigmaYAML.read(Array(text.utf8)[...])
      let again = try SigmaYAML.read(Array(SigmaText.yaml(node).utf8)[...])
      #expect(SigmaText.yaml(node) == SigmaText.yaml(again))
      guard case .detection(let one) = try SigmaQuery(node).form,
        case .detection(let other) = try SigmaQuery(again).form
      else { return }
      #expect(one.detection.expression == other.detection.expression, "seed \(seed)")
    }
  }

  @Test("Hostile YAML is refused within bounds")
  func hostile() {
    func fault(_ text: String) -> String {
      do throws(SigmaFault) {
        _ = try SigmaYAML.read(Array(text.utf8)[...])
        return ""
      } catch {
        return error.message
      }
    }
    var bomb = "a: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      bomb += "b\(level): &a\(level) [\((0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
    }
    #expect(fault(bomb).contains("values"))
    #expect(fault(String(repeating: "[", count: 5000)).isEmpty == false)
    #expect(fault(String(repeating: "[", count: 200) + String(repeating: "]", count: 200)).contains("deeper"))
    #expect(fault("x: " + String(repeating: "y", count: 2 << 20)).contains("bytes"))
    #expect(fault("a: 1\na: 2").contains("twice"))
    #expect(fault("? [a]\n: 1").contains("key"))
  }
}
