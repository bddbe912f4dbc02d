import Detection
import Rules

/// Alerts as a table for a person at a terminal.
public struct AlertTable {
  private static let columns: [TextTable.ColumnStyle] = [
    .init("SEVERITY"), .init("EVENT TIME"), .init("RULE", limit: 60, yields: 2), .init("WHO", limit: 48, yields: 3),
    .init("WHAT", limit: 40, yields: 1), .init("NEW TERMS", limit: 80, yields: 5), .init("FROM", limit: 39, yields: 4),
  ]

  private let table: TextTable

  /// Lays the table out for alerts, of which the first few hundred suffice.
  public init(sample: [Alert], width: Int = Terminal.width, usesColour: Bool) {
    table = TextTable(Self.columns, sample: sample.map(Self.cells), width: width, usesColour: usesColour)
  }

  public var header: String { table.header }

  public func row(_ alert: Alert) -> String {
    table.row(Self.cells(alert), colours: [0: Self.colour(alert.severity)])
  }

  private static func cells(_ alert: Alert) -> [String] {
    [
      alert.severity.rawValue, alert.eventTime.iso8601, alert.ruleName, alert.actor ?? "-", alert.action ?? "-",
      alert.newTerms.isEmpty ? "-" : alert.newTerms.map(\.text).joined(separator: " · "), alert.origin ?? "-",
    ].map(Terminal.safe)
  }

  /// SGR codes: the graver, the warmer.
  public static func colour(_ severity: Severity) -> String {
    switch severity {
    case .low: "36"
    case .medium: "33"
    case .high: "31"
    case .critical: "1;37;41"
    }
  }
}
