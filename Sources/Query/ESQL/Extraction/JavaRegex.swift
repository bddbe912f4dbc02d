import Synchronization

/// A pattern of `java.util.regex`, and what `replaceAll` does with it.
final class JavaRegex: Sendable {
  private let regex: BacktrackingRegex

  private init(_ pattern: String) throws(EvaluationFault) {
    let read: JavaPattern
    do throws(JavaPattern.Fault) {
      read = try JavaPattern(pattern)
    } catch {
      throw EvaluationFault(
        "java.util.regex.PatternSyntaxException", "\(error.message) near index \(error.place) \(pattern)")
    }
    do throws(BacktrackingRegex.Fault) {
      regex = try BacktrackingRegex(
        read.text, .java(unicodeCase: read.hasUnicodeCase, unicodeClasses: read.hasUnicodeClasses))
    } catch {
      throw EvaluationFault("java.util.regex.PatternSyntaxException", "\(error.message) near index 0 \(pattern)")
    }
  }

  private static let known = Mutex<[String: Result<JavaRegex, EvaluationFault>]>([:])
  private static let mostKnown = 1000

  /// The pattern, read once however often it is asked for.
  static func cached(_ pattern: String) -> Result<JavaRegex, EvaluationFault> {
    if let known = known.withLock({ $0[pattern] }) { return known }
    let made: Result<JavaRegex, EvaluationFault>
    do throws(EvaluationFault) {
      made = .success(try JavaRegex(pattern))
    } catch {
      made = .failure(error)
    }
    known.withLock {
      if $0.count >= mostKnown { $0.removeAll() }
      $0[pattern] = made
    }
    return made
  }

  /// A part of what is put in place of a match.
  private enum Part {
    case text([UInt8])
    case group(Int)
  }

  /// Every match replaced; `$1` and `${name}` in the replacement are groups, a backslash takes what follows as it is.
  func replacing(in text: String, with new: String, atMost limit: Int) throws(EvaluationFault) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var at = 0
    var search = 0
    var parts: [Part]?
    while search <= bytes.count {
      let match: BacktrackingRegex.Match?
      do throws(BacktrackingRegex.Fault) {
        match = try find(bytes, search)
      } catch {
        throw EvaluationFault(error.message)
      }
      guard let match, let whole = match[0] else { break }
      if parts == nil { parts = try self.parts(new, groups: match.count - 1) }
      result.append(contentsOf: bytes[at..<whole.lowerBound])
      for part in parts ?? [] {
        switch part {
        case .text(let text): result.append(contentsOf: text)
        case .group(let group):
          if let range = match[group] { result.append(contentsOf: bytes[range]) }
        }
      }
      guard result.count <= limit else {
        throw EvaluationFault("Creating strings with more than [\(limit)] bytes is not supported")
      }
      at = whole.upperBound
      search = whole.upperBound
      if whole.isEmpty {
        // On to the next character.
        search += 1
        while search < bytes.count, bytes[search] & 0xC0 == 0x80 { search += 1 }
      }
    }
    guard at > 0 || !result.isEmpty else { return text }
    if at < bytes.count { result.append(contentsOf: bytes[at...]) }
    return String(decoding: result, as: UTF8.self)
  }

  private func find(_ bytes: [UInt8], _ from: Int) throws(BacktrackingRegex.Fault) -> BacktrackingRegex.Match? {
    try bytes.withUnsafeBufferPointer { buffer throws(BacktrackingRegex.Fault) in
      try regex.firstMatch(in: buffer, from: from)
    }
  }

  private func parts(_ new: String, groups: Int) throws(EvaluationFault) -> [Part] {
    var parts: [Part] = []
    var text: [UInt8] = []
    let bytes = Array(new.utf8)
    var at = 0
    func flush() {
      if !text.isEmpty { parts.append(.text(text)) }
      text = []
    }
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\\"):
        guard at + 1 < bytes.count else { throw EvaluationFault("character to be escaped is missing") }
        text.append(bytes[at + 1])
        at += 2
      case UInt8(ascii: "$"):
        at += 1
        guard at < bytes.count else { throw EvaluationFault("Illegal group reference: group index is missing") }
        if bytes[at] == UInt8(ascii: "{") {
          guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")) else {
            throw EvaluationFault("named capturing group is missing trailing '}'")
          }
          let name = String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
          guard let group = regex.names.first(where: { $0.name == name })?.groups.first else {
            throw EvaluationFault("No group with name {\(name)}")
          }
          flush()
          parts.append(.group(group))
          at = end + 1
          continue
        }
        guard 0x30...0x39 ~= bytes[at] else { throw EvaluationFault("Illegal group reference") }
        var group = Int(bytes[at] - 0x30)
        at += 1
        guard group <= groups else {
          throw EvaluationFault("java.lang.IndexOutOfBoundsException", "No group \(group)")
        }
        // More digits belong to it as long as there is such a group.
        while at < bytes.count, 0x30...0x39 ~= bytes[at], group * 10 + Int(bytes[at] - 0x30) <= groups {
          group = group * 10 + Int(bytes[at] - 0x30)
          at += 1
        }
        flush()
        parts.append(.group(group))
      default:
        text.append(bytes[at])
        at += 1
      }
    }
    flush()
    return parts
  }
}
