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
  var question: RuleQuestion? { question(under: Self.fieldTypes) }

  /// The question under types of fields, told apart from the same under others.
  ///
  /// Answers are only kept under the types that ship. These change between versions of the program, and not only of fields that the
  /// rule names: what it asks of an object hangs on the fields in it.
  func question(under types: [UInt8]) -> RuleQuestion? {
    guard !moves else { return nil }
    var output = QuestionOutput()
    output.write("martlet rule \(RuleAnswer.version) \(rule.type.rawValue)")
    output.write(count: types.count)
    output.append(types)
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

  /// A digest of the types of fields that ship.
  static let fieldTypes: [UInt8] = {
    var output = QuestionOutput()
    FieldCatalog.forEachTable { output.write($0) }
    return output.digest.withUnsafeBytes { Array($0) }
  }()
}

/// Gathers what a question is hashed of.
private struct QuestionOutput: PredicateOutput {
  private var bytes: [UInt8] = []

  mutating func append(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }

  mutating func append(_ bytes: [UInt8]) { self.bytes += bytes }

  var digest: SHA256Digest { bytes.withUnsafeBytes(SHA256.digest) }

  var question: RuleQuestion {
    digest.withUnsafeBytes {
      RuleQuestion(
        high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }
}
