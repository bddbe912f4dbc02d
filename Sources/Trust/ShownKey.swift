import Foundation

/// The key that a request shows in its header field `Authorization`.
struct ShownKey: Equatable {
  var id: String
  var secret: String

  /// Reads `ApiKey base64(id:key)`, `Basic base64(id:key)`, `Bearer base64(id:key)`, and each with `id:key` as it is; nil for anything
  /// else. Names of schemes may be in any case.
  init?(_ field: String) {
    guard field.utf8.count <= Self.longest else { return nil }
    let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2, ["apikey", "basic", "bearer"].contains(parts[0].lowercased()) else { return nil }
    let shown = parts[1].filter { $0 != " " }
    var text = String(shown)
    if !shown.contains(":") {
      let padded = shown + String(repeating: "=", count: (4 - shown.utf8.count % 4) % 4)
      guard let data = Data(base64Encoded: padded), let decoded = String(data: data, encoding: .utf8) else {
        return nil
      }
      text = decoded
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    id = String(text[..<colon])
    secret = String(text[text.index(after: colon)...])
    guard !id.isEmpty, !secret.isEmpty else { return nil }
  }

  private static let longest = 4096
}
