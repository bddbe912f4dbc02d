import Events
import JSON
import Query

/// Copies an event into an alert without what its fields cannot hold: a value of another type than the field of the Elastic
/// Common Schema has, empty lists and objects, and what belongs to alerts alone.
struct SourceCleaner {
  private let catalog: FieldCatalog

  private var keepsEmptyLists = false

  init(_ catalog: FieldCatalog) { self.catalog = catalog }

  /// For what several events have in common, where an empty list says that they have different values.
  var keepingEmptyLists: SourceCleaner {
    var cleaner = self
    cleaner.keepsEmptyLists = true
    return cleaner
  }

  private static let ownRoots: Set<String> = ["kibana", "signal", "threshold_result", "martlet"]
  private static let own: Set<String> = ["@timestamp", "event.kind", "_id", "_index", "_version"]

  /// Appends the members that stay, each with a comma before it.
  func append(_ event: JSONNode, to json: inout [UInt8]) {
    event.forEachMember { key, value in
      var bytes: [UInt8] = []
      JSONString.appendUnescaped(key, to: &bytes)
      let name = String(decoding: bytes, as: UTF8.self)
      let root = name.prefix { $0 != "." }
      guard !Self.ownRoots.contains(String(root)), !Self.own.contains(name) else { return }
      let start = json.count
      json.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: "\"")])
      json.append(contentsOf: key)
      json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      if !appendValue(value, name, to: &json) { json.removeSubrange(start...) }
    }
  }

  /// What stays of a value; nil when nothing does.
  func cleaned(_ value: JSONNode, _ path: String) -> [UInt8]? {
    var json: [UInt8] = []
    return appendValue(value, path, to: &json) ? json : nil
  }

  /// Appends what stays of a value; false when nothing does.
  private func appendValue(_ node: JSONNode, _ path: String, to json: inout [UInt8]) -> Bool {
    if node.isNull { return false }
    let field = catalog.resolve(path)
    // The alerts of Elastic have no types for the fields of integrations.
    let isKnown = field.isKnown && !field.isOfIntegration
    // Below these fields there are no types of their own.
    let isOpaque = isKnown && field.flattenedRoot != nil
    if node.isArray {
      let start = json.count
      var isEmpty = true
      json.append(UInt8(ascii: "["))
      node.forEachElement { element in
        let before = json.count
        if !isEmpty { json.append(UInt8(ascii: ",")) }
        if appendValue(element, path, to: &json) { isEmpty = false } else { json.removeSubrange(before...) }
      }
      json.append(UInt8(ascii: "]"))
      if isEmpty, !keepsEmptyLists { json.removeSubrange(start...) }
      return !isEmpty || keepsEmptyLists
    }
    if node.isObject {
      guard isOpaque || !isKnown || field.type.holdsObjects else { return false }
      let start = json.count
      var isEmpty = true
      json.append(UInt8(ascii: "{"))
      node.forEachMember { key, value in
        var bytes: [UInt8] = []
        JSONString.appendUnescaped(key, to: &bytes)
        let name = path + "." + String(decoding: bytes, as: UTF8.self)
        guard !Self.own.contains(name) else { return }
        let before = json.count
        if !isEmpty { json.append(UInt8(ascii: ",")) }
        json.append(UInt8(ascii: "\""))
        json.append(contentsOf: key)
        json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        let stays = isOpaque ? appendOpaque(value, to: &json) : appendValue(value, name, to: &json)
        if stays { isEmpty = false } else { json.removeSubrange(before...) }
      }
      json.append(UInt8(ascii: "}"))
      if isEmpty { json.removeSubrange(start...) }
      return !isEmpty
    }
    if isKnown, !isOpaque, !node.isHeld(by: field.type) { return false }
    json.append(contentsOf: node.sourceText)
    return true
  }

  private func appendOpaque(_ node: JSONNode, to json: inout [UInt8]) -> Bool {
    guard !node.isNull, !node.isEmptyContainer || keepsEmptyLists && node.isArray else { return false }
    json.append(contentsOf: node.sourceText)
    return true
  }
}

extension FieldType {
  fileprivate var holdsObjects: Bool {
    switch self {
    case .object, .nested, .flattened, .geoPoint: true
    default: false
    }
  }
}

extension JSONNode {
  fileprivate var isEmptyContainer: Bool {
    var isEmpty = isObject || isArray
    forEachMember { _, _ in isEmpty = false }
    forEachElement { _ in isEmpty = false }
    return isEmpty
  }

  /// Whether a field of a type can hold a plain value.
  fileprivate func isHeld(by type: FieldType) -> Bool {
    switch type {
    case .object, .nested: return false
    case .keyword, .wildcard, .constant, .version, .analyzed, .flattened, .geoPoint, .binary: return true
    case .boolean:
      return isBoolean || isString && ["true", "false", ""].contains(string ?? "-")
    default:
      var isHeld = false
      withPlainValue { isHeld = $0.isSearchable(as: type) }
      // As Kibana has it, a network may stand where an address would, though no search finds it as one.
      if !isHeld, type == .ip, let text = string { return IPAddress.range(cidr: text) != nil }
      return isHeld
    }
  }

  private func withPlainValue(_ body: (Scalar) -> Void) {
    guard isString else { return body(Scalar(isBoolean ? .boolean : .number, rawScalar)) }
    var bytes: [UInt8] = []
    JSONString.appendUnescaped(rawString, to: &bytes)
    bytes.withUnsafeBufferPointer { body(Scalar(.string, $0)) }
  }
}
