import Events
import Query

/// The values that an event has in the fields by which it is compared with indicators.
struct IndicatorValues: Sendable {
  /// A value with its kind.
  struct Value: Hashable, Sendable {
    var kind: ScalarKind
    var bytes: [UInt8]

    func withScalar(_ body: (Scalar) -> Void) { bytes.withUnsafeBufferPointer { body(Scalar(kind, $0)) } }
  }

  /// Of each field the values that its type can read.
  var fields: [[Value]]

  init(fields: [[Value]]) { self.fields = fields }

  /// The values of a row of a batch, as bytes: of each field how many there are, and of each its kind, its length and its text.
  static func append(
    _ events: EventBatch, _ row: Int, _ fields: [HuntRule.TermField], to output: inout [UInt8]
  ) {
    for field in fields {
      let column = events.columns[field.column]
      let start = output.count
      append(count: 0, to: &output)
      var terms: [[UInt8]] = []
      for code in column.codes(row: row) {
        column.dictionary.withValue(code) { value in
          // Spellings of one value are one.
          guard let term = value.withTerm(of: field.type, { Array($0.bytes) }), !terms.contains(term) else { return }
          terms.append(term)
          output.append(value.kind.rawValue)
          append(count: value.bytes.count, to: &output)
          output.append(contentsOf: value.bytes)
        }
      }
      withUnsafeBytes(of: UInt32(terms.count).littleEndian) { output.replaceSubrange(start..<start + 4, with: $0) }
    }
  }

  private static func append(count: Int, to output: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(count).littleEndian) { output.append(contentsOf: $0) }
  }

  /// Reads what `append` wrote; nil for anything else.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, fields count: Int) {
    var at = 0
    func number() -> Int? {
      guard at + 4 <= bytes.count else { return nil }
      defer { at += 4 }
      return (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
    }
    fields = []
    for _ in 0..<count {
      guard let values = number() else { return nil }
      var field: [Value] = []
      for _ in 0..<values {
        guard at < bytes.count, let kind = ScalarKind(rawValue: bytes[at]) else { return nil }
        at += 1
        guard let length = number(), length <= bytes.count - at else { return nil }
        field.append(Value(kind: kind, bytes: Array(bytes[at..<at + length])))
        at += length
      }
      fields.append(field)
    }
    guard at == bytes.count else { return nil }
  }
}
