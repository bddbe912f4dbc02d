import CloudTrail
import Events
import JSON
import Query
import Rules

/// What all rules make of one event: those whose query matches it, and those that nearly do.
public struct RuleSurvey: Sendable {
  /// A rule whose query does not match.
  public struct NearMiss: Sendable {
    public var ruleName: String
    public var ruleID: String
    /// The fewest conditions that would have to be otherwise.
    public var missed: [MissedCondition]
    /// How many conditions the query has.
    public var size: Int
  }

  /// Nil when the input does not hold the event.
  public var subject: Explanation.Subject?
  /// The rules whose query matches, in their order.
  public var matching: [Rule] = []
  /// The others that read the event's data stream, those that miss the fewest conditions first.
  public var near: [NearMiss] = []
  /// How many rules read other data streams, are switched off, or cannot be asked.
  public var otherStreams = 0
  public var disabled = 0
  public var unrunnable = 0

  /// For an event that was looked for among alerts: which there were.
  public var alertSupply: AlertSupply.Account?

  /// Whether workers met an event of the id that they looked for.
  public static func isFound(_ parts: [ExplainCollector.Found]) -> Bool { parts.contains { !$0.records.isEmpty } }

  /// Asks rules about an event that was looked for; `predicate` gives a rule's query and filters.
  ///
  /// - Parameters:
  ///   - parts: what an `ExplainCollector` of a plan without rules has found.
  ///   - id: the id that it looked for.
  ///   - alerts: where it is looked for as well.
  public init(
    _ rules: [Rule], _ parts: [ExplainCollector.Found], id: String, alerts: [KnownAlert] = [], context: EventContext,
    catalog: FieldCatalog = .standard,
    now: Timestamp, deliveries: Int, predicate: (Rule) throws -> Predicate
  ) throws {
    let inInput = parts.flatMap(\.records)
    let records = (inInput + (try RecordFinder.records(of: id, in: alerts, isAlone: inInput.isEmpty)))
      .sorted(by: FoundRecord.precedes)
    guard let record = records.first else { return }
    try record.withRow { row in
      let conditions = ConditionExplainer(row, context: context, catalog: catalog, now: now)
      let stream = try EventJSON(context).dataStream(row)
      subject = Explanation.Subject(
        row, records, ruleTime: row.ownTime, dataStream: stream, deliveries: deliveries
      ) {
        conditions.values($0).first?.text
      }
      for rule in rules {
        guard rule.isEnabled else {
          disabled += 1
          continue
        }
        guard rule.runnability.reason == nil, let query = try? predicate(rule) else {
          unrunnable += 1
          continue
        }
        guard rule.readPattern.matches(stream) else {
          otherStreams += 1
          continue
        }
        var asked = conditions
        if query.dependsOnNow(catalog) {
          // What is relative to now is seen from the first execution after the event.
          let windows = TickWindows(rule)
          asked = ConditionExplainer(
            row, context: context, catalog: catalog, now: windows.time(windows.firstTick(atOrAfter: row.ownTime ?? now))
          )
        }
        let condition = asked.explain(query)
        if condition.holds {
          matching.append(rule)
        } else {
          near.append(
            NearMiss(ruleName: rule.name, ruleID: rule.ruleID, missed: condition.missed, size: condition.size))
        }
      }
    }
    // Among equals a rule about the event's own action comes first, then the one that meets more.
    near.sort { left, right in
      func key(_ near: NearMiss) -> (Int, Int, Int) {
        let isOtherAction = near.missed.contains { $0.condition.field == EventField.eventAction.path }
        return (near.missed.count, isOtherAction ? 1 : 0, near.missed.count - near.size)
      }
      return key(left) != key(right) ? key(left) < key(right) : left.ruleName < right.ruleName
    }
  }
}

extension RuleSurvey {
  /// The survey as one JSON object; `explanations` are those of the matching rules, in their order.
  public func json(_ explanations: [Explanation], mostNear: Int) -> JSONValue {
    var members: [String: JSONValue] = [
      "matching": .array(explanations.map(\.json)),
      "near": .array(
        near.prefix(mostNear).map { near in
          [
            "rule": ["name": .string(near.ruleName), "rule_id": .string(near.ruleID)],
            "missed": .array(
              near.missed.map { missed in
                var members: [String: JSONValue] = [
                  "condition": .string(missed.condition.text), "wanted": .bool(missed.wanted),
                  "words": .string(missed.wanted ? missed.condition.words : missed.condition.negation),
                ]
                if missed.alternatives > 0 { members["alternatives"] = .integer(Int64(missed.alternatives)) }
                if let field = missed.condition.field {
                  members["field"] = .string(field)
                  members["values"] = .strings(missed.condition.values)
                }
                return .object(members)
              }),
          ]
        }),
      "near_others": .integer(Int64(max(0, near.count - mostNear))),
      "rules": [
        "matching": .integer(Int64(matching.count)), "not_matching": .integer(Int64(near.count)),
        "other_data_streams": .integer(Int64(otherStreams)), "disabled": .integer(Int64(disabled)),
        "unable_to_run": .integer(Int64(unrunnable)),
      ],
    ]
    if let alertSupply { members["alerts_read"] = alertSupply.json }
    if let subject {
      members["event"] = .object(subject.members)
    }
    return .object(members)
  }
}
