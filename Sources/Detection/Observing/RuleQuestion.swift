import Events
import Hashing
import Query
import Rules

/// What a rule asks of events, told apart from what any other rule asks: two rules with the same question have the same
/// answer about the same events, whatever they are called and whenever they run.
public struct RuleQuestion: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

extension HuntRule {
  /// The rule's question; nil for a rule whose answers cannot be kept, since it names times relative to the execution's own.
  var question: RuleQuestion? {
    guard !moves else { return nil }
    var output = QuestionOutput()
    output.write("martlet rule \(RuleAnswer.version) \(rule.type.rawValue)")
    asked.predicate.write(to: &output)
    output.write(count: asked.expiring.count)
    for exception in asked.expiring {
      output.write(count: Int(exception.unknownFrom))
      exception.predicate.write(to: &output)
    }
    output.write(count: terms.count)
    for term in terms {
      output.write(term.path)
      output.write("\(term.type)")
    }
    output.write(count: doubtful.count)
    for (path, _) in doubtful { output.write(path) }
    output.write(overrideColumn == nil ? "" : rule.timestampOverride ?? "")
    if overrideColumn != nil, let format = overrideFormat {
      output.mark("f")
      output.write(format.text)
    }
    output.write(rule.timestampOverrideFallbackDisabled)
    output.append(program.signature)
    return output.question
  }
}

/// Gathers what a question is hashed of.
private struct QuestionOutput: PredicateOutput {
  private var bytes: [UInt8] = []

  mutating func append(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

  var question: RuleQuestion {
    bytes.withUnsafeBytes(SHA256.digest).withUnsafeBytes {
      RuleQuestion(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
