import Events
import JSON

/// Events as lines of a table with columns of fixed width, so that they can be printed as they are found.
public struct EventTable {
  private let table: TextTable

  /// - Parameter width: columns that there are; without it nothing is cut.
  public init(width: Int?, usesColour: Bool) {
    let most = [24, 34, 40, 8, 12, 14, 26, 36]
    let sample = most.map { String(repeating: "x", count: $0) }
    table = TextTable(
      [
        .init("TIME"), .init("ACTION", yields: 2, least: 16), .init("WHO", yields: 3, least: 16),
        .init("OUTCOME"), .init("ACCOUNT"), .init("REGION"), .init("FROM"), .init("ID"),
      ], sample: [sample], width: width, usesColour: usesColour)
  }

  public var header: String { table.header }

  /// The line of an event; what failed stands out.
  func row(_ event: JSONNode, time: Timestamp?) -> String {
    harvest.read(event)
    let outcome = harvest.first("event.outcome") ?? "-"
    return table.row(
      [
        time?.iso8601 ?? "-", harvest.first("event.action") ?? "-", ShortPrincipal.text { harvest.first($0) } ?? "-",
        outcome,
        harvest.first("cloud.account.id") ?? "-", harvest.first("cloud.region") ?? "-",
        harvest.first("source.address") ?? harvest.first("source.ip") ?? "-", harvest.first("event.id") ?? "-",
      ], colours: outcome == "failure" ? [1: "1", 3: "31"] : [1: "1"])
  }

  private let harvest = FieldHarvest(
    ["event.outcome", "event.action", "event.id", "cloud.region", "source.address", "source.ip"]
      + ShortPrincipal.fields)
}
