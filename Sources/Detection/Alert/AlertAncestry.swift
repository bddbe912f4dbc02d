import CloudTrail
import JSON

/// What an alert descends from: its event, or the alert that it was raised on and what that one descends from.
struct AlertAncestry {
  let depth: Int64
  let ancestors: [JSONValue]

  /// The ancestry of an alert on an event, which has an id in an index.
  init(_ event: JSONNode, id: String, index: String) {
    let fields = EventFields(event)
    guard let own = fields.first("kibana.alert.uuid"),
      let depth = fields.first("kibana.alert.depth").flatMap(Int64.init),
      (1..<Self.deepest).contains(depth)
    else {
      self.depth = 1
      ancestors = [["id": .string(id), "type": "event", "index": .string(index), "depth": 0]]
      return
    }
    self.depth = depth + 1
    var parent: [String: JSONValue] = [
      "id": .string(own), "type": "signal", "index": .string(index), "depth": .integer(depth),
    ]
    if let rule = fields.first("kibana.alert.rule.uuid") { parent["rule"] = .string(rule) }
    ancestors = fields.values("kibana.alert.ancestors").prefix(Self.mostAncestors) + [.object(parent)]
  }

  /// The ancestry of an alert on several events, in their order.
  init(_ parents: [AlertAncestry]) {
    depth = parents.map(\.depth).max() ?? 1
    ancestors = Array(parents.flatMap(\.ancestors).prefix(Self.mostAncestors))
  }

  init(depth: Int64, ancestors: [JSONValue]) {
    self.depth = depth
    self.ancestors = Array(ancestors.prefix(Self.mostAncestors))
  }

  /// Rules over alerts over alerts end somewhere, and so do their lists.
  private static let deepest: Int64 = 1_000
  private static let mostAncestors = 10_000
}
