import Events
import JSON

/// Reads events that are ECS already: nested objects or dotted keys, a document by itself or as Elasticsearch returns a
/// hit (`_index`, `_id`, `_source`).
public struct ECSReader {
  private let context: EventContext

  public init(_ context: EventContext) { self.context = context }

  /// The event itself: what a hit holds under `_source`, or the document.
  public static func event(of record: JSONNode) -> JSONNode {
    guard let source = record.member("_source"), source.isObject else { return record }
    return source
  }

  /// Whether an event says itself when it was taken in, whatever it says.
  static func saysIngestion(_ event: JSONNode) -> Bool {
    var says = false
    func look(_ node: JSONNode?) {
      guard let node, !node.isNull else { return }
      if node.isArray { node.forEachElement { look($0) } } else { says = true }
    }
    look(event.member("event.ingested"))
    func lookInto(_ node: JSONNode?) {
      guard let node else { return }
      if node.isArray { node.forEachElement { lookInto($0) } } else { look(node.member("ingested")) }
    }
    lookInto(event.member("event"))
    return says
  }

  /// The id under which an index holds an event; nil where it names none. An alert always has one: the `event.id` that it has is that
  /// of the event it stands on.
  static func documentID(of record: JSONNode, _ row: RecordRow) -> String? {
    if AlertReading.isAlert(event(of: record)) { return AlertReading.id(of: record)?.string ?? row.id.text }
    guard let id = record.member("_id")?.string, !id.isEmpty else { return nil }
    return id
  }

  /// The index that holds an event, as its hit names it; nil where it names none.
  static func documentIndex(of record: JSONNode) -> String? {
    guard let name = record.member("_index")?.string, !name.isEmpty else { return nil }
    return name
  }

  /// The data stream that an event names, that of alerts for an alert, or that of events that name none. What `data_stream`
  /// an alert has is that of the event it stands on.
  public static func dataStream(of record: JSONNode) -> String {
    if let index = record.member("_index")?.string, !index.isEmpty { return BackingIndex.dataStream(of: index) }
    let event = event(of: record)
    if AlertReading.isAlert(event) { return AlertReading.dataStream(of: event) }
    return dataStream(byFieldsOf: event) ?? EventContext.fallbackDataStream
  }

  /// The data stream that an event's own fields name, in whatever index it came; nil where they name none.
  static func dataStream(byFieldsOf event: JSONNode) -> String? {
    let stream = event.member("data_stream")
    func part(_ key: StaticString, _ dotted: StaticString) -> String? {
      let value = (stream?.member(key) ?? event.member(dotted))?.string
      return value?.isEmpty == true ? nil : value
    }
    guard let dataset = part("dataset", "data_stream.dataset") else { return nil }
    let type = part("type", "data_stream.type") ?? "logs"
    let namespace = part("namespace", "data_stream.namespace") ?? "default"
    return "\(type)-\(dataset)-\(namespace)"
  }

  /// Appends the event's values to the current row of a batch.
  public func read(_ record: JSONNode, row: RecordRow, into builder: EventBatchBuilder) {
    read(event: Self.event(of: record), time: row.time, into: builder)
  }

  /// Appends an event's values to the current row of a batch.
  ///
  /// - Parameter time: what its `@timestamp` was read as.
  func read(event: JSONNode, time: Timestamp, into builder: EventBatchBuilder) {
    var previous = PathNode.root
    event.forEachMember { key, value in
      // Beside a document stands what no event says.
      if key.first == UInt8(ascii: "_"), key.equals("_id") || key.equals("_index") { return }
      let place = builder.child(of: .root, key, after: &previous)
      if key.equals("@timestamp"), value.isString, RecordTime.isForeign(value.rawString) {
        // In the form that the field's type knows.
        builder.append(time.iso8601, at: place)
      } else {
        append(value, at: place, root: -1, to: builder)
      }
    }
  }

  /// - Parameter root: the column of the flattened field that the value belongs to, or a negative number.
  private func append(_ node: JSONNode, at place: PathNode, root: Int, to builder: EventBatchBuilder) {
    if node.isObject {
      let roles = builder.roles(of: place)
      let root = root < 0 && roles.contains(.flattened) ? builder.column(of: place) : root
      if roles.contains(.nested), let field = builder.nestedField(builder.path(of: place)) {
        builder.appendNested(field) { inner, place in
          appendMembers(of: node, at: place, root: -1, to: inner)
        }
      }
      appendMembers(of: node, at: place, root: root, to: builder)
    } else if node.isArray {
      node.forEachElement { append($0, at: place, root: root, to: builder) }
    } else if node.isNull {
      guard builder.roles(of: place).contains(.hasNullValue),
        let value = builder.plan.nullValues[builder.path(of: place)]
      else { return }
      value.bytes.withUnsafeBufferPointer { builder.append(Scalar(value.kind, $0), at: place) }
    } else {
      let column = builder.column(of: place)
      node.withScalar { value in
        builder.append(value, at: place)
        if root >= 0, root != column { builder.append(value, column: root) }
      }
    }
  }

  private func appendMembers(of node: JSONNode, at place: PathNode, root: Int, to builder: EventBatchBuilder) {
    // Where nothing is asked for, nothing needs to be looked at.
    if place == .nowhere, root < 0 { return }
    var previous = place
    node.forEachMember { key, value in
      append(value, at: builder.child(of: place, key, after: &previous), root: root, to: builder)
    }
  }
}
