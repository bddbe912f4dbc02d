import Detection

/// Reads bytes as an answer of a rule: what is read says the same when it is written and read again.
enum AnswerTarget {
  static func run(_ bytes: [UInt8]) {
    let eventCount = 1000
    guard let answer = bytes.withUnsafeBytes({ RuleAnswer($0, eventCount: eventCount) }) else { return }
    guard let written = answer.encoded() else { preconditionFailure("an answer that was kept can be kept") }
    guard let again = written.withUnsafeBytes({ RuleAnswer($0, eventCount: eventCount) }) else {
      preconditionFailure("an answer that was written is read")
    }
    precondition(again.matchCount == answer.matchCount && again.isEmpty == answer.isEmpty, "an answer stays as it is")
    precondition(again.encoded() == written, "an answer is written in one way")
  }
}
