import CloudTrail
import Events
import Foundation
import JSON
import Parallel
import Rules

extension AlertBuilder {
  /// A value that events are grouped by, as Elasticsearch's aggregations give it: numbers, booleans and times by what they are.
  private func groupKey(_ term: NewTerm, _ type: FieldType) -> JSONValue {
    switch type {
    case .integer, .double, .narrow, .date, .dateNanos: NewTerm(kind: .number, text: term.text).json
    case .boolean: NewTerm(kind: .boolean, text: term.text).json
    default: .string(term.text)
    }
  }

  /// The alert on a group of events that were counted. Its fields are those that the events are grouped by; the events
  /// themselves are its ancestors, and the first of them stand under `martlet.events`.
  func groupAlert(
    _ rule: HuntRule, _ document: RuleDocument, _ group: CountedGroup, _ planned: HuntResult.PlannedAlert,
    context: AlertContext?, _ kept: HuntFindings
  ) throws -> Alert {
    let correlation = rule.program as? CorrelationRule
    let threshold =
      rule.rule.threshold ?? ThresholdParameters(fields: correlation?.groupFields ?? [], value: 1)
    let told = try EventDigest.digests(group.events, writer, kept)
    var terms = group.terms
    for (place, field) in threshold.fields.enumerated() where place < terms.count && terms[place].isHash {
      guard let reference = planned.kept else { continue }
      try kept.withRow(reference) { row in
        try writer.withEvent(row) { terms[place] = terms[place].inFull(EventFields($0).all(field)) }
      }
    }
    let times = group.events.map { Timestamp(milliseconds: $0.time) }
    let (first, last) = (times.first ?? planned.tick, times.last ?? planned.tick)
    var result: [String: JSONValue] = [
      "terms": .array(
        zip(threshold.fields, terms).map { ["field": .string($0), "value": groupKey($1, catalog.resolve($0).type)] }),
      "count": .integer(Int64(group.events.count)), "from": .string(first.iso8601),
    ]
    if let distinct = group.distinct, let field = threshold.cardinality.first?.field {
      result["cardinality"] = [["field": .string(field), "value": .integer(Int64(distinct))]]
    }
    let parts =
      [
        rule.rule.type.rawValue, rule.rule.ruleID,
        // Of a correlation the first event tells findings of one group apart, whichever execution made them.
        correlation == nil ? planned.tick.iso8601 : group.events.first?.id.text ?? "",
        threshold.fields.joined(separator: ","),
      ] + terms.map { "\($0.kind.rawValue):\($0.text)" }
    let patterns = rule.rule.readPatterns.joined(separator: ",")
    var standing = AlertStanding(
      id: AlertID.hash(parts), stream: patterns, sourceID: AlertID.uuid(of: parts),
      ancestry: AlertAncestry(told.map(\.ancestry)), originalTime: last, eventTime: last)
    standing.members["kibana.alert.threshold_result"] = .object(result)
    let fields = Dictionary(zip(threshold.fields, terms.map(\.json))) { first, _ in first }
    standing.call = AlertedCall(common: told.map(\.call))
    standing.lastEvent = told.last
    standing.suppressed = planned.finding.suppressed
    let text = JSONValue.object(fields).text
    let source = try JSONDocument(Array(text.utf8)[...])
    var members: [String: JSONValue] = [
      "evidence": planned.evidence.json(
        query: document.evidenceQuery.text(
          planned.evidence, equal: Array(zip(threshold.fields, terms)),
          timeField: planned.evidence.field ?? rule.rule.timestampOverride ?? "@timestamp"))
    ]
    members["events"] = EventDigest.json(told)
    if let context { members["context"] = context.json }
    if let guide = document.guide { members["guide"] = .string(guide.rendered(EventFields(source.root).all)) }
    return compose(rule.rule, document, source.root, standing, tick: planned.tick, .object(members))
  }
}

/// An event among those that an alert stands on, in a few words.
struct EventDigest {
  var id: String
  var index: String
  var time: Timestamp
  var call: AlertedCall
  var ancestry: AlertAncestry
  /// The account of a caller that is known by nothing else.
  var account: String?
  /// What it is about, where its action does not say so.
  var subject: EventSubject?

  /// The digests of events, in their order. Texts are stored many together: events are read in the order in which they lie, so that
  /// nothing is unpacked twice, and of many events several at a time.
  static func digests(_ events: [Sighting], _ writer: EventJSON, _ kept: HuntFindings) throws -> [EventDigest] {
    let order = events.indices.filter { events[$0].kept != nil }.sorted {
      (events[$0].kept?.place ?? 0) < (events[$1].kept?.place ?? 0)
    }
    let made: [(at: Int, digest: EventDigest)]
    if order.count < fewest {
      made = try order.compactMap { at in try digest(events[at], writer, kept).map { (at, $0) } }
    } else {
      let cores = ProcessInfo.processInfo.activeProcessorCount
      let context = writer.context
      made = try order.concurrentSlices(of: max(fewest / 2, (order.count + cores - 1) / cores)) { slice in
        let writer = EventJSON(context)
        return try slice.compactMap { at in try digest(events[at], writer, kept).map { (at, $0) } }
      }
    }
    return made.sorted { $0.at < $1.at }.map(\.digest)
  }

  /// Fewer events are read one after the other.
  private static let fewest = 16

  private static func digest(_ sighting: Sighting, _ writer: EventJSON, _ kept: HuntFindings) throws -> EventDigest? {
    guard let place = sighting.kept else { return nil }
    return try kept.withRow(place) { row in
      let stream = try writer.dataStream(row)
      let index = try writer.documentIndex(row) ?? stream
      return try writer.withEvent(row) { event in
        let fields = EventFields(event)
        let id = try writer.documentID(row) ?? fields.first("event.id") ?? row.id.text
        let isNamed = ["user.name", "aws.cloudtrail.user_identity.arn"].contains { fields.first($0) != nil }
        let isAccount = fields.first("aws.cloudtrail.user_identity.type") == "AWSAccount"
        return EventDigest(
          id: id, index: index, time: row.ownTime ?? Timestamp(milliseconds: sighting.time),
          call: AlertedCall(fields), ancestry: AlertAncestry(event, id: id, index: index),
          account: isAccount && !isNamed ? fields.first("cloud.account.id") : nil,
          subject: row.kind == .ecs ? EventSubject(fields) : nil)
      }
    }
  }

  /// So many events are told of at most.
  private static let most = 100

  /// The first events and how many there are in all, as `martlet.events`.
  static func json(_ events: [EventDigest]) -> JSONValue {
    ["count": .integer(Int64(events.count)), "first": .array(events.prefix(most).map(\.json))]
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "index": .string(index), "time": .string(time.iso8601),
    ]
    for (name, value) in [
      ("user", account.map { "account/\($0)" } ?? call.actor), ("action", call.action), ("source", call.origin),
      ("outcome", call.ending.outcome),
      ("error_code", call.ending.errorCode),
    ] + (subject?.members ?? []) {
      if let value { members[name] = .string(value) }
    }
    return .object(members)
  }
}
