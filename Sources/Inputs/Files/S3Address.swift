/// The address of a bucket or of something in it, given where a path was wanted.
struct S3Address {
  private let text: String
  /// The bucket and the key.
  private let parts: [Substring]

  /// Nil for text that is no address in S3.
  init?(_ text: String) {
    guard text.lowercased().hasPrefix("s3://") else { return nil }
    self.text = text
    parts = text.dropFirst(5).split(separator: "/")
  }

  /// What to do, with the command to copy what the address names.
  var advice: String {
    let isObject = !text.hasSuffix("/") && parts.count > 1 && parts.last?.contains(".") == true
    guard let last = parts.last else { return "an address in S3 without a bucket; copy what is in it first" }
    let command =
      isObject
      ? "aws s3 cp \(Self.quoted(text)) ." : "aws s3 sync \(Self.quoted(text)) \(Self.quoted("./" + last))"
    return "an address in S3, which Martlet does not read by itself; copy it first: \(command)"
  }

  /// A word for a shell.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || [0x2D, 0x2E, 0x2F, 0x3A, 0x5F].contains($0)
    }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
