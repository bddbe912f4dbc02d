import CloudTrail
import Events
import JSON
import Query
import Rules

extension Explainer {
  /// What the indicators of a rule have to say to an event: of each entry of each group whether some indicator has a value of the
  /// event's, and the indicators that match.
  func indicators(_ row: RecordRow, _ conditions: ConditionExplainer) throws -> Explanation.Indicators? {
    guard let place = plan.rules.firstIndex(where: { $0.rule.ruleID == rule.ruleID }),
      let program = plan.rules[place].program as? IndicatorRule
    else { return nil }
    let set = program.set
    let values = IndicatorValues(
      fields: set.mapping.eventFields.map { field in
        var terms: [[UInt8]] = []
        return conditions.values(field.path).compactMap { value in
          let read = IndicatorValues.Value(kind: value.kind, bytes: Array(value.text.utf8))
          var term: [UInt8]?
          read.withScalar { term = $0.withTerm(of: field.type) { Array($0.bytes) } }
          guard let term, !terms.contains(term) else { return nil }
          terms.append(term)
          return read
        }
      })
    var told = Explanation.Indicators(count: set.count, isMatched: set.condition(of: values) != .never)
    let matched = Set(set.all(values, atMost: Self.mostIndicators).map(\.group))
    told.groups = set.mapping.groups.enumerated().map { number, entries in
      Explanation.Indicators.Group(
        isMatched: matched.contains(number),
        entries: entries.map { entry in
          Explanation.Indicators.Entry(
            field: set.mapping.eventFields[entry.event].path, value: set.mapping.indicatorFields[entry.indicator].path,
            isNegated: entry.isNegated,
            values: values.fields[entry.event].map { String(decoding: $0.bytes, as: UTF8.self) },
            equal: set.equal(entry, values))
        })
    }
    let writer = EventJSON(plan.context)
    var seen: Set<Int> = []
    for match in set.all(values, atMost: Self.mostIndicators) where seen.insert(match.indicator).inserted {
      try set.withRow(match.indicator) { row in
        let named = try writer.documentID(row)
        let index = try writer.documentIndex(row) ?? writer.dataStream(row)
        let id = try writer.withEvent(row) { named ?? EventFields($0).first("event.id") ?? row.id.text }
        told.matches.append(.init(id: id, index: index, time: row.ownTime))
      }
    }
    told.matches.sort { ($0.index, $0.id) < ($1.index, $1.id) }
    return told
  }

  /// So many indicators are named.
  private static let mostIndicators = 20
}

extension IndicatorSet {
  /// The first of the matches of an event, whenever they are seen.
  func all(_ values: IndicatorValues, atMost most: Int) -> [Match] {
    var matches: [Match] = []
    forEachMatch(values) { match in
      matches.append(match)
      return matches.count < most
    }
    return matches
  }
}

extension Explanation {
  /// What the indicators of a rule have to say to an event.
  public struct Indicators: Sendable {
    /// A field of the event, and the field of indicators that it is compared with.
    public struct Entry: Sendable {
      public var field: String
      public var value: String
      public var isNegated: Bool
      /// The event's values.
      public var values: [String]
      /// How many indicators have one of them.
      public var equal: Int
    }

    /// Entries of which all must hold for one indicator.
    public struct Group: Sendable {
      public var isMatched: Bool
      public var entries: [Entry]
    }

    /// An indicator that matches the event.
    public struct Match: Sendable {
      public var id: String
      public var index: String
      public var time: Timestamp?
    }

    /// How many indicators there are.
    public var count: Int
    /// True when some indicator matches the event, at whatever time.
    public var isMatched: Bool
    public var groups: [Group] = []
    /// The first of them, by index and id.
    public var matches: [Match] = []

    /// Why none matches, a sentence without its end.
    public var reason: String {
      let near = groups.map(\.missing)
      if let one = near.first, near.count == 1 { return one }
      return near.enumerated().map { "group \($0 + 1): \($1)" }.joined(separator: "; ")
    }

    var json: JSONValue {
      [
        "count": .integer(Int64(count)), "matched": .bool(isMatched),
        "groups": .array(
          groups.map { group in
            [
              "matched": .bool(group.isMatched),
              "entries": .array(
                group.entries.map { entry in
                  [
                    "field": .string(entry.field), "value": .string(entry.value), "negate": .bool(entry.isNegated),
                    "values": .strings(entry.values), "equal": .integer(Int64(entry.equal)),
                  ]
                }),
            ]
          }),
        "matches": .array(
          matches.map { match in
            var members: [String: JSONValue] = ["id": .string(match.id), "index": .string(match.index)]
            if let time = match.time { members["time"] = .string(time.iso8601) }
            return .object(members)
          }),
      ]
    }
  }
}

extension Explanation.Indicators.Group {
  /// Which entry fails, in words.
  fileprivate var missing: String {
    for entry in entries where !entry.isNegated {
      if entry.values.isEmpty { return "the event has no \(entry.field)" }
      if entry.equal == 0 {
        return
          "no indicator has its \(entry.field) (\(entry.values.prefix(3).joined(separator: ", "))) in \(entry.value)"
      }
    }
    if entries.contains(where: \.isNegated), entries.count(where: { !$0.isNegated }) == 1 {
      return "the indicators that have its \(entries.first { !$0.isNegated }?.field ?? "") agree where they must differ"
    }
    return "no single indicator has all that the group compares"
  }
}
