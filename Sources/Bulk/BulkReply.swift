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
    var errors = ErrorTexts()
    var chosen = ChosenMembers(filter)
    for item in items {
      let start = texts.count
      if start > 0 { texts.append(UInt8(ascii: ",")) }
      if filter.keepsAll, isStored(item, outcomes) {
        appendStored(item, to: &texts)
        continue
      }
      if filter.keepsAll, let refusal = refusal(item, outcomes) {
        hasErrors = true
        appendRefused(item, errors.text(of: refusal), to: &texts)
        continue
      }
      let answer = answer(item, outcomes)
      if answer.status >= 300 { hasErrors = true }
      let members = answer.members.filter { chosen.has($0.name, of: item.kind) }
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
    appendBeginning(item, to: &text)
    text += storedEnd
  }

  /// Why a document is not stored and never will be.
  private struct Refusal: Equatable {
    var status: Int
    var type: String
    var reason: String

    /// Members of the answer.
    var members: [Member] {
      let error = #"{"type":\#(JSONValue.string(type).text),"reason":\#(JSONValue.string(reason).text)}"#
      return [("status", "\(status)"), ("error", error)]
    }
  }

  private static func refusal(_ item: BulkItem, _ outcomes: [DocumentOutcome]) -> Refusal? {
    switch item.state {
    case .refused(let status, let type, let reason): return Refusal(status: status, type: type, reason: reason)
    case .document(let place):
      switch place < outcomes.count ? outcomes[place] : .rejected("it was not stored") {
      case .rejected(let reason):
        return Refusal(status: 400, type: "document_parsing_exception", reason: "failed to parse: \(reason)")
      default: return nil
      }
    }
  }

  /// What is said of refusals: documents of a request are mostly refused for one reason, whose text is made once.
  private struct ErrorTexts {
    private var last: (refusal: Refusal, text: [UInt8])?

    mutating func text(of refusal: Refusal) -> [UInt8] {
      if let last, last.refusal == refusal { return last.text }
      let text = Array((refusal.members.map { #","\#($0.name)":\#($0.text)"# }.joined() + "}}").utf8)
      last = (refusal, text)
      return text
    }
  }

  /// Which members of items are wanted, which is the same for all items of a kind.
  private struct ChosenMembers {
    private let filter: FilterPath
    private var known: [BulkAction.Kind: [String: Bool]] = [:]

    init(_ filter: FilterPath) { self.filter = filter }

    mutating func has(_ name: String, of kind: BulkAction.Kind) -> Bool {
      if let isWanted = known[kind]?[name] { return isWanted }
      let isWanted = filter.keeps(["items", kind.rawValue, name])
      known[kind, default: [:]][name] = isWanted
      return isWanted
    }
  }

  private static func appendBeginning(_ item: BulkItem, to text: inout [UInt8]) {
    text += #"{""#.utf8
    text += item.kind.rawValue.utf8
    text += #"":{"_index":"#.utf8
    JSONString.appendQuoted(item.index, to: &text)
    text += #","_id":"#.utf8
    if let id = item.id { JSONString.appendQuoted(id, to: &text) } else { text += "null".utf8 }
  }

  private static func appendRefused(_ item: BulkItem, _ error: [UInt8], to text: inout [UInt8]) {
    appendBeginning(item, to: &text)
    text += error
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
    if let refusal = refusal(item, outcomes) { return (refusal.status, members + refusal.members) }
    if case .document(let place) = item.state, place < outcomes.count, outcomes[place] == .duplicate {
      let reason = "[\(item.id ?? "")]: version conflict, document already exists (current version [1])"
      let error =
        #"{"type":"version_conflict_engine_exception","reason":\#(text(reason))"#
        + #","index_uuid":"_na_","shard":"0","index":\#(text(item.index))}"#
      return (409, members + [("status", "409"), ("error", error)])
    }
    members += stored
    // No client knows it, and none fails by it: what is stored is stored.
    if case .document(let place) = item.state, place < outcomes.count, case .storedInPart(let reason) = outcomes[place]
    {
      members.append(("martlet", #"{"not_stored":\#(text(reason))}"#))
    }
    return (201, members)
  }

  private static let stored: [Member] = [
    ("_version", "1"), ("result", #""created""#), ("_shards", #"{"total":1,"successful":1,"failed":0}"#),
    ("_seq_no", "0"), ("_primary_term", "1"), ("status", "201"),
  ]

  private static func object(_ members: [Member]) -> String {
    "{" + members.map { #""\#($0.name)":\#($0.text)"# }.joined(separator: ",") + "}"
  }
}
