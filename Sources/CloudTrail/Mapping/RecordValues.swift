import Events
import JSON

/// Puts what records have under their own names into the columns below `martlet.record`: each value as it came, empty ones
/// too. Of an object stand its compact JSON and each of its leaves there.
///
/// An event in ECS that kept its record (`event.original`) is looked up in that; without, a name is looked for in the event
/// itself, then where the schema has it.
struct RecordValues {
  private struct Wanted {
    /// Empty for the whole record.
    var name: [UInt8]
    var column: Int
    /// Where the schema has the name.
    var ecs: [UInt8]?
  }

  private let wanted: [Wanted]

  init(_ plan: FieldPlan) {
    // The columns of single fields stand in the order of the plan.
    wanted = plan.paths.enumerated().compactMap { column, path in
      RecordNames.name(ofPath: path).map { name in
        Wanted(name: Array(name.utf8), column: column, ecs: RecordNames.ecs(of: name).map { Array($0.utf8) })
      }
    }
  }

  var isEmpty: Bool { wanted.isEmpty }

  /// Adds what a record has.
  func add(_ record: JSONNode, to builder: EventBatchBuilder) {
    for one in wanted {
      Self.forEachValue(of: record, at: one.name[...]) { Self.append($0, one.column, builder) }
    }
  }

  /// Adds what an event in ECS has.
  func add(ecs event: JSONNode, to builder: EventBatchBuilder) {
    if let document = Self.original(of: event) {
      add(document.root, to: builder)
      return withExtendedLifetime(document) {}
    }
    for one in wanted {
      guard !one.name.isEmpty else {
        // What Elasticsearch keeps beside an event is nothing that the event says.
        event.forEachMember { name, value in
          guard !name.elementsEqual("_id".utf8), !name.elementsEqual("_index".utf8) else { return }
          Self.forEachLeaf(of: value) { Self.append($0, one.column, builder) }
        }
        continue
      }
      var isFound = false
      Self.forEachValue(of: event, at: one.name[...]) { value in
        isFound = true
        Self.append(value, one.column, builder)
      }
      guard !isFound, let ecs = one.ecs else { continue }
      Self.forEachValue(of: event, at: ecs[...]) { Self.append($0, one.column, builder) }
      // The text that the schema keeps of a whole object.
      if let text = Self.texts[one.name] {
        Self.forEachValue(of: event, at: text[...]) { Self.append($0, one.column, builder) }
      }
    }
  }

  private static let texts: [[UInt8]: [UInt8]] = [
    Array("requestParameters".utf8): Array(EventField.requestParameters.path.utf8),
    Array("responseElements".utf8): Array(EventField.responseElements.path.utf8),
    Array("additionalEventData".utf8): Array(EventField.additionalEventData.path.utf8),
    Array("serviceEventDetails".utf8): Array(EventField.serviceEventDetails.path.utf8),
  ]

  /// The record that an event kept.
  private static func original(of event: JSONNode) -> JSONDocument? {
    var text: String?
    forEachValue(of: event, at: Array("event.original".utf8)[...]) { if text == nil { text = $0.string } }
    guard let text, text.utf8.first == UInt8(ascii: "{"), let document = try? JSONDocument(Array(text.utf8)[...]),
      document.root.isObject
    else { return nil }
    return document
  }

  /// Visits the values at a path: under a key that is the whole of it, else by way of objects, and of every element of lists.
  private static func forEachValue(of node: JSONNode, at path: ArraySlice<UInt8>, _ body: (JSONNode) -> Void) {
    if node.isArray {
      node.forEachElement { forEachValue(of: $0, at: path, body) }
      return
    }
    guard !path.isEmpty else {
      if !node.isNull { body(node) }
      return
    }
    guard node.isObject else { return }
    var whole: JSONNode?
    var parts: [(length: Int, node: JSONNode)] = []
    node.forEachMember { key, value in
      let length = key.count
      guard length <= path.count, path.starts(with: key) else { return }
      if length == path.count {
        whole = value
      } else if path[path.startIndex + length] == UInt8(ascii: ".") {
        // Of a key that comes again the last one counts.
        if let place = parts.firstIndex(where: { $0.length == length }) {
          parts[place].node = value
        } else {
          parts.append((length, value))
        }
      }
    }
    if let whole { return forEachValue(of: whole, at: [], body) }
    for part in parts { forEachValue(of: part.node, at: path.dropFirst(part.length + 1), body) }
  }

  private static func forEachLeaf(of node: JSONNode, _ body: (JSONNode) -> Void) {
    if node.isObject {
      node.forEachMember { _, value in forEachLeaf(of: value, body) }
    } else if node.isArray {
      node.forEachElement { forEachLeaf(of: $0, body) }
    } else if !node.isNull {
      body(node)
    }
  }

  private static func append(_ node: JSONNode, _ column: Int, _ builder: EventBatchBuilder) {
    guard node.isObject else {
      node.withScalar { builder.append($0, column: column) }
      return
    }
    var text: [UInt8] = []
    JSONText.appendCompact(node, to: &text)
    text.withUnsafeBufferPointer { builder.append(Scalar(.string, $0), column: column) }
    forEachLeaf(of: node) { leaf in leaf.withScalar { builder.append($0, column: column) } }
  }
}
