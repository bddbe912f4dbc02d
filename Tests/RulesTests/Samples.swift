/// Rule texts that several tests read.
enum Samples {
  /// A new terms rule with every field that its type and all types have.
  static let everyField = #"""
    # A comment before everything.
    [metadata]
    creation_date = "2024/05/01"
    integration = ["aws"]
    maturity = "production"
    min_stack_version = "8.13.0"
    updated_date = "2024/08/01"
    released = 2024-08-02

    [rule]
    author = ["Martlet", "Somebody"]
    building_block_type = "default"
    data_view_id = "security-solution-default"
    description = "A role's trust policy changed."
    enabled = true
    false_positives = ["Deployments."]
    from = "now-9m"
    index = ["filebeat-*", "logs-aws.cloudtrail-*", "-logs-test-*"]
    interval = "5m"
    language = "kuery"
    license = "Apache-2.0"
    max_signals = 50
    name = "Trust Policy Changed"
    note = """
    ## Triage

    Look at `user.name`.
    """
    references = ["https://example.org/a", "https://example.org/b"]
    risk_score = 21
    rule_id = "2f1b8c7e-5d3a-4a52-9c3e-0f6d5b7a8c91"
    rule_name_override = "event.action"
    saved_id = "saved-1"
    setup = "Turn CloudTrail on."
    severity = "low"
    tags = ["Domain: Cloud", "Use Case: Identity and Access Audit"]
    timeline_id = "t-1"
    timeline_title = "Cloud"
    timestamp_override = "event.ingested"
    timestamp_override_fallback_disabled = true
    to = "now-1s"
    type = "new_terms"
    version = 7
    query = '''
    event.dataset: "aws.cloudtrail"
        and event.provider: "iam.amazonaws.com"
        and not source.address: "cloudformation.amazonaws.com"
    '''

    [rule.investigation_fields]
    field_names = ["user.name", "source.ip"]

    [[rule.related_integrations]]
    package = "aws"
    version = "^2.0.0"
    integration = "cloudtrail"

    [[rule.required_fields]]
    name = "event.action"
    type = "keyword"
    ecs = true

    [[rule.severity_mapping]]
    field = "event.severity"
    operator = "equals"
    value = "99"
    severity = "critical"

    [[rule.risk_score_mapping]]
    field = "event.risk_score"
    operator = "equals"
    value = ""

    [[rule.threat]]
    framework = "MITRE ATT&CK"

    [[rule.threat.technique]]
    id = "T1078"
    name = "Valid Accounts"
    reference = "https://attack.mitre.org/techniques/T1078/"

    [[rule.threat.technique.subtechnique]]
    id = "T1078.004"
    name = "Cloud Accounts"
    reference = "https://attack.mitre.org/techniques/T1078/004/"

    [rule.threat.tactic]
    id = "TA0004"
    name = "Privilege Escalation"
    reference = "https://attack.mitre.org/tactics/TA0004/"

    [[rule.threat]]
    framework = "MITRE ATT&CK"

    [rule.threat.tactic]
    id = "TA0003"
    name = "Persistence"
    reference = "https://attack.mitre.org/tactics/TA0003/"

    [[rule.filters]]
    query = { exists = { field = "user.name" } }

    [rule.filters.meta]
    negate = false
    key = "user.name"

    [[rule.exceptions_list]]
    id = "e-1"
    list_id = "known-deployers"
    namespace_type = "agnostic"
    type = "detection"

    [rule.alert_suppression]
    group_by = ["user.name"]
    missing_fields_strategy = "doNotSuppress"
    duration = { value = 5, unit = "m" }

    [rule.new_terms]
    field = "new_terms_fields"
    value = ["aws.cloudtrail.user_identity.arn", "aws.cloudtrail.flattened.request_parameters.roleName"]

    [[rule.new_terms.history_window_start]]
    field = "history_window_start"
    value = "now-14d"

    [transform]
    [[transform.osquery]]
    label = "Osquery"

    """#

  /// The smallest rule that is right, with `more` at its end.
  static func small(_ more: String = "") -> String {
    """
    [rule]
    name = "Small"
    description = "A small rule."
    rule_id = "small"
    type = "query"
    severity = "low"
    risk_score = 21
    query = "event.action: x"
    from = "now-6m"
    \(more)
    """
  }

  /// A rule with a value in place of another, on the same line.
  static func small(_ key: String, _ value: String, more: String = "") -> String {
    small(more).split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasPrefix("\(key) =") ? "\(key) = \(value)" : String($0)
    }.joined(separator: "\n")
  }
}
