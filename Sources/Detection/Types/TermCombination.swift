import Events
import Hashing

/// A combination of new terms as bytes: per value its kind, its length and its text; of a long value its hash.
///
/// One event may have thousands of combinations with the same long value in each, so that holding it would multiply it.
enum TermCombination {
  /// Bytes of the longest value that is held as it is.
  static let textBytes = 256
  /// Set in the kind of a value of which the hash is held.
  private static let hashed: UInt8 = 0x80

  static func append(_ value: Scalar, to output: inout [UInt8]) {
    guard value.bytes.count <= textBytes else {
      output.append(value.kind.rawValue | hashed)
      let digest = SHA256.digest(of: UnsafeRawBufferPointer(value.bytes))
      digest.withUnsafeBytes { append($0, to: &output) }
      return
    }
    output.append(value.kind.rawValue)
    append(UnsafeRawBufferPointer(value.bytes), to: &output)
  }

  private static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(bytes.count).littleEndian) { output.append(contentsOf: $0) }
    output.append(contentsOf: bytes)
  }

  /// The values of a combination in the order of the fields.
  static func terms(_ combination: UnsafeBufferPointer<UInt8>) -> [NewTerm] {
    var terms: [NewTerm] = []
    var at = 0
    while at + 5 <= combination.count, let kind = ScalarKind(rawValue: combination[at] & ~hashed) {
      let length = (0..<4).reduce(0) { $0 | Int(combination[at + 1 + $1]) << ($1 * 8) }
      let end = min(combination.count, at + 5 + length)
      let bytes = combination[(at + 5)..<end]
      if combination[at] & hashed == 0 {
        terms.append(NewTerm(kind: kind, text: String(decoding: bytes, as: UTF8.self)))
      } else {
        terms.append(NewTerm(kind: kind, text: NewTerm.hashText(bytes), isHash: true))
      }
      at = end
    }
    return terms
  }
}

extension NewTerm {
  /// How the hash of a long value is written.
  fileprivate static func hashText(_ digest: some Sequence<UInt8>) -> String {
    "sha256:" + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The hash of a long value.
  static func hashText(of value: UnsafeRawBufferPointer) -> String {
    SHA256.digest(of: value).withUnsafeBytes { hashText($0) }
  }

  /// The term with its text, where only the hash of a long one was kept: one of the field's values in the event.
  func inFull(_ values: [String]) -> NewTerm {
    guard isHash else { return self }
    let value = values.first { value in
      var value = value
      return value.withUTF8 { bytes in
        bytes.count > TermCombination.textBytes
          && Self.hashText(of: UnsafeRawBufferPointer(bytes)) == text
      }
    }
    return value.map { NewTerm(kind: kind, text: $0) } ?? self
  }
}
