import Events

/// Names of indices and data streams.
public enum IndexName {
  /// What is wrong with a name; nil where nothing is.
  public static func fault(of name: String, longest: Int = 255) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.utf8.count > longest { return "index name is too long, (\(name.utf8.count) > \(longest))" }
    if name == "." || name == ".." { return "must not be '.' or '..'" }
    if let first = name.utf8.first, [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(first) {
      return "must not start with '_', '-', or '+'"
    }
    if name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || forbidden.contains($0) }) {
      return #"must not contain the following characters ['\','/','*','?','"','<','>','|',' ',',','#',':']"#
    }
    if name != name.lowercased() { return "must be lowercase" }
    if isReserved(name) {
      return "belongs to what is kept about events and not to events"
    }
    return nil
  }

  /// Whether a name is one of what is kept about events.
  static func isReserved(_ name: String) -> Bool {
    if name.hasPrefix(".ds-") { return OwnStreams.isOwn(name) || OwnStreams.isOwn(String(name.dropFirst(4))) }
    return name.hasPrefix(".") && name.utf8.count > 1 && name != ".." || OwnStreams.isOwn(name)
  }

  private static let forbidden = Set(#"\/*?"<>|,#:"#.utf8)
}
