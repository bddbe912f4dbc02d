import CRe2

/// A regular expression of Lucene over whole texts: RE2 matches it, in time linear in the text; one with operators that RE2
/// lacks an automaton of our own.
public final class RegularExpression: Sendable {
  /// The expression as written.
  public let pattern: String
  public let ignoresCase: Bool
  /// The optional operators that it may have.
  public let flags: RegexFlags
  private let engine: Engine

  private enum Engine: Sendable {
    case re2(Compiled)
    case automaton(DerivativeAutomaton)
  }

  /// What RE2 made. Unchecked in its sending: a compiled expression never changes, and RE2 lets threads share it.
  private final class Compiled: @unchecked Sendable {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { martlet_re2_destroy(pointer) }
  }

  /// Why an expression cannot be used.
  public struct Fault: Error, Hashable, Sendable {
    /// A clause without a full stop.
    public var message: String
    /// Where, in Unicode scalars of the pattern.
    public var offset: Int
  }

  /// Memory that RE2 may take for one expression, in bytes.
  private static let memory: Int64 = 8 << 20

  /// What Elasticsearch spends at most on an expression, unless a query says otherwise (`max_determinized_states`).
  public static let usualEffort = 10_000

  /// Throws where the text is no expression, takes more than the bounds on memory and states, or more effort than Elasticsearch would spend.
  public init(
    _ pattern: String, ignoresCase: Bool = false, flags: RegexFlags = .all, effort: Int = usualEffort
  ) throws(Fault) {
    self.pattern = pattern
    self.ignoresCase = ignoresCase
    self.flags = flags
    let regex: LuceneRegex
    do {
      regex = try LuceneRegexParser.parse(pattern, ignoresCase: ignoresCase, flags: flags)
    } catch {
      throw Fault(message: error.message, offset: error.offset)
    }
    do throws(LuceneAutomaton.Fault) {
      let work = LuceneAutomaton.Work()
      _ = try LuceneAutomaton(regex, work).deterministic(effort: effort, work)
    } catch {
      // What is too large to be counted here may be taken there.
      if case .tooComplex = error {
        throw Fault(
          message: "the regular expression is too complex: Elasticsearch spends \(effort) states on it "
            + "(`max_determinized_states`)", offset: 0)
      }
    }
    if regex.isPlain, let compiled = Self.compile(regex.re2) {
      engine = .re2(compiled)
    } else if let automaton = DerivativeAutomaton(regex) {
      engine = .automaton(automaton)
    } else {
      throw Fault(
        message:
          "the regular expression takes more than \(DerivativeAutomaton.mostStates) states, or too much work to make them",
        offset: 0)
    }
  }

  private static func compile(_ pattern: String) -> Compiled? {
    var pattern = pattern
    return pattern.withUTF8 { text in
      martlet_re2_create(text.baseAddress, text.count, memory, nil, 0).map { Compiled($0) }
    }
  }

  /// True when the whole text matches.
  public func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch engine {
    case .re2(let compiled): martlet_re2_matches(compiled.pointer, text.baseAddress, text.count) == 1
    case .automaton(let automaton): automaton.matches(String(decoding: text, as: UTF8.self).unicodeScalars)
    }
  }

  public func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches($0) }
  }
}

extension RegularExpression: Hashable {
  public static func == (left: RegularExpression, right: RegularExpression) -> Bool {
    left.ignoresCase == right.ignoresCase && left.flags == right.flags && Value.equal(left.pattern, right.pattern)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(Value.text(pattern))
    hasher.combine(ignoresCase)
  }
}
