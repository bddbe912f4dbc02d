import JSON

/// What a document is.
enum DocumentForm {
  /// A record of CloudTrail as AWS writes it, or something that holds such; with its own id.
  case record(id: String?)
  /// A document around a record that stands in it as text, as shippers wrap the lines of a log; with the record's own id.
  case message([UInt8], id: String?)
  /// A document in ECS, or one that means to be; of an event of CloudTrail with that event's id.
  case ecs(id: String?)

  init(_ root: JSONNode) {
    if Self.isRecord(root) {
      self = .record(id: Self.text(root.member("eventID")))
      return
    }
    if root.member("@timestamp") == nil, Self.wrappers.contains(where: { root.member($0) != nil }) {
      self = .record(id: Self.text(root.member("detail")?.member("eventID")) ?? Self.text(root.member("EventId")))
      return
    }
    if let message = root.member("message"), message.isString, message.rawString.first == UInt8(ascii: "{"),
      let text = message.string, let inner = try? JSONDocument(Array(text.utf8)[...]), inner.root.isObject,
      Self.isRecord(inner.root)
    {
      self = .message(Array(text.utf8.filter { $0 != 0x0A }), id: Self.text(inner.root.member("eventID")))
      return
    }
    let event = root.member("event")
    let dataset = Self.text(event?.member("dataset")) ?? Self.text(root.member("event.dataset"))
    if dataset == "aws.cloudtrail", let id = Self.text(event?.member("id")) ?? Self.text(root.member("event.id")) {
      self = .ecs(id: id.utf8.count <= 512 ? id : nil)
    } else {
      self = .ecs(id: nil)
    }
  }

  /// Keys of what AWS wraps records in: its files, EventBridge, CloudWatch Logs, LookupEvents.
  private static let wrappers: [StaticString] = ["Records", "detail-type", "logEvents", "CloudTrailEvent"]

  private static func isRecord(_ node: JSONNode) -> Bool {
    node.member("@timestamp") == nil && text(node.member("eventTime")) != nil && text(node.member("eventSource")) != nil
      && text(node.member("eventName")) != nil
  }

  private static func text(_ node: JSONNode?) -> String? {
    guard let node, node.isString, let text = node.string, !text.isEmpty else { return nil }
    return text
  }
}
