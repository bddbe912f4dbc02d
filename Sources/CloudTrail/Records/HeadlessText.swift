import Foundation

/// Finds the first record of a text whose head is missing, so that it may start in the middle of a string.
///
/// Quotes cannot be counted from its start, since nobody knows whether the first one opens a string or closes one. But a
/// brace with a key behind it, `{"eventVersion":`, stands outside strings: inside them its quotes would be escaped.
public struct HeadlessText {
  private let text: UnsafeBufferPointer<UInt8>
  private let table = RecordKeyTable.standard
  /// Bytes that may still be gone over to see what objects hold.
  private var patience: Int

  public init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    patience = text.count * 4 + (1 << 20)
  }

  /// True for text that starts as a value does that holds records or is one, or that holds nothing. Other text may be
  /// damaged, cut off at its start, or something else.
  public var startsAtValue: Bool {
    var start = 0
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { start = 3 }
    start = behindSpace(start)
    guard start < text.count else { return true }
    let next = behindSpace(start + 1)
    switch text[start] {
    case UInt8(ascii: "{"):
      guard next < text.count, text[next] == UInt8(ascii: "\"") else {
        return next == text.count || text[next] == UInt8(ascii: "}")
      }
      return isFollowed(next, by: [UInt8(ascii: ":")])
    case UInt8(ascii: "["):
      guard next < text.count, text[next] == UInt8(ascii: "\"") else {
        return next == text.count || "{[]-0123456789tfn".utf8.contains(text[next])
      }
      // A list of texts within a record is followed by the rest of the record.
      if next + 1 < text.count, text[next + 1] == UInt8(ascii: "{") { return beginsTexts(next) }
      return isFollowed(next, by: [UInt8(ascii: ","), UInt8(ascii: "]")])
    case UInt8(ascii: "\""):
      // A value of a member may be text of this kind too, but is no text by itself.
      return next == text.count || beginsTexts(start)
    default: return false
    }
  }

  /// The offset at which the first record starts, or what wraps one or holds some; nil where none does.
  public mutating func firstRecord() -> Int? {
    var place = 0
    while place < text.count {
      guard let found = memchr(text.baseAddress! + place, 0x7B, text.count - place) else { return nil }
      let brace = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - text.baseAddress!
      place = brace + 1
      let before = lastBefore(brace)
      if let before, text[before] == UInt8(ascii: ":") { continue }
      if let before, before == brace - 1, text[before] == UInt8(ascii: "\""), !isInRecord(before), beginsTexts(before) {
        return before
      }
      guard let key = firstKey(brace) else { continue }
      if startsLine(brace, before) || isRecord(brace, firstKey: key) { return brace }
    }
    return nil
  }

  /// True for the brace of a list's element, or of a value by itself, that is a record by its members or wraps one.
  mutating func startsRecord(_ brace: Int) -> Bool {
    if let before = lastBefore(brace), text[before] == UInt8(ascii: ":") { return false }
    return firstKey(brace).map { isRecord(brace, firstKey: $0) } ?? false
  }

  /// True for a quote in a list that a member of a record holds, `"name":["…`: not for one that wraps records.
  func isInMember(_ quote: Int) -> Bool {
    guard let bracket = lastBefore(quote), text[bracket] == UInt8(ascii: "["), let colon = lastBefore(bracket),
      text[colon] == UInt8(ascii: ":"), let end = lastBefore(colon), text[end] == UInt8(ascii: "\"")
    else { return false }
    var start = end - 1
    while start >= max(0, end - 40), text[start] != UInt8(ascii: "\"") { start -= 1 }
    guard start >= 0 else { return true }
    return table.key(UnsafeBufferPointer(rebasing: text[(start + 1)..<end]))?.mayHoldRecords != true
  }

  /// True for the quote of a text that a member of a record holds, by itself or in a list.
  private func isInRecord(_ quote: Int) -> Bool {
    lastBefore(quote).map { text[$0] == UInt8(ascii: ":") } == true || isInMember(quote)
  }

  /// True for a brace at the start of a line that nothing in the line before leads to.
  private func startsLine(_ brace: Int, _ before: Int?) -> Bool {
    guard brace > 0, text[brace - 1] == 0x0A else { return false }
    guard let before else { return true }
    return text[before] != UInt8(ascii: ",") && text[before] != UInt8(ascii: "[")
  }

  /// True for an object with a member that records, or what wraps them, have, and parts of records have not.
  private mutating func isRecord(_ brace: Int, firstKey: UnsafeBufferPointer<UInt8>) -> Bool {
    let isTelling = table.key(firstKey)?.isTelling == true
    guard patience > 0 else { return isTelling }
    var depth = 0
    var place = brace
    let limit = min(text.count, brace + RecordLimits.recordBytes)
    defer { patience -= min(place, limit) - brace }
    while place < limit {
      switch text[place] {
      case UInt8(ascii: "\""):
        let end = text.stringEnd(place, limit)
        if depth == 1, end < limit {
          let colon = behindSpace(end)
          if colon < limit, text[colon] == UInt8(ascii: ":"),
            let key = table.key(UnsafeBufferPointer(rebasing: text[(place + 1)..<(end - 1)])),
            isProof(key, behindSpace(colon + 1))
          {
            return true
          }
        }
        place = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return false }
      default: break
      }
      place += 1
    }
    return isTelling
  }

  /// True for a member that makes an object a record or what wraps one.
  private func isProof(_ key: RecordKey, _ value: Int) -> Bool {
    guard value < text.count else { return false }
    switch key {
    case .eventTime, .eventVersion, .eventID, .timestamp, .source, .digestEndTime, .timeWindow, .cloudTrailEvent,
      .eventJSON, .raw, .insightsMessage, .records, .events, .logEvents, .queryResultRows:
      return true
    case .detail, .result: return text[value] == UInt8(ascii: "{")
    case .message:
      return value + 1 < text.count && text[value] == UInt8(ascii: "\"") && text[value + 1] == UInt8(ascii: "{")
    default: return false
    }
  }

  /// True for the quote of a record that is written as text, with nothing but such texts behind it: a list of texts
  /// within a record is followed by the rest of the record.
  private func beginsTexts(_ quote: Int) -> Bool {
    var place = quote
    var count = 0
    while place < text.count {
      guard text[place] == UInt8(ascii: "\"") else {
        return count > 0 && text[place] == UInt8(ascii: "]") && behindSpace(place + 1) == text.count
      }
      guard place + 1 < text.count, text[place + 1] == UInt8(ascii: "{") else { return false }
      place = behindSpace(text.stringEnd(place, text.count))
      if place < text.count, text[place] == UInt8(ascii: ",") { place = behindSpace(place + 1) }
      count += 1
      // These many are no part of a record.
      if count == 100 { return true }
    }
    return count > 0
  }

  /// The first key of an object, with its colon behind it.
  private func firstKey(_ brace: Int) -> UnsafeBufferPointer<UInt8>? {
    let quote = behindSpace(brace + 1)
    guard quote < text.count, text[quote] == UInt8(ascii: "\"") else { return nil }
    let limit = min(text.count, quote + 256)
    let end = text.stringEnd(quote, limit)
    let colon = behindSpace(end)
    guard end < limit, colon < text.count, text[colon] == UInt8(ascii: ":") else { return nil }
    return UnsafeBufferPointer(rebasing: text[(quote + 1)..<(end - 1)])
  }

  /// True when one of some bytes, or the end of the text, follows the string that opens at a quote.
  private func isFollowed(_ quote: Int, by bytes: [UInt8]) -> Bool {
    let limit = min(text.count, quote + RecordLimits.recordBytes)
    let place = behindSpace(text.stringEnd(quote, limit))
    return place >= text.count || bytes.contains(text[place])
  }

  private func behindSpace(_ offset: Int) -> Int {
    var place = min(offset, text.count)
    while place < text.count, text[place] == 0x20 || (0x09...0x0D).contains(text[place]) { place += 1 }
    return place
  }

  /// Where the last byte before an offset stands that is no white space.
  private func lastBefore(_ offset: Int) -> Int? {
    var place = offset - 1
    while place >= 0, text[place] == 0x20 || (0x09...0x0D).contains(text[place]) { place -= 1 }
    return place >= 0 ? place : nil
  }
}
