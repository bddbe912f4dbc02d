import Detection
import Events
import Query
import Rules

/// A rule of every type, each of which alerts on some of `ServedEvents`.
enum ServedRules {
  static func all() throws -> [Rule] {
    func rule(_ id: String, _ type: RuleType, _ query: String?, _ edit: (inout Rule) throws -> Void = { _ in }) throws
      -> Rule
    {
      var rule = Rule(ruleID: id, name: "Rule \(id)", type: type, severity: .medium, riskScore: 47)
      rule.query = query
      rule.index = ["logs-aws.cloudtrail-*"]
      try edit(&rule)
      return rule
    }
    let hourly = RuleSchedule(interval: try Interval("30m"), from: try DateMath("now-1h"))
    return [
      try rule("query", .query, "event.action: (UpdateAssumeRolePolicy or StopLogging)"),
      try rule("saved", .savedQuery, "event.action: ConsoleLogin"),
      try rule("ingestion", .query, "event.category: network and source.ip: 203.0.113.4") {
        $0.index = ["logs-net.*"]
        $0.timestampOverride = "event.ingested"
      },
      try rule(
        "document", .query, #"_id: ("00000000-0000-4000-8000-000000000007" or flow-260) and not _index: logs-ti*"#
      ) { $0.index = ["logs-*"] },
      try rule("terms", .newTerms, "event.action: CreateUser") {
        $0.newTerms = NewTermsParameters(
          fields: ["user.name", "source.ip"], historyWindowStart: try DateMath("now-7d"))
      },
      try rule("threshold", .threshold, "aws.cloudtrail.error_code: AccessDenied") {
        $0.threshold = ThresholdParameters(fields: ["user.name"], value: 3)
        $0.schedule = hourly
      },
      try rule("eql", .eql, #"any where event.action == "DeleteTrail" and user.name == "eve""#) { $0.language = .eql },
      try rule(
        "sequence", .eql,
        """
        sequence by user.name with maxspan=1h
          [any where event.action == "ConsoleLogin"] [any where event.action == "CreateUser"]
        """
      ) {
        $0.language = .eql
        $0.schedule = hourly
      },
      try rule(
        "esql", .esql,
        """
        FROM logs-aws.cloudtrail-* METADATA _id, _index, _version
        | WHERE event.action == "DeleteTrail" AND user.name == "ann" | EVAL Esql.who = TO_UPPER(user.name)
        """
      ) { $0.language = .esql },
      try rule(
        "groups", .esql,
        "FROM logs-aws.* | STATS Esql.calls = COUNT(*), Esql.last = MAX(@timestamp) BY user.name | WHERE Esql.calls >= 3"
      ) {
        $0.language = .esql
        $0.schedule = hourly
      },
      try rule("threat", .threatMatch, "*:*") {
        $0.index = ["logs-*", "-logs-ti_*"]
        $0.threatMatch = ThreatMatchParameters(
          index: ["logs-ti_*"], query: "*:*",
          mapping: [ThreatMapping(entries: [ThreatMappingEntry(field: "source.ip", value: "threat.indicator.ip")])])
      },
      try rule("alerts", .query, #"kibana.alert.rule.name: "Rule sequence""#) {
        $0.index = [".alerts-security.alerts-*"]
      },
    ] + RuleLoader.load(text: sigma, file: "rules.yml").rules.map(\.rule)
  }

  private static let sigma = """
    title: denied
    name: denied
    logsource: { product: aws, service: cloudtrail }
    detection:
      s: { errorCode: AccessDenied }
      condition: s
    ---
    title: Rule correlation
    correlation:
      type: event_count
      rules: denied
      group-by: [ userIdentity.arn ]
      timespan: 10m
      condition: { gte: 3 }
    """

  static func indicatorPlan(_ rules: [Rule]) -> IndicatorPlan {
    IndicatorPlan(rules, context: ServedEvents.context, catalog: .standard) { _ in [] }
  }

  static func plan(_ rules: [Rule], _ indicators: Indicators, keepsAll: Bool = false) -> HuntPlan {
    HuntPlan(rules, context: ServedEvents.context, catalog: .standard, keepsAll: keepsAll, indicators: indicators) {
      _ in
      []
    } query: {
      try RuleQuery.predicate($0, .standard)
    }
  }
}
