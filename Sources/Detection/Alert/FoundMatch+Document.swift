import CloudTrail
import JSON
import Rules

extension FoundMatch {
  /// What stands under `martlet.indicators`: how many match the event, and which entries of what is told.
  var told: JSONValue {
    let groups = Set(equal.map(\.group)).sorted()
    return [
      "matched": .integer(Int64(indicators)), "told": .integer(Int64(Set(equal.map(\.indicator)).count)),
      "compared_with": .integer(Int64(set.count)),
      "groups": .array(
        groups.map { group in
          .array(
            set.mapping.groups[group].map { entry in
              var members: [String: JSONValue] = [
                "field": .string(set.mapping.eventFields[entry.event].path),
                "value": .string(set.mapping.indicatorFields[entry.indicator].path),
              ]
              if entry.isNegated { members["negate"] = true }
              return .object(members)
            })
        }),
    ]
  }

  /// An event's JSON with what matched it under `threat.enrichments`, behind what stands there already.
  ///
  /// Throws where an indicator cannot be read, or is no object.
  func enriching(_ event: JSONNode, _ rule: Rule, _ writer: EventJSON) throws -> [UInt8] {
    let fields = EventFields(event)
    var enrichments = fields.values("threat.enrichments").filter { $0 != .null }
    let path = rule.threatMatch?.indicatorPath ?? Self.standardPath
    var known: [Int: (id: String, index: String, indicator: JSONValue, feed: String?)] = [:]
    for match in equal {
      let entry = set.mapping.groups[match.group][match.entry]
      let document = try known[match.indicator] ?? read(match.indicator, path, writer)
      known[match.indicator] = document
      let field = set.mapping.eventFields[entry.event].path
      var matched: [String: JSONValue] = [
        "field": .string(field), "id": .string(document.id), "index": .string(document.index),
        "type": "indicator_match_rule",
      ]
      let values = fields.values(field)
      if !values.isEmpty { matched["atomic"] = values.count == 1 ? values[0] : .array(values) }
      enrichments.append([
        "indicator": document.indicator, "feed": document.feed.map { ["name": .string($0)] } ?? [:],
        "matched": .object(matched),
      ])
    }
    return Self.text(of: event, with: .array(enrichments))
  }

  private static let standardPath = "threat.indicator"

  /// Why what stands at the path of an indicator cannot be copied into an alert.
  struct NoObject: Error, CustomStringConvertible {
    var path: String
    var id: String
    var description: String {
      "the indicator \(id) has something else than an object at \(path), which the rule's threat_indicator_path names"
    }
  }

  /// Why what is told of the indicators cannot stand in an alert; nil where it can. What cannot be read now is no fault of theirs.
  func fault(_ rule: Rule, _ writer: EventJSON) -> String? {
    let path = rule.threatMatch?.indicatorPath ?? Self.standardPath
    for indicator in Set(equal.map(\.indicator)).sorted() {
      let fault = set.fault(of: indicator) {
        do {
          let document = try read(indicator, path, writer)
          let told: JSONValue = ["threat": ["enrichments": [["indicator": document.indicator]]]]
          _ = try JSONDocument(Array(told.text.utf8)[...])
          return nil
        } catch let error as NoObject {
          return "\(error)"
        } catch let error as JSONTextError {
          return "an indicator cannot stand in an alert: \(error.fault.explanation)"
        } catch {
          return nil
        }
      }
      if let fault { return fault }
    }
    return nil
  }

  private func read(
    _ indicator: Int, _ path: String, _ writer: EventJSON
  ) throws -> (id: String, index: String, indicator: JSONValue, feed: String?) {
    try set.withRow(indicator) { row in
      let named = try writer.documentID(row)
      let index = try writer.documentIndex(row) ?? writer.dataStream(row)
      return try writer.withEvent(row) { document in
        let fields = EventFields(document)
        let id = named ?? fields.first("event.id") ?? row.id.text
        let value = fields.values(path).first ?? .object(Self.members(of: document, below: path + "."))
        guard case .object = value else { throw NoObject(path: path, id: id) }
        return (id, index, value, fields.first("threat.feed.name"))
      }
    }
  }

  /// The members of a document whose dotted names begin with a path.
  private static func members(of document: JSONNode, below prefix: String) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    document.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      if name.hasPrefix(prefix) { members[String(name.dropFirst(prefix.count))] = JSONValue(value) }
    }
    return members
  }

  /// An event's JSON with another `threat.enrichments`, within its object `threat` where it has one.
  private static func text(of event: JSONNode, with enrichments: JSONValue) -> [UInt8] {
    var json: [UInt8] = []
    func append(_ node: JSONNode, without left: [StaticString], _ body: (UnsafeBufferPointer<UInt8>, JSONNode) -> Bool)
    {
      json.append(UInt8(ascii: "{"))
      node.forEachMember { key, value in
        guard !left.contains(where: { key.equals($0) }) else { return }
        json.append(UInt8(ascii: "\""))
        json.append(contentsOf: key)
        json.append(contentsOf: "\":".utf8)
        if !body(key, value) { JSONText.appendCompact(value, to: &json) }
        json.append(UInt8(ascii: ","))
      }
    }
    var isPlaced = false
    append(event, without: ["threat.enrichments"]) { key, value in
      guard key.equals("threat"), value.isObject, !isPlaced else { return false }
      isPlaced = true
      append(value, without: ["enrichments"]) { _, _ in false }
      json.append(contentsOf: "\"enrichments\":\(enrichments.text)}".utf8)
      return true
    }
    if isPlaced {
      json.removeLast()
      json.append(UInt8(ascii: "}"))
    } else {
      json.append(contentsOf: "\"threat\":{\"enrichments\":\(enrichments.text)}}".utf8)
    }
    return json
  }
}
