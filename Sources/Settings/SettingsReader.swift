import JSON

/// Takes settings out of an object, names the key of whatever is wrong, and of what nobody has asked for.
public final class SettingsReader {
  private let members: [String: JSONValue]
  private let isObject: Bool
  private let path: String
  private var asked: Set<String> = []

  public init(_ json: JSONValue, at path: String) {
    members = json.objectValue ?? [:]
    isObject = json.objectValue != nil
    self.path = path
  }

  /// The fault of a key.
  public func wrong(_ key: String, _ reason: String) -> SettingsFault {
    SettingsFault(reason, key: place(key))
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Leaves keys to others.
  public func leave(_ keys: [String]) { asked.formUnion(keys) }

  private func value(_ key: String) -> JSONValue? {
    asked.insert(key)
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// Whether the key is there.
  public func has(_ key: String) -> Bool { members[key] != nil }

  /// A text of at most 4 KiB; nil where there is none. Throws `SettingsFault`, as all of these.
  public func text(_ key: String) throws -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.stringValue else { throw wrong(key, "it is \(value.kindName); it should be a text") }
    guard !text.isEmpty else { throw wrong(key, "it is empty") }
    guard text.utf8.count <= 4096 else { throw wrong(key, "it has more than 4 KiB") }
    return text
  }

  /// A text that must be there.
  public func required(_ key: String) throws -> String {
    guard let text = try text(key) else { throw wrong(key, "it is missing") }
    return text
  }

  /// A list of texts, or one; none where the key is not there.
  public func texts(_ key: String) throws -> [String] {
    guard let value = value(key) else { return [] }
    if let text = value.stringValue { return [text] }
    guard let list = value.arrayValue, list.count <= 1000 else {
      throw wrong(key, "it should be a list of at most 1,000 texts")
    }
    return try list.map {
      guard let text = $0.stringValue, !text.isEmpty else { throw wrong(key, "\($0.kindName) in the list is no text") }
      return text
    }
  }

  /// A list of anything.
  public func list(_ key: String) throws -> [JSONValue] {
    guard let value = value(key) else { return [] }
    guard let list = value.arrayValue else { throw wrong(key, "it is \(value.kindName); it should be a list") }
    return list
  }

  /// An object with keys of its own.
  public func object(_ key: String) -> SettingsReader? { value(key).map { SettingsReader($0, at: place(key)) } }

  /// An object that is taken as it is.
  public func values(_ key: String) throws -> [String: JSONValue] {
    guard let value = value(key) else { return [:] }
    guard let members = value.objectValue else { throw wrong(key, "it is \(value.kindName); it should be an object") }
    return members
  }

  /// True or false.
  public func flag(_ key: String) throws -> Bool? {
    guard let value = value(key) else { return nil }
    guard let flag = value.boolValue else { throw wrong(key, "it is true or false") }
    return flag
  }

  /// A whole number within a range.
  public func number(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.integerValue.flatMap({ Int(exactly: $0) }), range.contains(number) else {
      throw wrong(key, "it is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `90s`, `15m`, `24h`, `7d`.
  public func duration(_ key: String) throws -> Duration? {
    guard let text = try text(key) else { return nil }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()), (1...100_000).contains(number)
    else { throw wrong(key, "it is a time such as 90s, 15m, 24h or 7d") }
    return .seconds(number * unit)
  }

  /// An address of HTTP that must be there.
  public func url(_ key: String) throws -> String {
    let url = try required(key)
    guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw wrong(key, "an address begins with https:// or http:// and has no blanks")
    }
    return url
  }

  /// `KEY_file` or `KEY_env`.
  ///
  /// - Parameter plain: whether the key itself may be there too.
  public func secret(_ key: String, orPlain plain: Bool = false) throws -> SecretSource? {
    if has(key), !plain { throw wrong(key, "secrets do not stand in settings: use \(key)_file or \(key)_env") }
    switch (try text("\(key)_file"), try text("\(key)_env")) {
    case (nil, nil): return nil
    case (let file?, nil): return .file(file)
    case (nil, let name?): return .variable(name)
    case (_?, _?): throw wrong("\(key)_file", "\(key)_env is set too; one is enough")
    }
  }

  /// `KEY_file` or `KEY_env`, one of which must be there.
  public func requiredSecret(_ key: String) throws -> SecretSource {
    if has(key) { throw wrong(key, "secrets do not stand in settings: use \(key)_file or \(key)_env") }
    guard let secret = try secret(key) else { throw wrong("\(key)_file", "it is missing, and so is \(key)_env") }
    return secret
  }

  /// Throws where it is no object; to be asked first.
  public func begin() throws {
    guard isObject else { throw SettingsFault("it should be an object", key: path.isEmpty ? nil : path) }
  }

  /// Throws where there is a key that nobody has asked for; to be called last.
  public func finish() throws {
    if let unknown = members.keys.filter({ !asked.contains($0) }).sorted().first {
      throw wrong(unknown, "there is no such key")
    }
  }
}
