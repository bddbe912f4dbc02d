/// What an index is searched by that has a name of its own behind a data stream or behind alerts.
public enum BackingIndex {
  /// The data stream that a backing index belongs to: `.ds-NAME-yyyy.MM.dd-000001`, also mounted (`partial-`, `restored-`);
  /// of an index of alerts the name they are searched by; any other index is its own.
  public static func dataStream(of index: String) -> String {
    // Most names are none of these.
    guard let first = index.utf8.first, ".pr".utf8.contains(first) else { return index }
    var name = index[...]
    for prefix in ["partial-", "restored-"]
    where name.hasPrefix(prefix + ".ds-") || name.hasPrefix(prefix + ".internal.") {
      name = name.dropFirst(prefix.count)
    }
    if let alias = alias(of: String(name)) { return alias }
    guard name.hasPrefix(".ds-") else { return index }
    let parts = name.dropFirst(4).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 3, let generation = parts.last, generation.count >= 6, generation.allSatisfy(\.isNumber) else {
      return index
    }
    let date = parts[parts.count - 2].split(separator: ".")
    guard date.count == 3, date.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else { return index }
    return parts.dropLast(2).joined(separator: "-")
  }

  /// The name that an index of alerts is searched by: `.internal.alerts-NAME-000001` is `.alerts-NAME`; nil for others.
  private static func alias(of index: String) -> String? {
    let internalPart = ".internal"
    guard index.hasPrefix(internalPart + ".alerts-") || index.hasPrefix(internalPart + ".preview.alerts-"),
      let dash = index.lastIndex(of: "-")
    else { return nil }
    let generation = index[index.index(after: dash)...]
    let name = index[..<dash].dropFirst(internalPart.count)
    guard generation.utf8.count >= 6, generation.utf8.allSatisfy({ (0x30...0x39).contains($0) }), name.contains("-")
    else { return nil }
    return String(name)
  }
}
