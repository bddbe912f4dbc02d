/// `DISSECT`: takes a text apart at the texts that stand between its keys.
struct ESQLDissect: Sendable {
  private struct Key: Sendable {
    var name: String
    /// Its value is appended to others of the name, in this order.
    var order: Int?
    var isAppended = false
    var isSkipped = false
    /// Delimiters that come again right behind it are passed over (`->`).
    var isPadded = false
  }

  private var prefix: [UInt8] = []
  private var keys: [(key: Key, delimiter: [UInt8])] = []
  private var names: [String] = []
  private let separator: String

  /// - Parameter command: where the command stands, for what is wrong with it.
  static func extractor(
    _ pattern: ESQLWritten, separator: String, at command: Range<Int>? = nil
  ) throws(TypeFault) -> ESQLExtractor {
    let dissect: ESQLDissect
    do throws(EvaluationFault) {
      dissect = try ESQLDissect(pattern.text, separator: separator)
    } catch {
      throw TypeFault("Invalid pattern for dissect: [\(pattern.text)]: \(error.message)", at: command ?? pattern.range)
    }
    return ESQLExtractor(columns: dissect.names.map { ($0, .keyword) }) { text in dissect.cells(text) }
  }

  private init(_ pattern: String, separator: String) throws(EvaluationFault) {
    self.separator = separator
    let bytes = Array(pattern.utf8)
    var at = 0
    var text: [UInt8] = []
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "%"), at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "{"),
        let end = bytes[at...].firstIndex(of: UInt8(ascii: "}"))
      else {
        text.append(bytes[at])
        at += 1
        continue
      }
      if keys.isEmpty { prefix = text } else { keys[keys.count - 1].delimiter = text }
      text = []
      keys.append((try Self.key(String(decoding: bytes[(at + 2)..<end], as: UTF8.self)), []))
      at = end + 1
    }
    guard !keys.isEmpty else { throw EvaluationFault("Unable to find any keys or delimiters.") }
    keys[keys.count - 1].delimiter = text
    for (place, key) in keys.enumerated().dropLast() where key.delimiter.isEmpty {
      throw EvaluationFault(
        "the keys [\(key.key.name)] and [\(keys[place + 1].key.name)] have no delimiter between them")
    }
    for (key, _) in keys where !key.isSkipped && !names.contains(key.name) { names.append(key.name) }
    guard !names.isEmpty else { throw EvaluationFault("no key has a name") }
  }

  private static func key(_ written: String) throws(EvaluationFault) -> Key {
    var name = written
    var key = Key(name: "")
    if name.hasSuffix("->") {
      key.isPadded = true
      name.removeLast(2)
    }
    switch name.first {
    case nil: key.isSkipped = true
    case "?":
      key.isSkipped = true
      name.removeFirst()
    case "+":
      key.isAppended = true
      name.removeFirst()
      let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 {
        guard let order = Int(parts[1]), order >= 0 else {
          throw EvaluationFault("the order of [\(written)] is no number")
        }
        key.order = order
        name = String(parts[0])
      }
    case "*", "&": throw EvaluationFault("Reference keys not supported in dissect patterns: [%{\(written)}]")
    default: break
    }
    key.name = name
    guard key.isSkipped || !name.isEmpty else { throw EvaluationFault("the key [%{\(written)}] has no name") }
    return key
  }

  /// The values of the keys for one text; nil where it does not fit.
  private func cells(_ text: String) -> [Cell]? {
    let bytes = Array(text.utf8)
    // A text that ends with the prefix has nothing for the keys, not even nothing as a value.
    guard bytes.count > prefix.count, bytes.starts(with: prefix) else { return nil }
    var at = prefix.count
    var found: [(key: Key, value: String)] = []
    while found.count < keys.count {
      var (key, delimiter) = keys[found.count]
      if delimiter.isEmpty {
        // Only the last key has none: it takes the rest.
        found.append((key, String(decoding: bytes[at...], as: UTF8.self)))
        break
      }
      guard let end = ESQLFunctions.position(of: delimiter, in: bytes, from: at) else { return nil }
      found.append((key, String(decoding: bytes[at..<end], as: UTF8.self)))
      at = end + delimiter.count
      // The delimiter once more stands for a next key without a sign, whatever stands behind that one in the pattern.
      while at + delimiter.count <= bytes.count, bytes[at..<(at + delimiter.count)].elementsEqual(delimiter) {
        at += delimiter.count
        if key.isPadded { continue }
        guard found.count < keys.count else { break }
        key = keys[found.count].key
        found.append((key, ""))
      }
    }
    return names.map { name in
      let values = found.filter { !$0.key.isSkipped && $0.key.name == name }
      guard values.count > 1 else { return .text(values.first?.value ?? "") }
      // Of keys that are not appended the last one counts.
      guard values.contains(where: \.key.isAppended) else { return .text(values[values.count - 1].value) }
      let sorted = values.enumerated().sorted {
        ($0.element.key.order ?? 0, $0.offset) < ($1.element.key.order ?? 0, $1.offset)
      }
      return .text(sorted.map(\.element.value).joined(separator: separator))
    }
  }
}
