import Foundation

/// The bounds on records that are read from outside.
public enum RecordLimits {
  /// Bytes of one record. CloudTrail's own limit for an event is 1 MB.
  public static let recordBytes = 4 << 20
}

/// Finds the records of a broken text one by one, by counting brackets outside strings, and finds the next one again
/// behind a broken place.
///
/// Only the broken text pays for this. Work is bounded: text is gone over at most a few dozen times, however it is made.
struct RecordRecovery {
  enum Find {
    /// The text of one object, brackets balanced.
    case record(Range<Int>)
    /// A string, with its quotes, that holds a record as text.
    case text(Range<Int>)
    case garbage(offset: Int)
    case unclosed(offset: Int)
    case tooLong(offset: Int)
    case gaveUp(offset: Int)
  }

  private let text: UnsafeBufferPointer<UInt8>
  private var at: Int
  /// Bytes that may still be gone over without finding a record.
  private var patience: Int
  private var isFramed: Bool
  private var objects: HeadlessText

  init(text: UnsafeBufferPointer<UInt8>, from offset: Int, isFramed: Bool) {
    self.text = text
    self.isFramed = isFramed
    objects = HeadlessText(text)
    at = offset
    patience = text.count * 16 + (1 << 20)
  }

  /// The next find, or nil at the end of the text.
  mutating func next() -> Find? {
    if !isFramed {
      isFramed = true
      at = wrapperEnd(at) ?? at
    }
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): at += 1
      case UInt8(ascii: "{"):
        if let inner = wrapperEnd(at) {
          at = inner
          continue
        }
        return object()
      case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "["):
        // What closes (or opens) the array and the object around the records.
        at += 1
      case UInt8(ascii: "\"") where isText(at): return string()
      default:
        let offset = at
        at = resumption(after: at) ?? text.count
        // The rest of a wrapper behind its records is no record.
        if text[offset] == UInt8(ascii: "\"") { continue }
        return .garbage(offset: offset)
      }
    }
    return nil
  }

  /// A record that was found could not be read: looks for another one inside it, in case a quote was missing.
  mutating func refuse(_ range: Range<Int>) {
    patience -= range.count
    if let inside = resumption(after: range.lowerBound + 1), inside < range.upperBound { at = inside }
  }

  /// True for a quote behind which a record is written as text, `"{\"eventVersion\":…}"`, by itself or in a list: values of
  /// members may be text too, and are none.
  private func isText(_ quote: Int) -> Bool {
    guard quote + 3 < text.count, text[quote + 1] == UInt8(ascii: "{"), text[quote + 2] == UInt8(ascii: "\\"),
      text[quote + 3] == UInt8(ascii: "\"")
    else { return false }
    var before = quote - 1
    while before >= 0, text[before] == 0x20 || (0x09...0x0D).contains(text[before]) { before -= 1 }
    if before >= 0 {
      guard text[before] != UInt8(ascii: ":") else { return false }
      guard before < quote - 1 || text[before] == UInt8(ascii: ",") || text[before] == UInt8(ascii: "[") else {
        return false
      }
    }
    guard !objects.isInMember(quote) else { return false }
    var end = quote + 4
    while end < min(text.count, quote + 40), text[end] != UInt8(ascii: "\\") { end += 1 }
    let key = UnsafeBufferPointer(rebasing: text[(quote + 4)..<end])
    return RecordKeyTable.standard.key(key)?.isTelling == true
  }

  private mutating func string() -> Find {
    let start = at
    let limit = min(text.count, start + RecordLimits.recordBytes)
    let end = text.stringEnd(start, limit)
    guard end <= limit, text[end - 1] == UInt8(ascii: "\""), end - start > 4 else {
      patience -= limit - start
      at = patience > 0 ? resumption(after: start + 1) ?? text.count : text.count
      return patience > 0 ? .unclosed(offset: start) : .gaveUp(offset: start)
    }
    at = end
    return .text(start..<end)
  }

  private mutating func object() -> Find {
    let start = at
    var depth = 0
    let limit = min(text.count, start + RecordLimits.recordBytes)
    var place = start
    while place < limit {
      switch text[place] {
      case UInt8(ascii: "\""):
        place = text.stringEnd(place, limit)
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 {
          at = place + 1
          return .record(start..<place + 1)
        }
      default: break
      }
      place += 1
    }
    patience -= limit - start
    let wasCut = limit == text.count
    guard patience > 0 else {
      at = text.count
      return .gaveUp(offset: start)
    }
    at = resumption(after: start + 1) ?? text.count
    return wasCut ? .unclosed(offset: start) : .tooLong(offset: start)
  }

  /// Where a record seems to start at or after an offset: an object whose first key is one that records start with, or
  /// an object at the start of a line.
  private mutating func resumption(after offset: Int) -> Int? {
    var place = offset
    while place < text.count {
      guard let found = memchr(text.baseAddress! + place, 0x7B, text.count - place) else { return nil }
      place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - text.baseAddress!
      if place > 0, text[place - 1] == 0x0A { return place }
      if place > offset, text[place - 1] == UInt8(ascii: "\""), isText(place - 1) { return place - 1 }
      if let key = firstKey(place), RecordKeyTable.standard.key(key)?.isTelling == true { return place }
      if objects.startsRecord(place) { return place }
      place += 1
    }
    return nil
  }

  /// The offset of the first record of a list that an object holds as its first member.
  private func wrapperEnd(_ offset: Int) -> Int? {
    var place = skipSpace(offset)
    guard place < text.count, text[place] == UInt8(ascii: "{"), let key = firstKey(place) else { return nil }
    guard RecordKeyTable.standard.key(key)?.mayHoldRecords == true else { return nil }
    place = skipSpace((key.baseAddress! - text.baseAddress!) + key.count + 1)
    guard place < text.count, text[place] == UInt8(ascii: ":") else { return nil }
    place = skipSpace(place + 1)
    guard place < text.count, text[place] == UInt8(ascii: "[") else { return nil }
    return place + 1
  }

  private func firstKey(_ brace: Int) -> UnsafeBufferPointer<UInt8>? {
    let quote = skipSpace(brace + 1)
    guard quote < text.count, text[quote] == UInt8(ascii: "\"") else { return nil }
    // No known key is longer.
    let limit = min(text.count, quote + 40)
    var end = quote + 1
    while end < limit, text[end] != UInt8(ascii: "\"") { end += 1 }
    guard end < limit else { return nil }
    return UnsafeBufferPointer(rebasing: text[(quote + 1)..<end])
  }

  private func skipSpace(_ offset: Int) -> Int {
    var place = offset
    while place < text.count, text[place] == 0x20 || (0x09...0x0D).contains(text[place]) { place += 1 }
    return place
  }
}
