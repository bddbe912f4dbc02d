import CloudTrail
import Events
import JSON
import Query
import Rules

extension AlertBuilder {
  /// The alert on a row of a query in ES|QL that stands for several events, or has lost which one it is. Its fields are the row's
  /// columns; the events are its ancestors, and the first of them stand under `martlet.events`.
  func rowAlert(
    _ rule: HuntRule, _ document: RuleDocument, _ row: FoundRow, _ planned: HuntResult.PlannedAlert,
    context: AlertContext?, _ kept: HuntFindings
  ) throws -> Alert {
    let told = try EventDigest.digests(row.events, writer, kept)
    let parts = row.identity(rule.rule.ruleID, query: rule.rule.query ?? "")
    var standing = AlertStanding(
      id: AlertID.hash(parts), stream: rule.rule.readPatterns.joined(separator: ","), sourceID: AlertID.uuid(of: parts),
      ancestry: AlertAncestry(told.map(\.ancestry)), originalTime: row.time, eventTime: told.last?.time ?? row.to)
    standing.lastEvent = told.last
    standing.suppressed = planned.finding.suppressed
    let text = JSONValue.object(row.members).text
    let source = try JSONDocument(Array(text.utf8)[...])
    let own = AlertedCall(EventFields(source.root))
    if own == AlertedCall(common: []) { standing.call = AlertedCall(common: told.map(\.call)) }
    var members: [String: JSONValue] = [
      "evidence": planned.evidence.json(
        query: document.evidenceQuery.text(
          planned.evidence, timeField: planned.evidence.field ?? rule.rule.timestampOverride ?? "@timestamp")),
      "events": EventDigest.json(told),
      "row": ["number": .integer(Int64(row.number)), "columns": .object(row.members)],
    ]
    if let context { members["context"] = context.json }
    if let guide = document.guide { members["guide"] = .string(guide.rendered(EventFields(source.root).all)) }
    return compose(rule.rule, document, source.root, standing, tick: planned.tick, .object(members))
  }
}

extension FoundRow {
  /// The columns that have a value, by their names; what tells which event the row is aside.
  var members: [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    for (column, cell) in zip(columns, cells) where !Self.metadata.contains(column.name) && !cell.isNull {
      let values = cell.values.map { $0.json(column.type) }
      members[column.name] = values.count == 1 ? values[0] : .array(values)
    }
    return members
  }

  private static let metadata: Set<String> = [
    "_id", "_index", "_version", "_source", "_score", "_ignored", "_index_mode",
  ]

  /// The row's `@timestamp`.
  var time: Timestamp? {
    for (column, cell) in zip(columns, cells) where column.name == "@timestamp" && column.type == .date {
      if case .whole(let time)? = cell.values.first { return Timestamp(milliseconds: time) }
    }
    return nil
  }

  /// Why the row cannot stand in an alert: a value that is longer, as it is written, than any that is read again.
  var fault: String? {
    for (column, cell) in zip(columns, cells) {
      for case .text(let text) in cell.values where text.utf8.count > JSONLimits.stringBytes / 6 {
        guard JSONValue.string(text).text.utf8.count > JSONLimits.stringBytes else { continue }
        return
          "the column \(column.name) holds a text that is longer than \(JSONLimits.stringBytes) bytes as it is written"
      }
    }
    return nil
  }

  /// An event's JSON with the row's columns in place of what it has at their paths.
  func laid(over event: JSONNode) -> [UInt8] {
    let members = members
    var json: [UInt8] = []
    json.append(UInt8(ascii: "{"))
    var isEmpty = true
    let paths = members.keys.sorted()
    Self.append(event, "", without: paths, &isEmpty, to: &json)
    for path in paths {
      if !isEmpty { json.append(UInt8(ascii: ",")) }
      isEmpty = false
      JSONString.appendQuoted(path, to: &json)
      json.append(UInt8(ascii: ":"))
      json.append(contentsOf: Array((members[path] ?? .null).text.utf8))
    }
    json.append(UInt8(ascii: "}"))
    return json
  }

  /// Appends the members of an object but those at some paths.
  private static func append(
    _ node: JSONNode, _ prefix: String, without paths: [String], _ isEmpty: inout Bool, to json: inout [UInt8]
  ) {
    node.forEachMember { key, value in
      var bytes: [UInt8] = []
      JSONString.appendUnescaped(key, to: &bytes)
      let path = prefix + String(decoding: bytes, as: UTF8.self)
      guard !paths.contains(path) else { return }
      if !isEmpty { json.append(UInt8(ascii: ",")) }
      isEmpty = false
      json.append(UInt8(ascii: "\""))
      json.append(contentsOf: key)
      json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      append(value, path + ".", without: paths.filter { $0.hasPrefix(path + ".") }, to: &json)
    }
  }

  /// Appends a value, of objects what stands at none of some paths.
  private static func append(_ value: JSONNode, _ prefix: String, without paths: [String], to json: inout [UInt8]) {
    if paths.isEmpty {
      json.append(contentsOf: value.sourceText)
    } else if value.isObject {
      json.append(UInt8(ascii: "{"))
      var isEmpty = true
      append(value, prefix, without: paths, &isEmpty, to: &json)
      json.append(UInt8(ascii: "}"))
    } else if value.isArray {
      json.append(UInt8(ascii: "["))
      var isFirst = true
      value.forEachElement { element in
        if !isFirst { json.append(UInt8(ascii: ",")) }
        isFirst = false
        append(element, prefix, without: paths, to: &json)
      }
      json.append(UInt8(ascii: "]"))
    } else {
      json.append(contentsOf: value.sourceText)
    }
  }
}

extension Value {
  /// The value as the answers of ES|QL have it.
  fileprivate func json(_ type: DataType) -> JSONValue {
    switch self {
    case .boolean(let flag): .bool(flag)
    case .whole(let number) where !type.isTime: .integer(number)
    case .unsigned(let number): Int64(exactly: number).map { .integer($0) } ?? .double(Double(number))
    case .double(let number): number.isFinite ? .double(number) : .null
    default: .string(ESQLAnswer.text(self, type))
    }
  }
}
