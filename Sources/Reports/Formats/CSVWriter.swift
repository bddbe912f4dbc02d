import Outputs

/// Alerts as comma-separated values by RFC 4180: a header, a row an alert, CRLF at the end of each, UTF-8 without a mark.
///
/// Several values of a field stand in one cell, parted by `; `; `CSVText` makes cells safe.
enum CSVWriter {
  /// The columns in their order; the names are documented and do not change.
  static let columns: [(name: String, values: @Sendable (AlertDocument) -> [String])] = [
    ("alert_id", { [$0.id] }),
    ("event_time", { $0.eventTime.map { [$0] } ?? [] }),
    ("found_at", { $0.tick.map { [$0] } ?? [] }),
    ("severity", { [$0.severity.rawValue] }),
    ("risk_score", { $0.riskScore.map { [$0] } ?? [] }),
    ("rule", { [$0.ruleName] }),
    ("rule_id", { [$0.ruleID] }),
    ("tactics", { $0.threats.map { "\($0.tacticID) \($0.tactic)" } }),
    ("techniques", { unique($0.threats.flatMap(\.techniques).map { "\($0.id) \($0.name)" }) }),
    ("action", { alert in alert.action.map { [$0] } ?? alert.told(\.actions) }),
    ("provider", { $0.values("event.provider") }),
    ("outcome", { $0.values("event.outcome") }),
    ("error_code", { $0.values("aws.cloudtrail.error_code") }),
    ("user_name", { alert in alert.has("user.name") ? alert.values("user.name") : alert.told(\.users) }),
    ("user_arn", { $0.values("aws.cloudtrail.user_identity.arn") }),
    ("user_type", { $0.values("aws.cloudtrail.user_identity.type") }),
    ("user_id", { $0.values("user.id") }),
    ("access_key_id", { $0.values("aws.cloudtrail.user_identity.access_key_id") }),
    ("account", { $0.values("cloud.account.id") }),
    ("region", { $0.values("cloud.region") }),
    ("source", { alert in alert.origin.map { [$0] } ?? alert.told(\.origins) }),
    ("source_country", { $0.values("source.geo.country_name") }),
    ("source_network", { $0.values("source.as.organization.name") }),
    ("user_agent", { $0.values("user_agent.original") }),
    ("target_user", { $0.values("user.target.name") }),
    (
      "target",
      { alert in
        let targets = alert.values("target.entity.id")
        return targets.isEmpty ? alert.values("entity.target.id") : targets
      }
    ),
    ("new_terms", { $0.newTerms }),
    (
      "policy_changes",
      { alert in
        PolicyChange.all(in: alert).flatMap { policy in
          policy.difference.map { sign, line in
            // A sign alone would look like a formula at the front.
            "\(sign == "+" ? "added" : "removed") \(line.what): \(line.text)"
          }
        }
      }
    ),
    ("policy_flags", { PolicyChange.all(in: $0).flatMap(\.flags).map(\.id) }),
    ("related_alerts", { AlertContext($0).map { [String($0.alerts.count + $0.otherAlerts)] } ?? [] }),
    ("event_id", { $0.values("event.id") }),
    ("reason", { $0.reason.map { [$0] } ?? [] }),
    ("who", { $0.who.map { [$0] } ?? [] }),
  ]

  private static func unique(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
  }

  static var header: [UInt8] { CSVText.line(columns.map(\.name)) }

  static func row(_ alert: AlertDocument) -> [UInt8] {
    CSVText.line(columns.map { cell($0.values(alert).joined(separator: "; ")) })
  }

  /// What a cell shows for a value, before it is quoted.
  static func cell(_ value: String) -> String { CSVText.cell(value) }
}
