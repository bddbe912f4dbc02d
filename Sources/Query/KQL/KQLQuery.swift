import Events

/// A query in KQL or Lucene: what it means, and where its conditions stand in the text.
public struct KQLQuery: Hashable, Sendable {
  /// What must be true of an event.
  public let predicate: Predicate
  private let text: [Unicode.Scalar]
  private let conditions: [KQLCondition]
  /// Whether the fields of nested ones need braces, as they do in KQL; in Lucene they have no values outside of them.
  private let needsBraces: Bool

  init(_ predicate: Predicate, _ text: [Unicode.Scalar], _ conditions: [KQLCondition], needsBraces: Bool) {
    self.predicate = predicate
    self.text = text
    self.conditions = conditions
    self.needsBraces = needsBraces
  }

  /// A query whose faults were told when it was read.
  public init(_ predicate: Predicate) { self.init(predicate, [], [], needsBraces: false) }

  /// The first thing that Elasticsearch would refuse, with its place; nil where there is none.
  public func refusal(_ judge: QueryJudge) -> QuerySyntaxError? {
    for condition in conditions {
      guard let refusal = refusal(of: condition, judge) else { continue }
      let place = refusal.isOfField ? condition.field.lowerBound : condition.value.lowerBound
      return QuerySyntaxError(refusal.message, at: place, in: text, expected: refusal.expected, hint: refusal.hint)
    }
    return nil
  }

  private func refusal(of condition: KQLCondition, _ judge: QueryJudge) -> QueryRefusal? {
    if condition.isNull { return .null }
    let misplaced = needsBraces ? judge.misplaced(condition.predicate, in: condition.path) : nil
    return misplaced ?? judge.refusal(of: condition.predicate, in: condition.path)
  }
}
