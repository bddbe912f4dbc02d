/// The source texts of some events, one for each row, byte for byte as they came.
///
/// They may be packed already: whoever writes all of them takes them as they are, and unpacks them otherwise.
public struct SourceTexts: Sendable {
  public enum Form: Sendable {
    /// One behind the other; each begins where the one before ends.
    case plain([UInt8], ends: [Int])
    case packed(any PackedTexts)
  }

  public let form: Form

  public init(_ bytes: [UInt8], ends: [Int]) {
    precondition((ends.last ?? 0) == bytes.count, "the texts end where the last does")
    form = .plain(bytes, ends: ends)
  }

  public init(_ texts: some PackedTexts) { form = .packed(texts) }

  /// How many there are.
  public var count: Int {
    switch form {
    case .plain(_, let ends): ends.count
    case .packed(let texts): texts.count
    }
  }

  /// Bytes of all of them, unpacked.
  public var byteCount: Int {
    switch form {
    case .plain(let bytes, _): bytes.count
    case .packed(let texts): texts.byteCount
    }
  }

  /// Calls `body` with the texts of some rows, ascending, and their places among those. A text is there until `body` returns.
  ///
  /// - Throws: what `body` throws, and why texts cannot be unpacked.
  public func forEach(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    switch form {
    case .plain(let bytes, let ends):
      try bytes.withUnsafeBufferPointer { bytes in
        for (place, row) in rows.enumerated() {
          try body(place, UnsafeBufferPointer(rebasing: bytes[(row == 0 ? 0 : ends[row - 1])..<ends[row]]))
        }
      }
    case .packed(let texts): try texts.forEach(rows, body)
    }
  }

  /// The texts of some rows, ascending, as plain ones.
  ///
  /// - Throws: why they cannot be unpacked.
  public func selecting(_ rows: [Int]) throws -> SourceTexts {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(rows.count)
    try forEach(rows) { _, text in
      bytes.append(contentsOf: text)
      ends.append(bytes.count)
    }
    return SourceTexts(bytes, ends: ends)
  }
}

/// Source texts in a form that takes less room than they do.
///
/// Whoever implements it keeps every text as it came, in the order in which they came, and hands them on as `SourceTexts.forEach` says, by
/// several tasks at once if need be.
public protocol PackedTexts: Sendable {
  var count: Int { get }
  /// Bytes of all texts, unpacked.
  var byteCount: Int { get }
  func forEach(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws
}
