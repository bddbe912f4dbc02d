import TestSupport
import Testing

/// Hits of EQL as rows of fields.
struct EQLListTests {
  private static func record(_ number: Int, _ action: String, _ minute: Int, _ user: String) -> String {
    """
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000000\(number)","eventTime":"2026-01-05T10:0\(minute):00Z",\
    "eventName":"\(action)","eventSource":"iam.amazonaws.com","userIdentity":{"type":"IAMUser","userName":"\(user)"},\
    "recipientAccountId":"111111111111"}
    """
  }

  @Test("A row is an event, a hit has a row for each of its events, and a missing one an empty row")
  func rows() throws {
    let scratch = try Scratch()
    let events = try scratch.write(
      "{\"Records\":["
        + [
          Self.record(1, "CreateUser", 0, "kim"), Self.record(2, "CreateAccessKey", 1, "kim"),
          Self.record(3, "CreateUser", 2, "ada"), Self.record(4, "CreateAccessKey", 3, "ada"),
        ].joined(separator: ",") + "]}", "events.json")
    func search(_ query: String, _ options: String...) throws -> Binary {
      try Binary(["search", "--language", "eql", query, events] + options)
    }
    let sequence = """
      sequence by user.name with maxspan=10m [any where event.action == "CreateUser"]
        [any where event.action == "CreateAccessKey"] ![any where event.action == "DeleteUser"]
      """
    let csv = try search(sequence, "--format", "csv", "--fields", "event.action,event.id")
    #expect(
      csv.output.split(whereSeparator: \.isNewline).map(String.init) == [
        "hit,event,user.name,event.action,event.id",
        "1,1,kim,CreateUser,00000000-0000-0000-0000-000000000001",
        "1,2,kim,CreateAccessKey,00000000-0000-0000-0000-000000000002", "1,3,kim,,",
        "2,1,ada,CreateUser,00000000-0000-0000-0000-000000000003",
        "2,2,ada,CreateAccessKey,00000000-0000-0000-0000-000000000004", "2,3,ada,,",
      ], "\(csv.output) \(csv.errors)")
    let table = try search("any where event.action == \"CreateUser\"", "--format", "table")
    #expect(table.lines.first?.hasPrefix("@TIMESTAMP") == true && table.lines.count == 3, "\(table.output)")
    let refused = try search(sequence, "--format", "ndjson", "--fields", "event.id")
    #expect(refused.status == 64 && refused.errors.contains("--fields is for --format table"), "\(refused.errors)")
  }
}
