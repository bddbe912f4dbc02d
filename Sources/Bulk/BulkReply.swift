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
    var texts: [String] = []
    texts.reserveCapacity(items.count)
    for item in items {
      let answer = answer(item, outcomes)
      if answer.status >= 300 { hasErrors = true }
      let members = answer.members.filter { filter.keeps(["items", item.kind.rawValue, $0.name]) }
      if members.isEmpty { continue }
      texts.append(#"{"\#(item.kind.rawValue)":\#(object(members))}"#)
    }
    var parts: [String] = []
    if filter.keeps(["took"]) { parts.append(#""took":\#(took)"#) }
    if filter.keeps(["errors"]) { parts.append(#""errors":\#(hasErrors)"#) }
    if !texts.isEmpty { parts.append(#""items":[\#(texts.joined(separator: ","))]"#) }
    return "{" + parts.joined(separator: ",") + "}"
  }

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
        members += [
          ("_version", "1"), ("result", #""created""#), ("_shards", #"{"total":1,"successful":1,"failed":0}"#),
          ("_seq_no", "0"), ("_primary_term", "1"), ("status", "201"),
        ]
        return (201, members)
      case .duplicate:
        return failed(
          409, "version_conflict_engine_exception",
          "[\(item.id ?? "")]: version conflict, document already exists (current version [1])",
          #","index_uuid":"_na_","shard":"0","index":\#(text(item.index))"#)
      case .rejected(let reason): return failed(400, "document_parsing_exception", "failed to parse: \(reason)")
      }
    }
  }

  private static func object(_ members: [Member]) -> String {
    "{" + members.map { #""\#($0.name)":\#($0.text)"# }.joined(separator: ",") + "}"
  }
}
