import Events
import JSON
import Rules

extension AlertDocument {
  /// All plain values of a field as text, however the field is nested.
  public func values(_ path: String) -> [String] {
    var values: [String] = []
    collect(root, path[...]) { values.append($0) }
    return values
  }

  /// The first value of a field as text; of an alert on several events that does not have it, what they have in common.
  public func first(_ path: String) -> String? {
    if let value = values(path).first { return value }
    guard AlertEvents.told[path] != nil, has("martlet.events.first.id") || has("martlet.sequence.events.id") else {
      return nil
    }
    return AlertEvents(self)?.common(path)
  }

  /// True when the call was refused or failed: its outcome says so, or it has an error code.
  var hasFailed: Bool { first("event.outcome") == "failure" || errorCode != nil }

  /// The call's `aws.cloudtrail.error_code`; nil when it has none, or an empty one.
  var errorCode: String? { first("aws.cloudtrail.error_code").flatMap { $0.isEmpty ? nil : $0 } }

  /// True when the field holds anything.
  public func has(_ path: String) -> Bool {
    var found = false
    collect(root, path[...]) { _ in found = true }
    return found
  }

  /// What stands under a path: a value, or an object that is put together from dotted keys; nil when there is nothing.
  public func value(_ path: String) -> JSONValue? { Self.value(root, path[...]) }

  private func collect(_ value: JSONValue, _ path: Substring, _ body: (String) -> Void) {
    switch value {
    case .array(let elements): for element in elements { collect(element, path, body) }
    case .object(let members):
      guard !path.isEmpty else { return }
      Self.forEachSplit(path) { key, rest in
        if let inner = members[key] { collect(inner, rest, body) }
      }
    default: if path.isEmpty, let text = value.plainText { body(text) }
    }
  }

  /// Calls `body` with each way to cut a path into a first key and the rest.
  private static func forEachSplit(_ path: Substring, _ body: (String, Substring) -> Void) {
    var at = path.startIndex
    while let dot = path[at...].firstIndex(of: ".") {
      body(String(path[..<dot]), path[path.index(after: dot)...])
      at = path.index(after: dot)
    }
    body(String(path), "")
  }

  private static func value(_ value: JSONValue, _ path: Substring) -> JSONValue? {
    guard !path.isEmpty else { return value }
    // Answers with `fields` have every value in an array.
    if case .array(let elements) = value, elements.count == 1 { return Self.value(elements[0], path) }
    guard case .object(let members) = value else { return nil }
    var found: JSONValue?
    forEachSplit(path) { key, rest in
      if found == nil, let inner = members[key] { found = Self.value(inner, rest) }
    }
    if let found { return found }
    let prefix = path + "."
    var built = JSONValue.object([:])
    for (key, member) in members.sorted(by: { $0.key < $1.key }) where key.hasPrefix(prefix) {
      built.set(member, at: key.dropFirst(prefix.count).split(separator: ".")[...])
    }
    return built == .object([:]) ? nil : built
  }
}

extension JSONValue {
  /// A plain value as text; nil for null, arrays and objects.
  var plainText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .double(let value): value.description
    case .null, .array, .object: nil
    }
  }

  /// The plain values of a value or of a list of them, as text.
  var plainTexts: [String] {
    if case .array(let elements) = self { return elements.compactMap(\.plainText) }
    return plainText.map { [$0] } ?? []
  }

  /// The elements of an array; a value that stands alone as the only one.
  var elements: [JSONValue] {
    switch self {
    case .array(let elements): elements
    case .null: []
    default: [self]
    }
  }

  /// The text of a member.
  func text(_ key: String) -> String? { self[key]?.plainTexts.first }

  /// The whole number of a member.
  func whole(_ key: String) -> Int? { self[key]?.elements.first?.integerValue.flatMap { Int(exactly: $0) } }

  fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<Substring>) {
    guard path.count <= JSONLimits.depth, let first = path.first else { return }
    var members = objectValue ?? [:]
    if path.count == 1 {
      members[String(first)] = value
    } else {
      var inner = members[String(first)] ?? .object([:])
      inner.set(value, at: path.dropFirst())
      members[String(first)] = inner
    }
    self = .object(members)
  }
}
