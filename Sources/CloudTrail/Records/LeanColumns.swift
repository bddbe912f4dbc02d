import Events
import JSON

/// The lean fields of a batch while its records are found: at most one value a row, so a row's codes lie side by side.
final class LeanColumns {
  let fields: [LeanField]
  /// The fields that are plain copies of a member, and their columns.
  private let copied: [(key: RecordKey, column: Int)]
  let outcome: Int?
  let identityType: Int?
  private var dictionaries: [ValueDictionary]
  /// Row by row, a code for each field; 0 where it has no value.
  private var codes: UnsafeMutablePointer<UInt32>
  private var capacity = 1024
  private var rows = 0
  private var scratch: [UInt8] = []

  init(_ fields: [LeanField]) {
    self.fields = fields
    copied = fields.enumerated().compactMap { column, field in field.key.map { ($0, column) } }
    outcome = fields.firstIndex(of: .outcome)
    identityType = fields.firstIndex(of: .identityType)
    dictionaries = fields.map { _ in ValueDictionary(remembersLately: true) }
    codes = .allocate(capacity: capacity * fields.count)
  }

  deinit { codes.deallocate() }

  /// Forgets all rows. While somebody still has a column that was made of them, this copies its dictionary.
  func removeAll() {
    rows = 0
    for at in dictionaries.indices { dictionaries[at].removeAll() }
  }

  /// Begins the row of a number, after the rows before it, and fills in the fields that are copies of members.
  func begin(_ row: Int, _ members: RecordMembers, in index: StructuralIndex, isEscaped: Bool) {
    while row >= capacity { grow() }
    let width = fields.count
    // Rows that are no CloudTrail records are passed over.
    (codes + rows * width).update(repeating: 0, count: (row + 1 - rows) * width)
    rows = row + 1
    for (key, column) in copied {
      if let token = members.token(key) { append(index, token, column: column, isEscaped: isEscaped) }
    }
  }

  /// Sets a field of the last row to the value at `token`; null and what is no scalar leave it without one.
  @inline(__always)
  func append(_ index: StructuralIndex, _ token: Int, column: Int, isEscaped: Bool) {
    let node = JSONNode(index, token: token)
    let scalar: Scalar
    switch node.firstByte {
    case UInt8(ascii: "\""):
      let raw = index.rawString(token)
      guard !JSONString.isEmptyValue(raw) else { return }
      if isEscaped, JSONString.hasEscapes(raw) { return appendUnescaped(raw, column: column) }
      scalar = Scalar(.string, raw)
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "n"): return
    case UInt8(ascii: "t"), UInt8(ascii: "f"): scalar = Scalar(.boolean, node.rawScalar)
    default: scalar = Scalar(.number, node.rawScalar)
    }
    append(scalar, column: column)
  }

  /// Sets a field of the last row.
  @inline(__always)
  func append(_ value: Scalar, column: Int) {
    codes[(rows - 1) * fields.count + column] = dictionaries[column].insert(value)
  }

  private func appendUnescaped(_ raw: UnsafeBufferPointer<UInt8>, column: Int) {
    scratch.removeAll(keepingCapacity: true)
    JSONString.appendUnescaped(raw, to: &scratch)
    scratch.withUnsafeBufferPointer { value in
      if !JSONString.isEmptyValue(value) { append(Scalar(.string, value), column: column) }
    }
  }

  private func grow() {
    let width = fields.count
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2 * width)
    larger.update(from: codes, count: rows * width)
    codes.deallocate()
    codes = larger
    capacity *= 2
  }

  /// The columns of `rowCount` rows, of which the last may have been passed over. That of `ip` follows from `address`.
  func columns(rowCount: Int) -> [Column] {
    let width = fields.count
    var columns = dictionaries.indices.map { column in
      Column(
        dictionary: dictionaries[column],
        codes: (0..<rowCount).lazy.map { row in row < self.rows ? self.codes[row * width + column] : 0 })
    }
    if let ip = fields.firstIndex(of: .ip), let address = fields.firstIndex(of: .address) {
      columns[ip] = columns[address].keepingValues { $0.kind == .string && IPAddress($0.bytes) != nil }
    }
    return columns
  }
}
