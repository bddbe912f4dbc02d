import JSON
import Outputs

/// An alert that was written before, with its fields wherever they stand.
///
/// Fields may be nested, dotted, or both, as in a hunt's NDJSON; what Elasticsearch returns (a hit with `_source`, or with
/// `fields`) is taken too. Numbers beyond a `Double` are kept as their text.
public struct AlertDocument: Sendable {
  /// The alert's own members, out of any envelope.
  public let root: JSONValue
  /// The same as compact JSON on one line, members in the order in which they were read.
  public let json: [UInt8]
  /// What tells the alert's rule from others of its name.
  var labels = RuleLabels()

  /// The alert with what tells its rule from others of its name.
  public func labelled(_ labels: RuleLabels) -> AlertDocument {
    var copy = self
    copy.labels = labels
    return copy
  }

  /// Reads an alert from JSON text; throws `AlertDocumentError`.
  public init(json text: ArraySlice<UInt8>) throws(AlertDocumentError) {
    let document: JSONDocument
    do {
      document = try JSONDocument(text)
    } catch {
      throw .notJSON(error)
    }
    try self.init(document.root)
  }

  /// Takes an alert that this program has just written: it is not checked again, so that an event that was just within the
  /// bounds of input is not beyond them as an alert. Throws `AlertDocumentError`.
  public init(written text: [UInt8]) throws(AlertDocumentError) {
    var padded = text
    padded.append(contentsOf: repeatElement(0, count: 64))
    self = try padded.withUnsafeBufferPointer { bytes throws(AlertDocumentError) in
      let indexer = StructuralIndexer()
      let index: StructuralIndex
      do throws(JSONFault) {
        index = try indexer.index(UnsafeBufferPointer(rebasing: bytes[..<text.count]))
      } catch {
        throw .notJSON(JSONTextError(fault: error, offset: nil))
      }
      return try withExtendedLifetime(indexer) { () throws(AlertDocumentError) in
        try AlertDocument(JSONNode(index, token: 0))
      }
    }
  }

  /// Reads an alert from a value in checked text; throws `AlertDocumentError.notAnAlert` when there is none in it.
  init(_ node: JSONNode) throws(AlertDocumentError) {
    let inner = Self.withoutEnvelope(node)
    guard inner.tokenCount <= JSONLimits.tokens else { throw .notJSON(JSONTextError(fault: .tooMany, offset: nil)) }
    let root = JSONValue(inner)
    guard case .object = root else { throw .notAnAlert }
    var json: [UInt8] = []
    JSONText.appendCompact(inner, to: &json)
    self.root = root
    self.json = json
    guard has("kibana.alert.uuid") || has("kibana.alert.rule.name") || has("kibana.alert.rule.rule_id") else {
      throw .notAnAlert
    }
  }

  /// The document inside a hit of Elasticsearch; the value itself when it is no hit.
  private static func withoutEnvelope(_ node: JSONNode) -> JSONNode {
    if let source = node.member("_source"), source.isObject { return source }
    if node.member("_index") != nil, let fields = node.member("fields"), fields.isObject { return fields }
    return node
  }
}
