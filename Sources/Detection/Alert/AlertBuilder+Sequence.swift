import CloudTrail
import Events
import JSON
import Query
import Rules

extension AlertBuilder {
  /// The alert on a sequence or sample of events: an alert on each event, which are its building blocks, and one that has what
  /// the events have in common.
  ///
  /// The ids come from the events and the rule, so that an execution that finds the same events again makes the same alerts.
  func sequenceAlert(
    _ rule: HuntRule, _ document: RuleDocument, _ found: FoundSequence, _ planned: HuntResult.PlannedAlert,
    context: AlertContext?, _ kept: HuntFindings
  ) throws -> Alert {
    let events = found.events.compactMap(\.self)
    let told = try EventDigest.digests(events, writer, kept)
    let uuid = RuleUUID.of(rule.rule.ruleID)
    let parents = told.flatMap(\.ancestry.ancestors).flatMap { parent in
      ["id", "index"].map { parent[$0]?.stringValue ?? "" }
    }
    let group = AlertID.hash(["sequence"] + parents + [uuid])
    var blocks: [Alert] = []
    for (place, sighting) in events.enumerated() {
      guard let reference = sighting.kept else { continue }
      var part = planned
      part.finding = Finding(tick: planned.tick, sighting: sighting)
      part.kept = reference
      let block = Block(id: AlertID.hash(["block"] + parents + [uuid, String(place)]), group: group, place: place)
      blocks.append(try eventAlert(rule, document, part, context: nil, kept, block: block))
    }
    let tick = planned.tick
    let ancestors = zip(told, blocks).flatMap { digest, block -> [JSONValue] in
      let own: JSONValue = [
        "id": .string(block.id), "type": "signal", "index": "", "depth": .integer(digest.ancestry.depth),
        "rule": .string(uuid),
      ]
      return digest.ancestry.ancestors + [own]
    }
    var standing = AlertStanding(
      id: group, stream: told.last?.index ?? "", sourceID: told.last?.id ?? "",
      ancestry: AlertAncestry(depth: (told.map(\.ancestry.depth).max() ?? 1) + 1, ancestors: ancestors),
      originalTime: tick, eventTime: told.last?.time ?? tick)
    standing.members["kibana.alert.group.id"] = .string(group)
    standing.appliesOverrides = false
    standing.call = AlertedCall(common: told.map(\.call))
    standing.lastEvent = told.last
    standing.suppressed = planned.finding.suppressed
    standing.blocks = blocks
    let common = try JSONDocument(Array(Self.common(blocks).text.utf8)[...])
    var members: [String: JSONValue] = [
      "evidence": planned.evidence.json(
        query: document.evidenceQuery.text(
          planned.evidence, timeField: planned.evidence.field ?? rule.rule.timestampOverride ?? "@timestamp")),
      "sequence": Self.sequence(found, told),
    ]
    if let context { members["context"] = context.json }
    let changes = try events.compactMap(\.kept).flatMap { place in
      try kept.withRow(place) { row in
        try policyReader.read(row).map { policies.changes($0.settings, at: $0.event) } ?? []
      }
    }
    if !changes.isEmpty { members["policies"] = .array(changes.map(\.json)) }
    if let guide = document.guide { members["guide"] = .string(guide.rendered(EventFields(common.root).all)) }
    return compose(rule.rule, document, common.root, standing, tick: tick, .object(members))
  }

  /// The events in the order of the query's items, as `martlet.sequence`; null stands for one that must be missing.
  private static func sequence(_ found: FoundSequence, _ told: [EventDigest]) -> JSONValue {
    var next = told.makeIterator()
    var members: [String: JSONValue] = [
      "events": .array(found.events.map { $0 == nil ? .null : next.next()?.json ?? .null })
    ]
    if !found.key.isEmpty {
      members["join_keys"] = .array(
        found.key.map { ["field": .string($0.field), "value": $0.value.map(\.joinText) ?? .null] })
    }
    return .object(members)
  }

  /// What the events of alerts have in common, as Kibana has it: equal values, and of lists the plain values that are in both, in the
  /// order of the first and each once; an empty list where there are none. A single value counts as a list of one beside a list.
  /// Objects are compared member by member, but within lists none is the same as another.
  private static func common(_ blocks: [Alert]) throws -> JSONValue {
    let sources = try blocks.map { block -> [String: JSONValue] in
      guard case .object(let members) = try JSONValue(parsing: block.json[...]) else { return [:] }
      return members.filter { key, _ in
        key != "@timestamp" && key != "event.kind" && key != "martlet" && !key.hasPrefix("kibana.")
      }
    }
    guard var common = sources.first else { return [:] }
    for other in sources.dropFirst() { common = Self.common(common, other) }
    return .object(common)
  }

  private static func common(_ left: [String: JSONValue], _ right: [String: JSONValue]) -> [String: JSONValue] {
    var common: [String: JSONValue] = [:]
    for (key, mine) in left {
      guard let other = right[key] else { continue }
      switch (mine, other) {
      case (.object(let mine), .object(let other)):
        let inner = Self.common(mine, other)
        if !inner.isEmpty { common[key] = .object(inner) }
      case (.array(let mine), .array(let other)): common[key] = .array(Self.shared(mine, other))
      case (.array(let mine), _): common[key] = .array(Self.shared(mine, [other]))
      case (_, .array(let other)): common[key] = .array(Self.shared([mine], other))
      default: if mine == other { common[key] = mine }
      }
    }
    return common
  }

  private static func shared(_ left: [JSONValue], _ right: [JSONValue]) -> [JSONValue] {
    left.reduce(into: []) { shared, value in
      switch value {
      case .object, .array: break
      default: if right.contains(value), !shared.contains(value) { shared.append(value) }
      }
    }
  }
}

extension Value {
  /// A value of a join key, as a search prints it.
  fileprivate var joinText: JSONValue {
    switch self {
    case .boolean(let flag): .bool(flag)
    case .whole(let number): .integer(number)
    case .unsigned(let number): Int64(exactly: number).map { .integer($0) } ?? .string(String(number))
    case .double(let number): .double(number)
    case .text(let text): .string(text)
    case .address(let address): .string(address.text)
    case .version(let version): .string(version.text)
    case .point(let x, let y): .array([.double(x), .double(y)])
    case .span: .null
    }
  }
}
