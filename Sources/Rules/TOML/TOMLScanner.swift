/// Steps over TOML text and says where keys and values stand.
///
/// It checks the outline only (strings, brackets, keys) and accepts a little more than TOML: what is valid it follows
/// exactly, what is not it may refuse or pass. Values are only passed over, so that looking for one key stays cheap.
struct TOMLScanner {
  /// What the scanner meets: a table's header, a key with a value, or an element of an array.
  struct Entry {
    var path: [RuleKeyPath.Step]
    var place: LocatedValue
  }

  private let bytes: [UInt8]
  private var at = 0
  private var path: [RuleKeyPath.Step] = []
  /// How many tables each array of tables holds so far.
  private var tables: [[RuleKeyPath.Step]: Int] = [:]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  /// Calls `visit` for each entry in the order of the text until it says false; false when the outline is broken.
  mutating func visitEntries(_ visit: (Entry) -> Bool) -> Bool {
    while true {
      skipBlank(lines: true)
      guard let byte = peek() else { return true }
      if byte == UInt8(ascii: "[") {
        path = []
        guard scanHeader(visit) else { return stopped }
      } else {
        let count = path.count
        guard let key = scanKey() else { return false }
        skipBlank()
        guard take(UInt8(ascii: "=")) else { return false }
        guard scanValue(key: key, visit) else { return stopped }
        path.removeSubrange(min(count, path.count)...)
      }
      skipBlank()
      guard let end = peek() else { return true }
      guard end == UInt8(ascii: "\n") || end == UInt8(ascii: "\r") || end == UInt8(ascii: "#") else { return false }
    }
  }

  /// Set when the visitor has seen enough, which is no fault of the text.
  private var stopped = false

  private mutating func report(_ place: LocatedValue, _ visit: (Entry) -> Bool) -> Bool {
    stopped = !visit(Entry(path: path, place: place))
    return !stopped
  }

  /// Reads `[a.b]` or `[[a.b]]`.
  private mutating func scanHeader(_ visit: (Entry) -> Bool) -> Bool {
    at += 1
    let isArray = take(UInt8(ascii: "["))
    var last = at
    repeat {
      skipBlank()
      last = at
      guard scanSimpleKey() else { return false }
      skipBlank()
      let goesOn = peek() == UInt8(ascii: ".")
      if isArray, !goesOn {
        let count = tables[path, default: 0]
        tables[path] = count + 1
        path.append(.index(count))
      } else if let count = tables[path] {
        path.append(.index(count - 1))
      }
    } while take(UInt8(ascii: "."))
    guard take(UInt8(ascii: "]")), !isArray || take(UInt8(ascii: "]")) else { return false }
    return report(LocatedValue(key: last, value: last), visit)
  }

  /// Reads a key of one or more parts and returns where the last starts.
  private mutating func scanKey() -> Int? {
    var last = at
    repeat {
      skipBlank()
      last = at
      guard scanSimpleKey() else { return nil }
      skipBlank()
    } while take(UInt8(ascii: "."))
    return last
  }

  private mutating func scanSimpleKey() -> Bool {
    guard let byte = peek() else { return false }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      guard let key = TOMLString.scan(bytes, at: at, decode: true, isKey: true) else { return false }
      path.append(.key(key.scalars?.text ?? ""))
      at = key.end
      return true
    }
    let start = at
    while let byte = peek(), Self.isBareKey(byte) { at += 1 }
    if at > start { path.append(.key(String(decoding: bytes[start..<at], as: UTF8.self))) }
    return at > start
  }

  private static func isBareKey(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }

  private struct Container {
    var isArray: Bool
    var pathCount: Int
    var next = 0
  }

  /// Reads the value at hand with all that it holds; `key` is where its key starts.
  private mutating func scanValue(key: Int, _ visit: (Entry) -> Bool) -> Bool {
    var containers: [Container] = []
    skipBlank()
    guard report(LocatedValue(key: key, value: at), visit) else { return false }
    while true {
      // A value starts here.
      guard let byte = peek() else { return false }
      var opened = false
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        containers.append(Container(isArray: byte == UInt8(ascii: "["), pathCount: path.count))
        at += 1
        opened = true
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let string = TOMLString.scan(bytes, at: at, decode: false) else { return false }
        at = string.end
      default:
        let start = at
        while let byte = peek(), !Self.endsScalar(byte) { at += 1 }
        guard at > start else { return false }
      }
      // A value has ended here, or a container has opened.
      while true {
        guard var container = containers.last else { return true }
        skipBlank(lines: true)
        path.removeSubrange(min(container.pathCount, path.count)...)
        if !opened, peek() == UInt8(ascii: ",") {
          at += 1
          skipBlank(lines: true)
          opened = true
        }
        if take(container.isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")) {
          containers.removeLast()
          opened = false
          continue
        }
        guard opened else { return false }
        if container.isArray {
          path.append(.index(container.next))
          container.next += 1
          containers[containers.count - 1] = container
          guard report(LocatedValue(key: at, value: at), visit) else { return false }
        } else {
          guard let key = scanKey(), take(UInt8(ascii: "=")) else { return false }
          skipBlank()
          guard report(LocatedValue(key: key, value: at), visit) else { return false }
        }
        break
      }
    }
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "\n"): true
    default: false
    }
  }

  private func peek() -> UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    at += 1
    return true
  }

  /// Passes blanks, and where `lines` says so also line ends and comments.
  private mutating func skipBlank(lines: Bool = false) {
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): at += 1
      case UInt8(ascii: "\n") where lines, UInt8(ascii: "\r") where lines: at += 1
      case UInt8(ascii: "#") where lines:
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      default: return
      }
    }
  }
}
