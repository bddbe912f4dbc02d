/// Finds where a key path stands in TOML text.
enum TOMLKeyLocator {
  /// The first place that defines the path or something under it; nil when nothing does.
  static func locate(_ path: [RuleKeyPath.Step], in bytes: [UInt8]) -> LocatedValue? {
    var found: LocatedValue?
    var scanner = TOMLScanner(bytes)
    _ = scanner.visitEntries { entry in
      guard entry.path.starts(with: path) else { return true }
      found = entry.place
      return false
    }
    return found
  }

  /// The characters of the string at a key path with their places; nil when there is no string.
  static func scalars(of path: [RuleKeyPath.Step], in bytes: [UInt8]) -> LocatedScalars? {
    guard let place = locate(path, in: bytes), place.value < bytes.count,
      bytes[place.value] == UInt8(ascii: "\"") || bytes[place.value] == UInt8(ascii: "'")
    else { return nil }
    return TOMLString.scan(bytes, at: place.value, decode: true)?.scalars
  }
}
