import Intake
import JSON

/// Writes answers to documents as Elasticsearch does: `took`, `errors`, `items`, in this order and without spaces, since Fluent Bit looks for
/// their text.
public enum BulkReply {
  /// The answer to a bulk request.
  ///
  /// - Parameters:
  ///   - outcomes: of the documents that were handed over.
  ///   - took: milliseconds.
  public static func bulk(
    _ items: [BulkItem], _ outcomes: [DocumentOutcome], took: Int, filter: FilterPath = FilterPath(nil)
  ) -> String {
    var hasErrors = false
    var texts: [UInt8] = []
    texts.reserveCapacity(items.count * 200)
    for item in items {
      let start = texts.count
      if start > 0 { texts.append(UInt8(ascii: ",")) }
      if filter.keepsAll, isStored(item, outcomes) {
        appendStored(item, to: &texts)
        continue
      }
      let answer = answer(item, outcomes)
      if answer.status >= 300 { hasErrors = true }
      let members = answer.members.filter { filter.keeps(["items", item.kind.rawValue, $0.name]) }
      if members.isEmpty {
        texts.removeLast(texts.count - start)
      } else {
        texts += #"{"\#(item.kind.rawValue)":\#(object(members))}"#.utf8
      }
    }
    var parts: [String] = []
    if filter.keeps(["took"]) { parts.append(#""took":\#(took)"#) }
    if filter.keeps(["errors"]) { parts.append(#""errors":\#(hasErrors)"#) }
    if !texts.isEmpty { parts.append(#""items":[\#(String(decoding: texts, as: UTF8.self))]"#) }
    return "{" + parts.joined(separator: ",") + "}"
  }

  private static func isStored(_ item: BulkItem, _ outcomes: [DocumentOutcome]) -> Bool {
    guard case .document(let place) = item.state, place < outcomes.count else { return false }
    return outcomes[place] == .stored
  }

  /// The answer to a document that was stored, as of most there are: without a text for each of its members.
  private static func appendStored(_ item: BulkItem, to text: inout [UInt8]) {
    text += #"{""#.utf8
    text += item.kind.rawValue.utf8
    text += #"":{"_index":"#.utf8
    JSONString.appendQuoted(item.index, to: &text)
    text += #","_id":"#.utf8
    if let id = item.id { JSONString.appendQuoted(id, to: &text) } else { text += "null".utf8 }
    text += storedEnd
  }

  private static let storedEnd = Array((stored.map { #","\#($0.name)":\#($0.text)"# }.joined() + "}}").utf8)

  /// The answer to a request with one document, and its status.
  public static func document(_ item: BulkItem, _ outcomes: [DocumentOutcome]) -> (status: Int, text: String) {
    let answer = answer(item, outcomes)
    if let error = answer.members.first(where: { $0.name == "error" }) {
      // The error and its cause are the same.
      let inner = String(error.text.dropFirst().dropLast())
      return (answer.status, #"{"error":{"root_cause":[{\#(inner)}],\#(inner)},"status":\#(answer.status)}"#)
    }
    return (answer.status, object(answer.members.filter { $0.name != "status" }))
  }

  private typealias Member = (name: String, text: String)

  private static func answer(_ item: BulkItem, _ outcomes: [DocumentOutcome]) -> (status: Int, members: [Member]) {
    func text(_ text: String) -> String { JSONValue.string(text).text }
    var members: [Member] = [("_index", text(item.index)), ("_id", item.id.map(text) ?? "null")]
    func failed(_ status: Int, _ type: String, _ reason: String, _ more: String = "") -> (Int, [Member]) {
      members.append(("status", "\(status)"))
      members.append(("error", #"{"type":\#(text(type)),"reason":\#(text(reason))\#(more)}"#))
      return (status, members)
    }
    switch item.state {
    case .refused(let status, let type, let reason): return failed(status, type, reason)
    case .document(let place):
      switch place < outcomes.count ? outcomes[place] : .rejected("it was not stored") {
      case .stored:
        return (201, members + stored)
      case .storedInPart(let reason):
        // No client knows it, and none fails by it: what is stored is stored.
        return (201, members + stored + [("martlet", #"{"not_stored":\#(text(reason))}"#)])
      case .duplicate:
        return failed(
          409, "version_conflict_engine_exception",
          "[\(item.id ?? "")]: version conflict, document already exists (current version [1])",
          #","index_uuid":"_na_","shard":"0","index":\#(text(item.index))"#)
      case .rejected(let reason): return failed(400, "document_parsing_exception", "failed to parse: \(reason)")
      }
    }
  }

  private static let stored: [Member] = [
    ("_version", "1"), ("result", #""created""#), ("_shards", #"{"total":1,"successful":1,"failed":0}"#),
    ("_seq_no", "0"), ("_primary_term", "1"), ("status", "201"),
  ]

  private static func object(_ members: [Member]) -> String {
    "{" + members.map { #""\#($0.name)":\#($0.text)"# }.joined(separator: ",") + "}"
  }
}
