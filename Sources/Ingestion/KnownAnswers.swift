import Detection
import Events
import Store

/// Finds in what is kept of a part the answers to the questions of a plan's rules.
struct KnownAnswers {
  /// The rules that ask a question, by their places.
  struct Askers: Sendable {
    fileprivate let rules: [KeptAnswers.Key: [Int]]
    fileprivate let count: Int

    init(_ questions: [RuleQuestion?]) {
      var rules: [KeptAnswers.Key: [Int]] = [:]
      for (at, question) in questions.enumerated() {
        if let question { rules[KeptAnswers.Key(question), default: []].append(at) }
      }
      (self.rules, count) = (rules, questions.count)
    }
  }

  private let askers: Askers
  private let observer: PieceObserver
  private let times: ClosedRange<Timestamp>?
  private let rowCount: Int
  private var isAsked: [Bool]
  private var isKnown: [Bool]
  /// The answers that may matter, by the places of the rules.
  private(set) var answers: [Int: RuleAnswer] = [:]

  /// - Parameter rules: the places of those that are asked for.
  init(_ askers: Askers, of rules: [Int], _ observer: PieceObserver, times: ClosedRange<Timestamp>?, rowCount: Int) {
    (self.askers, self.observer, self.times, self.rowCount) = (askers, observer, times, rowCount)
    isAsked = Array(repeating: false, count: askers.count)
    isKnown = isAsked
    for at in rules { isAsked[at] = true }
  }

  /// Whether there is an answer for a rule, by its place.
  func holds(_ rule: Int) -> Bool { isKnown[rule] }

  /// Takes note of an answer that is kept, in place of an earlier one to the same question.
  mutating func take(_ key: KeptAnswers.Key, _ bytes: UnsafeRawBufferPointer) {
    guard let rules = askers.rules[key] else { return }
    for at in rules where isAsked[at] {
      if isKnown[at] { answers[at] = nil }
      isKnown[at] = true
      // Most of the time a rule found nothing.
      guard !bytes.isEmpty, observer.mayFind(at, inEventsUpTo: times?.upperBound) else { continue }
      // What cannot be read counts as not there.
      guard let answer = RuleAnswer(bytes, eventCount: rowCount) else {
        isKnown[at] = false
        continue
      }
      if !answer.isEmpty { answers[at] = answer }
    }
  }
}
