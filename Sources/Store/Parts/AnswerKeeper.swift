/// Keeps what was worked out of parts beside them, so that it need not be worked out again: a duty of its own, since a store serves
/// rules without it as well.
///
/// A store that keeps nothing need write nothing: it has no answers, and those that it is given are gone.
public protocol AnswerKeeper<Part>: Sendable {
  associatedtype Part: EventPart

  /// Gives what is kept of a part, an answer at a time, in the order in which it was kept: one under the key of a former one
  /// stands in its place. The bytes are there until `body` returns. Throws where it cannot be told.
  func forEachAnswer(of part: Part, _ body: (KeptAnswers.Key, UnsafeRawBufferPointer) -> Void) throws

  /// Keeps answers beside those that there are of their parts; of a part that is gone meanwhile nothing is kept. Several tasks may call
  /// it at once. Throws why nothing was kept.
  func keep(_ answers: [(part: Part, content: KeptAnswers)]) throws
}

extension AnswerKeeper {
  public func forEachAnswer(of part: Part, _ body: (KeptAnswers.Key, UnsafeRawBufferPointer) -> Void) {}
  public func keep(_ answers: [(part: Part, content: KeptAnswers)]) {}
}

extension AnswerKeeper {
  /// What is kept of a part; none where nothing is. Throws where it cannot be told.
  public func answers(of part: Part) throws -> KeptAnswers {
    var answers = KeptAnswers()
    try forEachAnswer(of: part) { answers.add($1, for: $0) }
    return answers
  }
}
