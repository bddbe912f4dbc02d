import Events
import JSON

/// Takes the fields of one object by name and type, and notes what is wrong with them and which were never taken.
package struct ObjectReader {
  package let members: [String: JSONValue]
  package let path: RuleKeyPath
  /// Names that the format knows here: taken or not, they are not unknown.
  private var known: [String] = []
  /// Those of them that the object has: a set of all the names would be most of the work of reading a rule.
  private var met: Set<String> = []
  private let notes: RuleNotes

  package init(_ members: [String: JSONValue], path: RuleKeyPath, notes: RuleNotes) {
    self.members = members
    self.path = path
    self.notes = notes
    // Formats know several times the names that one object has.
    known.reserveCapacity(min(4 * members.count, 128))
  }

  /// The value of a field; nil when it is absent or null.
  package mutating func value(_ key: String) -> JSONValue? {
    known.append(key)
    guard let value = members[key] else { return nil }
    met.insert(key)
    return value == .null ? nil : value
  }

  /// True when the object has a value of that name that is not null.
  func has(_ key: String) -> Bool { (members[key] ?? .null) != .null }

  /// The value as `read` makes it; notes an error when the field is present and `read` finds nothing.
  private mutating func value<Value>(_ key: String, _ wanted: String, _ read: (JSONValue) -> Value?) -> Value? {
    guard let value = value(key) else { return nil }
    if let result = read(value) { return result }
    wrong(key, value, wanted)
    return nil
  }

  private func wrong(_ key: String, _ value: JSONValue, _ wanted: String) {
    error(at: key, "`\(path.appending(key))` must be \(wanted), and is \(value.kindName)")
  }

  package func error(at key: String, _ message: String) {
    notes.add(.error, path.appending(key), .value, message)
  }

  /// Notes that a field without which the rule has no meaning is missing.
  package func missing(_ key: String, _ advice: String) {
    notes.add(.error, path, .key, "`\(path.appending(key))` is missing: \(advice)")
  }

  package mutating func string(_ key: String) -> String? { value(key, "a string", \.stringValue) }

  package mutating func bool(_ key: String) -> Bool? { value(key, "true or false", \.boolValue) }

  mutating func integer(_ key: String) -> Int? {
    value(key, "a whole number") { $0.integerValue.flatMap { Int(exactly: $0) } }
  }

  /// An array of strings.
  package mutating func strings(_ key: String) -> [String]? {
    guard let value = value(key) else { return nil }
    guard let elements = value.arrayValue else {
      wrong(key, value, "an array of strings")
      return nil
    }
    var strings: [String] = []
    strings.reserveCapacity(elements.count)
    for (at, element) in elements.enumerated() {
      guard let string = element.stringValue else {
        let place = path.appending(key).appending(at)
        notes.add(.error, place, .value, "`\(place)` must be a string, and is \(element.kindName)")
        continue
      }
      strings.append(string)
    }
    return strings
  }

  /// One string, or an array of them.
  package mutating func oneOrMoreStrings(_ key: String) -> [String]? {
    if case .string(let single)? = value(key) { return [single] }
    return strings(key)
  }

  /// A word of a closed set.
  package mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, of _: Word.Type) -> Word?
  where Word.RawValue == String {
    guard let text = string(key) else { return nil }
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue)
    let meant = Spelling.suggestion(for: text, among: words).map { "; did you mean `\($0)`?" } ?? ""
    error(at: key, "“\(text)” is no \(key.replacing("_", with: " ")): use \(Self.list(words))\(meant)")
    return nil
  }

  package static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first.map { "`\($0)`" } ?? "" }
    return words.dropLast().map { "`\($0)`" }.joined(separator: ", ") + " or `\(last)`"
  }

  mutating func dateMath(_ key: String) -> DateMath? {
    guard let text = string(key) else { return nil }
    do {
      return try DateMath(text)
    } catch {
      timeError(key, error)
      return nil
    }
  }

  mutating func interval(_ key: String) -> Interval? {
    guard let text = string(key) else { return nil }
    do {
      return try Interval(text)
    } catch {
      timeError(key, error)
      return nil
    }
  }

  private func timeError(_ key: String, _ error: TimeSyntaxError) {
    notes.add(
      .error, path.appending(key), .value, "`\(path.appending(key))` cannot be read: \(error.message)",
      inner: SourcePosition(line: 1, column: error.column))
  }

  /// An object, read by a reader of its own that afterwards notes what it did not know.
  package mutating func object<Value>(_ key: String, _ read: (inout ObjectReader) -> Value?) -> Value? {
    guard let value = value(key) else { return nil }
    guard let members = value.objectValue else {
      wrong(key, value, "an object (a table)")
      return nil
    }
    var reader = ObjectReader(members, path: path.appending(key), notes: notes)
    let result = read(&reader)
    reader.noteUnknown()
    return result
  }

  /// An array of objects, each read by a reader of its own; what cannot be read is left out and noted.
  package mutating func objects<Value>(_ key: String, _ read: (inout ObjectReader) -> Value?) -> [Value]? {
    guard let value = value(key) else { return nil }
    guard let elements = value.arrayValue else {
      wrong(key, value, "an array of objects (tables)")
      return nil
    }
    var results: [Value] = []
    for (at, element) in elements.enumerated() {
      let place = path.appending(key).appending(at)
      guard let members = element.objectValue else {
        notes.add(.error, place, .value, "`\(place)` must be an object (a table), and is \(element.kindName)")
        continue
      }
      var reader = ObjectReader(members, path: place, notes: notes)
      if let result = read(&reader) { results.append(result) }
      reader.noteUnknown()
    }
    return results
  }

  /// A string without which the object has no meaning.
  package mutating func requiredString(_ key: String, _ advice: String) -> String? {
    let problems = notes.count
    if let text = string(key) { return text }
    if notes.count == problems { missing(key, advice) }
    return nil
  }

  /// A whole number without which the object has no meaning.
  mutating func requiredInteger(_ key: String, _ advice: String) -> Int? {
    let problems = notes.count
    if let number = integer(key) { return number }
    if notes.count == problems { missing(key, advice) }
    return nil
  }

  /// Notes each field that was not asked for.
  package func noteUnknown() {
    guard met.count < members.count else { return }
    for (key, value) in members.sorted(by: { $0.key < $1.key }) where !met.contains(key) {
      notes.addUnknown(path.appending(key), value, meant: Spelling.suggestion(for: key, among: known))
    }
  }
}
