import CloudTrail
import Foundation

/// What some bytes are, told by the first of them; names are not trusted.
enum ContentForm: Equatable {
  case empty
  case gzip
  case zstd
  case bzip2
  case xz
  case archive(ArchiveFormat)
  case utf16(isLittleEndian: Bool)
  case json
  case csv(CSVLayout)
  /// Records, one a line, each behind its time.
  case stamped
  /// Something that is known by name, and is not read.
  case known(KnownForm)
  /// Text of no known form.
  case text
  /// Bytes of no known form.
  case binary

  /// - Parameter head: what the bytes start with, some kilobytes or all of them.
  static func of(_ head: UnsafeBufferPointer<UInt8>) -> ContentForm {
    switch Compression(head) {
    case .gzip: return .gzip
    case .zstd: return .zstd
    case .bzip2: return .bzip2
    case .xz: return .xz
    case .none: break
    }
    if let known = KnownForm.ofBytes(head) { return .known(known) }
    if let format = ArchiveFormat(head) { return .archive(format) }
    if let isLittleEndian = utf16(head) { return .utf16(isLittleEndian: isLittleEndian) }
    var text = head
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeBufferPointer(rebasing: text[3...]) }
    guard let start = text.firstIndex(where: { !isBlank($0) }) else {
      return text.isEmpty || text.count < PeekedSource.headBytes ? .empty : .json
    }
    text = UnsafeBufferPointer(rebasing: text[start...])
    if looksLikeJSON(text) {
      return KnownForm.ofJSON(text).map { .known($0) } ?? .json
    }
    if let layout = CSVLayout(text) { return .csv(layout) }
    if StampedLines.begin(text), mentionsRecords(text) { return .stamped }
    if let known = KnownForm.ofText(text) { return .known(known) }
    return text.contains(0) ? .binary : .text
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// True for text that starts as JSON of records does: an object, a list of what may be records, or a record as text.
  static func looksLikeJSON(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let next = text.dropFirst().first { !isBlank($0) }
    switch text.first {
    case UInt8(ascii: "{"):
      return next == nil || next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
    case UInt8(ascii: "["):
      return next.map { [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "]")].contains($0) }
        ?? true
    case UInt8(ascii: "\""):
      return next == UInt8(ascii: "{")
    default: return false
    }
  }

  /// The order of the bytes of text in UTF-16, by its mark, or by what JSON starts with where there is none.
  private static func utf16(_ head: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard head.count >= 2 else { return nil }
    switch (head[0], head[1]) {
    case (0xFF, 0xFE): return true
    case (0xFE, 0xFF): return false
    case (UInt8(ascii: "{"), 0), (UInt8(ascii: "["), 0), (UInt8(ascii: "\""), 0): return true
    case (0, UInt8(ascii: "{")), (0, UInt8(ascii: "[")), (0, UInt8(ascii: "\"")): return false
    default: return nil
    }
  }

  /// True when a text holds a key that records, or what wraps them, have.
  static func mentionsRecords(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = text.baseAddress else { return false }
    var at = 0
    while at < text.count, let found = memchr(base + at, 0x22, text.count - at) {
      at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
      guard at < text.count, isTelling[Int(text[at])] else { continue }
      let rest = UnsafeBufferPointer(rebasing: text[at...])
      // As a key, and as a key in a text within a text.
      if tellingKeys.contains(where: { rest.starts(with: $0) && rest.dropFirst($0.count).isKeyEnd }) { return true }
    }
    return false
  }

  /// True when a text holds what records have, or events in ECS, those without `@timestamp` too.
  static func mentionsEvents(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    mentionsRecords(text) || text.holds(Array("\"event\"".utf8)) || text.holds(Array("\"event.".utf8))
  }

  /// True when a line of a text starts as a record does: other text may speak of records.
  static func holdsRecordLines(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    while at < text.count {
      let end = text[at...].firstIndex(of: 0x0A) ?? text.count
      let line = UnsafeBufferPointer(rebasing: text[at..<end].drop(while: isBlank))
      if looksLikeJSON(line), mentionsRecords(line) { return true }
      at = end + 1
    }
    return false
  }

  private static let tellingKeys: [[UInt8]] = [
    "eventVersion", "eventTime", "Records", "Events", "CloudTrailEvent", "eventJson", "@timestamp", "_source",
    "logEvents",
    "detail-type", "_raw", "digestEndTime", "@message",
  ].map { Array($0.utf8) }

  /// True of the bytes that telling keys begin with.
  private static let isTelling: [Bool] = (0..<256).map { byte in tellingKeys.contains { $0.first == UInt8(byte) } }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// True for what follows a key, which may stand in a text within a text.
  fileprivate var isKeyEnd: Bool {
    first == UInt8(ascii: "\"") || first == UInt8(ascii: "\\") && dropFirst().first == UInt8(ascii: "\"")
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// True when some bytes, one or more, stand anywhere in these.
  func holds(_ bytes: [UInt8]) -> Bool {
    guard let start = baseAddress, let first = bytes.first else { return false }
    var at = 0
    while at + bytes.count <= count {
      guard let found = memchr(start + at, Int32(first), count - at - bytes.count + 1) else { return false }
      at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - start
      if memcmp(start + at, bytes, bytes.count) == 0 { return true }
      at += 1
    }
    return false
  }
}
