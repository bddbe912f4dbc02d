/// Keeps what was worked out of parts beside them, so that it need not be worked out again: a duty of its own, since a store serves
/// rules without it as well.
///
/// A store that keeps nothing need write nothing: it has no answers, and those that it is given are gone.
public protocol AnswerKeeper<Part>: Sendable {
  associatedtype Part: EventPart

  /// What is kept of a part; none where nothing is. Throws where it cannot be told.
  func answers(of part: Part) throws -> KeptAnswers

  /// Keeps answers beside those that there are of their parts; of a part that is gone meanwhile nothing is kept. Several tasks may call
  /// it at once. Throws why nothing was kept.
  func keep(_ answers: [(part: Part, content: KeptAnswers)]) throws
}

extension AnswerKeeper {
  public func answers(of part: Part) -> KeptAnswers { KeptAnswers() }
  public func keep(_ answers: [(part: Part, content: KeptAnswers)]) {}
}
