import Bulk
import Intake
import JSON

/// Reads a body as a bulk request, and as one document, and answers it.
enum BulkTarget {
  static func run(_ bytes: [UInt8]) {
    let fields = FieldLimits(mostFields: 100, mostIndices: 5)
    let makeID: @Sendable () -> String = { "id" }
    if let reading = try? BulkReading.bulk(bytes, index: "logs-a", pipeline: nil, fields: fields, makeID: makeID) {
      look(reading)
    }
    let action = BulkAction(kind: .index, index: "logs-a", id: nil, pipeline: nil)
    let one = BulkReading.document(bytes, action, fields: fields, makeID: makeID)
    look(one)
    let (status, text) = BulkReply.document(one.items[0], outcomes(one))
    precondition((200..<600).contains(status) && (try? JSONValue(parsing: text)) != nil)
  }

  private static func outcomes(_ reading: BulkReading) -> [DocumentOutcome] {
    (0..<reading.documents.count).map {
      [.stored, .duplicate, .rejected("it is \"no\" event\n"), .storedInPart("1 \"of\" them")][$0 % 4]
    }
  }

  private static func look(_ reading: BulkReading) {
    for item in reading.items {
      if case .document(let place) = item.state { precondition((0..<reading.documents.count).contains(place)) }
    }
    let reply = BulkReply.bulk(reading.items, outcomes(reading), took: 1)
    let items = (try? JSONValue(parsing: reply))?["items"]?.arrayValue
    precondition(items?.count == reading.items.count, "an answer for each action")
    // Member by member it comes to the same.
    let byMembers = BulkReply.bulk(reading.items, outcomes(reading), took: 1, filter: FilterPath("*"))
    precondition(byMembers == reply, "an answer in which everything is wanted is the whole answer")
  }
}
