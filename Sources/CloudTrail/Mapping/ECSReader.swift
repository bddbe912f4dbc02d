import Events
import JSON

/// Reads events that are ECS already: nested objects or dotted keys, a document by itself or as Elasticsearch returns a
/// hit (`_index`, `_id`, `_source`).
public struct ECSReader {
  private let context: EventContext
  private let flattenedRoots: [String]
  private var path: [UInt8] = []

  /// `flattenedRoots` are the paths of fields whose whole subtree is one flattened field.
  public init(_ context: EventContext, flattenedRoots: [String]) {
    self.context = context
    self.flattenedRoots = flattenedRoots
  }

  /// The event itself: what a hit holds under `_source`, or the document.
  public static func event(of record: JSONNode) -> JSONNode {
    guard let source = record.member("_source"), source.isObject else { return record }
    return source
  }

  /// The data stream that an event names, that of alerts for an alert, or that of events that name none. What `data_stream`
  /// an alert has is that of the event it stands on.
  public static func dataStream(of record: JSONNode) -> String {
    if let index = record.member("_index")?.string, !index.isEmpty { return dataStream(ofIndex: index) }
    let event = event(of: record)
    if AlertReading.isAlert(event) { return AlertReading.dataStream(of: event) }
    let stream = event.member("data_stream")
    func part(_ key: StaticString, _ dotted: StaticString) -> String? {
      let value = (stream?.member(key) ?? event.member(dotted))?.string
      return value?.isEmpty == true ? nil : value
    }
    guard let dataset = part("dataset", "data_stream.dataset") else { return EventContext.fallbackDataStream }
    let type = part("type", "data_stream.type") ?? "logs"
    let namespace = part("namespace", "data_stream.namespace") ?? "default"
    return "\(type)-\(dataset)-\(namespace)"
  }

  /// The data stream that a backing index belongs to: `.ds-NAME-yyyy.MM.dd-000001`, also mounted (`partial-`, `restored-`);
  /// of an index of alerts the name they are searched by; any other index is its own.
  static func dataStream(ofIndex index: String) -> String {
    var name = index[...]
    for prefix in ["partial-", "restored-"]
    where name.hasPrefix(prefix + ".ds-") || name.hasPrefix(prefix + ".internal.") {
      name = name.dropFirst(prefix.count)
    }
    if let alias = AlertReading.alias(ofIndex: String(name)) { return alias }
    guard name.hasPrefix(".ds-") else { return index }
    let parts = name.dropFirst(4).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 3, let generation = parts.last, generation.count >= 6, generation.allSatisfy(\.isNumber) else {
      return index
    }
    let date = parts[parts.count - 2].split(separator: ".")
    guard date.count == 3, date.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else { return index }
    return parts.dropLast(2).joined(separator: "-")
  }

  /// Appends the event's values to the current row of a batch.
  public mutating func read(_ record: JSONNode, row: RecordRow, into builder: EventBatchBuilder) {
    path.removeAll(keepingCapacity: true)
    let event = Self.event(of: record)
    event.forEachMember { key, value in
      JSONString.appendUnescaped(key, to: &path)
      if key.equals("@timestamp"), value.isString, RecordTime.isSpaced(value.rawString) {
        appendTime(row.time, into: builder)
      } else {
        append(value, root: -1, into: builder)
      }
      path.removeAll(keepingCapacity: true)
    }
    guard context.ingestsAtEventTime, let time = row.ownTime else { return }
    let ingested = builder.column("event.ingested")
    guard ingested >= 0, event.member("event.ingested") == nil, event.member("event")?.member("ingested") == nil else {
      return
    }
    var text = time.iso8601
    text.withUTF8 { builder.append(Scalar(.string, $0), column: ingested) }
  }

  /// Appends the event's time in the form that the field's type knows.
  private func appendTime(_ time: Timestamp, into builder: EventBatchBuilder) {
    let column = path.withUnsafeBufferPointer { builder.column($0) }
    guard column >= 0 else { return }
    var text = time.iso8601
    text.withUTF8 { builder.append(Scalar(.string, $0), column: column) }
  }

  private mutating func append(_ node: JSONNode, root: Int, into builder: EventBatchBuilder) {
    if node.isObject {
      var root = root
      // Longer paths name no field that is asked for, and must not be copied at every object below them.
      if !builder.plan.nested.isEmpty || root < 0, path.count <= builder.longestPath {
        let name = String(decoding: path, as: UTF8.self)
        if root < 0, flattenedRoots.contains(name) { root = builder.column(name) }
        if builder.plan.nested[name] != nil {
          let (copy, length) = (path, path.count)
          var reader = self
          builder.appendNested(name) { inner in
            reader.path = copy
            node.forEachMember { key, value in
              reader.path.append(UInt8(ascii: "."))
              JSONString.appendUnescaped(key, to: &reader.path)
              reader.append(value, root: -1, into: inner)
              reader.path.removeSubrange(length...)
            }
          }
        }
      }
      let length = path.count
      node.forEachMember { key, value in
        path.append(UInt8(ascii: "."))
        JSONString.appendUnescaped(key, to: &path)
        append(value, root: root, into: builder)
        path.removeSubrange(length...)
      }
    } else if node.isArray {
      node.forEachElement { append($0, root: root, into: builder) }
    } else if node.isNull {
      guard !builder.plan.nullValues.isEmpty,
        let value = builder.plan.nullValues[String(decoding: path, as: UTF8.self)]
      else { return }
      let column = path.withUnsafeBufferPointer { builder.column($0) }
      guard column >= 0 else { return }
      value.bytes.withUnsafeBufferPointer { builder.append(Scalar(value.kind, $0), column: column) }
    } else {
      let column = path.withUnsafeBufferPointer { builder.column($0) }
      guard column >= 0 || root >= 0 else { return }
      node.withScalar { value in
        if column >= 0 { builder.append(value, column: column) }
        if root >= 0, root != column { builder.append(value, column: root) }
      }
    }
  }
}
