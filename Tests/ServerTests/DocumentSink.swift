import Events
import Intake
import JSON
import Synchronization

/// A store of documents by their ids, in memory.
final class DocumentSink: IngestionSink {
  struct State {
    var documents: [String: JSONValue] = [:]
    var refusal: IngestionRefusal?
  }

  let state = Mutex(State())

  var count: Int { state.withLock { $0.documents.count } }

  func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt {
    guard case .bytes(let bytes) = content else { throw IngestionRefusal(.failed, "a file") }
    return try state.withLock { state in
      if let refusal = state.refusal { throw refusal }
      guard let value = try? JSONValue(parsing: bytes[...]) else {
        return IngestionReceipt(rejected: 1, problems: ["broken"])
      }
      let key: String
      if let id = value["_id"]?.stringValue {
        guard value["_source"]?["@timestamp"] != nil else {
          return IngestionReceipt(rejected: 1, problems: ["no readable time"])
        }
        key = "\(value["_index"]?.stringValue ?? "")/\(id)"
      } else {
        key = "record/\(value["eventID"]?.stringValue ?? "")"
      }
      if state.documents[key] != nil { return IngestionReceipt(duplicates: 1) }
      state.documents[key] = value
      return IngestionReceipt(stored: 1)
    }
  }

  func knows(_ object: SourceObject) async throws -> Bool { false }
}
