import COniguruma
import Synchronization

/// A regular expression of Oniguruma: with groups, look-around and all that needs going back, within a bound on tries.
///
/// Grok patterns and Java's `replaceAll` need it; everything else that rules name goes through RE2.
public final class BacktrackingRegex: Sendable {
  public enum Syntax: Sendable {
    /// Grok's patterns, which Elasticsearch gives to Joni, the Java edition of Oniguruma.
    case ruby
    /// `java.util.regex`; with Unicode's upper and lower case, and its words, digits and spaces, or with those of ASCII.
    case java(unicodeCase: Bool, unicodeClasses: Bool)
  }

  /// Why a pattern cannot be used.
  public struct Fault: Error, Hashable, Sendable {
    public var message: String
  }

  /// The longest pattern, in bytes of UTF-8.
  public static let longestPattern = 1 << 20
  /// How often a match may be tried anew before it is given up.
  public static let mostTries: UInt = 1_000_000

  private let compiled: Compiled
  /// Named groups, in the order of their first numbers; a name may stand for several groups.
  public let names: [(name: String, groups: [Int])]

  /// What Oniguruma made. Unchecked in its sending: a compiled expression never changes, and each search has memory of
  /// its own.
  private final class Compiled: @unchecked Sendable {
    let regex: OnigRegex
    init(_ regex: OnigRegex) { self.regex = regex }
    deinit { onig_free(regex) }
  }

  private static let isReady: Bool = {
    var encoding = martlet_onig_utf8()
    guard onig_initialize(&encoding, 1) == ONIG_NORMAL else { return false }
    _ = onig_set_parse_depth_limit(250)
    _ = onig_set_capture_num_limit(4096)
    return true
  }()

  /// Compiling writes to tables that all patterns share.
  private static let compiling = Mutex(())

  public init(_ pattern: String, _ syntax: Syntax) throws(Fault) {
    guard pattern.utf8.count <= Self.longestPattern else { throw Fault(message: "the pattern is too long") }
    var made: OnigRegex?
    var info = OnigErrorInfo()
    var bytes = Array(pattern.utf8)
    let length = bytes.count
    bytes.append(0)
    let message = Self.compiling.withLock { _ -> String? in
      guard Self.isReady else { return "no memory" }
      return bytes.withUnsafeMutableBufferPointer { buffer -> String? in
        guard let start = buffer.baseAddress else { return "no memory" }
        let code: Int32
        switch syntax {
        case .ruby:
          code = onig_new(
            &made, start, start + length, ONIG_OPTION_CAPTURE_GROUP, martlet_onig_utf8(), martlet_onig_ruby(), &info)
        case .java(let unicodeCase, let unicodeClasses):
          var java = OnigSyntaxType()
          onig_copy_syntax(&java, martlet_onig_java())
          // Characters by their numbers, which `JavaPattern` writes.
          onig_set_syntax_op(&java, onig_get_syntax_op(&java) | ONIG_SYN_OP_ESC_X_BRACE_HEX8)
          onig_set_syntax_op2(
            &java, onig_get_syntax_op2(&java) | ONIG_SYN_OP2_QMARK_LT_NAMED_GROUP | ONIG_SYN_OP2_ESC_K_NAMED_BACKREF)
          var options = ONIG_OPTION_CAPTURE_GROUP
          if !unicodeCase { options |= ONIG_OPTION_IGNORECASE_IS_ASCII }
          if !unicodeClasses {
            options |= ONIG_OPTION_WORD_IS_ASCII | ONIG_OPTION_DIGIT_IS_ASCII | ONIG_OPTION_SPACE_IS_ASCII
          }
          code = onig_new(&made, start, start + length, options, martlet_onig_utf8(), &java, &info)
        }
        guard code != ONIG_NORMAL else { return nil }
        // What the message names lies in the pattern's text.
        var text = [UInt8](repeating: 0, count: Int(ONIG_MAX_ERROR_MESSAGE_LEN) + 1)
        let size = martlet_onig_message(&text, code, &info)
        return String(decoding: text.prefix(max(0, Int(size))), as: UTF8.self)
      }
    }
    guard message == nil, let made else { throw Fault(message: message ?? "no memory") }
    compiled = Compiled(made)
    var found = Found()
    withUnsafeMutablePointer(to: &found) { pointer in
      _ = onig_foreach_name(
        made,
        { start, end, count, groups, _, found in
          guard let start, let end, let groups, let found else { return 0 }
          let name = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
          let numbers = (0..<Int(count)).map { Int(groups[$0]) }
          found.assumingMemoryBound(to: Found.self).pointee.names.append((name, numbers))
          return 0
        }, pointer)
    }
    names = found.names.sorted { ($0.groups.first ?? 0) < ($1.groups.first ?? 0) }
  }

  private struct Found { var names: [(name: String, groups: [Int])] = [] }

  /// Where a match lies, in bytes: the whole first, then each group, nil where it took no part.
  public typealias Match = [Range<Int>?]

  /// The first match at or after a place; nil where there is none. Throws where the bound on tries is reached.
  public func firstMatch(in text: UnsafeBufferPointer<UInt8>, from place: Int = 0) throws(Fault) -> Match? {
    guard let region = onig_region_new(), let limits = onig_new_match_param() else {
      throw Fault(message: "no memory")
    }
    defer {
      onig_region_free(region, 1)
      onig_free_match_param(limits)
    }
    _ = onig_initialize_match_param(limits)
    _ = onig_set_retry_limit_in_match_of_match_param(limits, Self.mostTries)
    _ = onig_set_retry_limit_in_search_of_match_param(limits, Self.mostTries)
    _ = onig_set_match_stack_limit_size_of_match_param(limits, 1 << 20)
    var empty: UInt8 = 0
    let result = withUnsafePointer(to: &empty) { empty -> Int32 in
      let start = text.baseAddress ?? empty
      let end = start + text.count
      return onig_search_with_param(
        compiled.regex, start, end, start + place, end, region, OnigOptionType(ONIG_OPTION_NONE), limits)
    }
    if result == ONIG_MISMATCH { return nil }
    guard result >= 0 else { throw Fault(message: "the pattern is tried more often than \(Self.mostTries) times") }
    let count = Int(region.pointee.num_regs)
    return (0..<count).map { at in
      let (start, end) = (Int(region.pointee.beg[at]), Int(region.pointee.end[at]))
      return start < 0 ? nil : start..<end
    }
  }
}
