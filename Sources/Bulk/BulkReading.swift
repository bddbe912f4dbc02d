import Foundation
import Intake
import JSON

/// A bulk request that was read: its items, and the documents that are to be stored.
public struct BulkReading: Sendable {
  public private(set) var items: [BulkItem] = []
  public private(set) var documents = IngestionDocuments()
  /// Those that are not among the documents, by cause.
  public private(set) var refused: [RefusedDocuments] = []

  private let limits: BulkLimits
  private let makeID: @Sendable () -> String

  /// - Parameter makeID: gives an id to a document that has none.
  private init(_ limits: BulkLimits, makeID: @escaping @Sendable () -> String) {
    self.limits = limits
    self.makeID = makeID
  }

  /// Reads the body of `_bulk`. Throws `BulkFault` where the request as a whole cannot be meant, and `CancellationError`.
  ///
  /// What is wrong with one document is in its item. A line between two actions may be empty.
  ///
  /// - Parameters:
  ///   - index: of the path; an action's own goes before it.
  ///   - pipeline: of the query.
  public static func bulk(
    _ body: [UInt8], index: String?, pipeline: String?, limits: BulkLimits = BulkLimits(), fields: FieldLimits,
    makeID: @escaping @Sendable () -> String
  ) throws -> BulkReading {
    var reading = BulkReading(limits, makeID: makeID)
    guard body.last.map({ $0 == 0x0A }) ?? true else {
      throw BulkFault(
        status: 400, type: "illegal_argument_exception",
        reason: "The bulk request must be terminated by a newline [\\n]")
    }
    var lines = Lines(body)
    while let line = lines.next() {
      if lines.number % 1024 <= 1 { try Task.checkCancellation() }
      if line.isEmpty { continue }
      var action = try BulkAction(line, number: lines.number, limits: limits)
      action.index = action.index ?? index
      action.pipeline = action.pipeline ?? pipeline
      guard reading.items.count < limits.mostActions else {
        throw BulkFault(
          status: 413, type: "content_too_long_exception", reason: "there are more than \(limits.mostActions) actions")
      }
      guard action.index != nil else {
        throw BulkFault(
          status: 400, type: "action_request_validation_exception",
          reason: "Validation Failed: \(reading.items.count + 1): index is missing;")
      }
      guard action.kind != .delete else {
        reading.add(action, nil, fields)
        continue
      }
      guard let document = lines.next() else {
        throw BulkFault(
          status: 400, type: "illegal_argument_exception",
          reason: "the action of line [\(lines.number)] has no document")
      }
      reading.add(action, document, fields)
    }
    guard !reading.items.isEmpty else {
      throw BulkFault(
        status: 400, type: "action_request_validation_exception", reason: "Validation Failed: 1: no requests added;")
    }
    return reading
  }

  /// Reads the body of `_doc` and `_create`: one document.
  public static func document(
    _ body: [UInt8], _ action: BulkAction, limits: BulkLimits = BulkLimits(), fields: FieldLimits,
    makeID: @escaping @Sendable () -> String
  ) -> BulkReading {
    var reading = BulkReading(limits, makeID: makeID)
    reading.add(action, body[...], fields)
    return reading
  }

  private mutating func add(_ action: BulkAction, _ document: ArraySlice<UInt8>?, _ fields: FieldLimits) {
    var item = BulkItem(
      kind: action.kind, index: action.index ?? "", id: action.id, state: .document(documents.count))
    do throws(Refusal) {
      try check(action)
      guard let document, action.kind == .index || action.kind == .create else {
        throw Refusal(
          "action", 400, "illegal_argument_exception",
          "[\(action.kind.rawValue)] is not supported: events are stored once and not changed")
      }
      try add(document, &item, fields)
    } catch {
      item.state = .refused(status: error.status, type: error.type, reason: error.reason)
      refused.add(RefusedDocuments(error.cause, reason: error.reason))
    }
    items.append(item)
  }

  /// Whether a document may name a pipeline: what Elastic's own make of CloudTrail is made here of every record, and no others exist.
  public static func isKnown(pipeline: String) -> Bool { pipeline.lowercased().contains("cloudtrail") }

  /// Why a document is not handed over.
  struct Refusal: Error {
    /// As it is counted.
    var cause: String
    var status: Int
    var type: String
    var reason: String

    init(_ cause: String, _ status: Int, _ type: String, _ reason: String) {
      self.cause = cause
      self.status = status
      self.type = type
      self.reason = reason
    }
  }

  private func check(_ action: BulkAction) throws(Refusal) {
    let index = action.index ?? ""
    if let fault = IndexName.fault(of: index, longest: limits.longestIndex) {
      throw Refusal(
        IndexName.isReserved(index) ? "reserved data stream" : "index name", 400, "invalid_index_name_exception",
        "Invalid index name [\(index.prefix(300))], \(fault)")
    }
    if let id = action.id {
      guard !id.isEmpty else {
        throw Refusal("id", 400, "illegal_argument_exception", "if _id is specified it must not be empty")
      }
      guard id.utf8.count <= limits.longestID else {
        throw Refusal(
          "id", 400, "illegal_argument_exception",
          "id [\(id.prefix(80))] is too long, must be no longer than \(limits.longestID) bytes but was: \(id.utf8.count)"
        )
      }
    }
    // `_none` is Elasticsearch's word for no pipeline, whatever else names one.
    if let pipeline = action.pipeline, pipeline != "_none", !Self.isKnown(pipeline: pipeline) {
      throw Refusal(
        "pipeline", 400, "illegal_argument_exception", "pipeline with id [\(pipeline.prefix(200))] does not exist")
    }
  }

  private mutating func add(
    _ bytes: ArraySlice<UInt8>, _ item: inout BulkItem, _ fields: FieldLimits
  ) throws(Refusal) {
    guard bytes.count <= limits.longestDocument else {
      throw Refusal(
        "length", 413, "illegal_argument_exception",
        "the document has \(bytes.count) bytes, more than \(limits.longestDocument)")
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(bytes)
    } catch {
      throw Refusal("broken JSON", 400, "document_parsing_exception", "failed to parse: \(error)")
    }
    guard document.root.isObject else {
      throw Refusal("not an object", 400, "document_parsing_exception", "failed to parse: a document must be an object")
    }
    let form = DocumentForm(document.root)
    switch form {
    case .record(let id):
      item.id = item.id ?? id ?? makeID()
      documents.add(bytes)
    case .message(let record, let id):
      item.id = item.id ?? id ?? makeID()
      documents.add(record)
    case .ecs(let id):
      try fields.check(document.root, index: item.index)
      let own = item.id ?? id ?? makeID()
      item.id = own
      var text = Array(#"{"_index":"#.utf8)
      text += JSONValue.string(item.index).text.utf8
      text += #","_id":"#.utf8
      text += JSONValue.string(own).text.utf8
      text += #","_source":"#.utf8
      text += bytes
      text.append(UInt8(ascii: "}"))
      documents.add(text)
    }
    item.state = .document(documents.count - 1)
  }

  /// The lines of a body, without their ends.
  private struct Lines {
    let bytes: [UInt8]
    var place = 0
    var number = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
      guard place < bytes.count else { return nil }
      let end =
        bytes.withUnsafeBytes { text in
          memchr(text.baseAddress! + place, 0x0A, text.count - place).map {
            $0 - UnsafeMutableRawPointer(mutating: text.baseAddress!)
          }
        } ?? bytes.count
      var line = bytes[place..<end]
      if line.last == 0x0D { line.removeLast() }
      place = end + 1
      number += 1
      return line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) ? [] : line
    }
  }
}
