import Events

/// A query in KQL or Lucene: what it means, and where its conditions stand in the text.
public struct KQLQuery: Hashable, Sendable {
  /// What must be true of an event.
  public let predicate: Predicate
  private let text: [Unicode.Scalar]
  private let conditions: [KQLCondition]

  init(_ predicate: Predicate, _ text: [Unicode.Scalar], _ conditions: [KQLCondition]) {
    self.predicate = predicate
    self.text = text
    self.conditions = conditions
  }

  /// A query whose faults were told when it was read.
  public init(_ predicate: Predicate) { self.init(predicate, [], []) }

  /// The first thing that Elasticsearch would refuse, with its place; nil where there is none.
  public func refusal(_ judge: QueryJudge) -> QuerySyntaxError? {
    for condition in conditions {
      guard
        let refusal = condition.isNull ? QueryRefusal.null : judge.refusal(of: condition.predicate, in: condition.path)
      else { continue }
      let place = refusal.isOfField ? condition.field.lowerBound : condition.value.lowerBound
      return QuerySyntaxError(refusal.message, at: place, in: text, expected: refusal.expected, hint: refusal.hint)
    }
    return nil
  }
}
