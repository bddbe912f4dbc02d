import Foundation

/// Matches whole texts against a `WildcardPattern`, in time linear in text and pattern for patterns of `*` alone.
public struct WildcardMatcher: Sendable {
  private enum Piece: Sendable {
    case bytes([UInt8])
    case anyCharacter
  }

  /// The pieces between runs of `*`; each list is matched in one go.
  private var segments: [[Piece]] = [[]]
  /// The bytes of each literal, all of which stand in whatever matches, where case counts.
  let literals: [[UInt8]]
  private let startsOpen: Bool
  private let endsOpen: Bool
  let ignoresCase: Bool

  public init(_ pattern: WildcardPattern) {
    ignoresCase = pattern.ignoresCase
    literals = pattern.parts.compactMap { part in
      guard case .literal(let text) = part else { return nil }
      return Array((pattern.ignoresCase ? CaseFolding.folded(text) : text).utf8)
    }
    startsOpen = pattern.parts.first == .anyRun
    endsOpen = pattern.parts.last == .anyRun
    for part in pattern.parts {
      switch part {
      case .literal(let text):
        let literal = pattern.ignoresCase ? CaseFolding.folded(text) : text
        segments[segments.count - 1].append(.bytes(Array(literal.utf8)))
      case .anyCharacter: segments[segments.count - 1].append(.anyCharacter)
      case .anyRun: segments.append([])
      }
    }
    segments.removeAll(where: \.isEmpty)
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches($0) }
  }

  /// True when the pattern matches the whole text.
  public func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard ignoresCase else { return matchesExactly(text) }
    // Case is folded as a whole, which is right beyond ASCII too.
    var folded = CaseFolding.folded(String(decoding: text, as: UTF8.self))
    return folded.withUTF8 { matchesExactly($0) }
  }

  private func matchesExactly(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = segments.first else { return startsOpen || text.isEmpty }
    var place = 0
    var remaining = segments[...]
    if !startsOpen {
      guard let end = match(first, text, at: 0) else { return false }
      place = end
      remaining = remaining.dropFirst()
      if remaining.isEmpty, !endsOpen { return end == text.count }
    }
    // The first place where a segment fits is as good as any later one, save for the last when the end is fixed.
    while let segment = remaining.first {
      if remaining.count == 1, !endsOpen { return matchesEnd(segment, text, from: place) }
      guard let end = find(segment, text, from: place) else { return false }
      place = end
      remaining = remaining.dropFirst()
    }
    return true
  }

  /// Where a segment that starts at `start` ends, or nil.
  private func match(_ segment: [Piece], _ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    var place = start
    for piece in segment {
      switch piece {
      case .bytes(let bytes):
        guard place + bytes.count <= text.count,
          memcmp(text.baseAddress! + place, bytes, bytes.count) == 0
        else { return nil }
        place += bytes.count
      case .anyCharacter:
        guard place < text.count else { return nil }
        place += 1
        while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
      }
    }
    return place
  }

  private func find(_ segment: [Piece], _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    if segment.count == 1, case .bytes(let bytes) = segment[0] {
      return find(bytes, text, from: start)
    }
    var place = start
    while place <= text.count {
      if place == text.count || text[place] & 0xC0 != 0x80, let end = match(segment, text, at: place) { return end }
      place += 1
    }
    return nil
  }

  private func find(_ bytes: [UInt8], _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = text.baseAddress else { return nil }
    var place = start
    while place + bytes.count <= text.count {
      guard let found = memchr(base + place, Int32(bytes[0]), text.count - bytes.count - place + 1) else { return nil }
      place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
      if memcmp(base + place, bytes, bytes.count) == 0 { return place + bytes.count }
      place += 1
    }
    return nil
  }

  private func matchesEnd(_ segment: [Piece], _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
    if segment.count == 1, case .bytes(let bytes) = segment[0] {
      let place = text.count - bytes.count
      return place >= start && memcmp(text.baseAddress! + place, bytes, bytes.count) == 0
    }
    var place = start
    while place <= text.count {
      if place == text.count || text[place] & 0xC0 != 0x80, match(segment, text, at: place) == text.count {
        return true
      }
      place += 1
    }
    return false
  }
}
