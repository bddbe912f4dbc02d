import Detection
import Events
import JSON

/// Events as lines of a table with columns of fixed width, so that they can be printed as they are found.
public struct EventTable {
  private let table: TextTable

  public init(width: Int, usesColour: Bool) {
    let most = [24, 18, 34, 30, 40, 26, 8]
    let sample = most.map { String(repeating: "x", count: $0) }
    table = TextTable(
      [
        .init("TIME"), .init("REGION", yields: 2), .init("ACTION", yields: 3), .init("PROVIDER", yields: 4),
        .init("WHO", yields: 6), .init("FROM", yields: 5), .init("OUTCOME", yields: 1),
      ], sample: [sample], width: width, usesColour: usesColour)
  }

  public var header: String { table.header }

  /// The line of an event; what failed stands out.
  func row(_ event: JSONNode, time: Timestamp) -> String {
    let fields = EventFields(event)
    let who =
      fields.first("user.name") ?? fields.first("aws.cloudtrail.user_identity.arn")
      ?? fields.first("aws.cloudtrail.user_identity.invoked_by") ?? fields.first("aws.cloudtrail.user_identity.type")
    let outcome = fields.first("event.outcome") ?? "-"
    return table.row(
      [
        time.iso8601, fields.first("cloud.region") ?? "-", fields.first("event.action") ?? "-",
        fields.first("event.provider") ?? "-", who ?? "-", fields.first("source.address") ?? "-", outcome,
      ], colours: outcome == "failure" ? [2: "1", 6: "31"] : [2: "1"])
  }
}
