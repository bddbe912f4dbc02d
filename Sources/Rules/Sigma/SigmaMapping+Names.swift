import Query

/// Names of log sources whose pipelines part one value, or put it in a place by its number.
extension SigmaMapping {
  // MARK: Okta

  /// What Okta says of a sign-in against what it knows of the user: a text of names and verdicts, which the pipeline parts by the
  /// names, whether it keeps debug data flattened or not. Names that Okta gives as of 2024; an operator may add others.
  private static let behaviors = [
    "New City", "New Country", "New Device", "New Geo-Location", "New IP", "New State", "Velocity",
  ]

  private static func behaviors(_ object: String, whole: String) -> SigmaTargets {
    let (flat, plain) = ("okta.debug_context.debug_data.flattened.", "okta.debug_context.debug_data.")
    let names = behaviors.flatMap { name in
      let key = name.replacing(" ", with: "_").replacing("-", with: "_")
      return ["\(flat)\(object).\(name)", "\(plain)\(object).\(key)"]
    }
    return SigmaTargets(([flat + whole, plain + whole] + names).map { .field($0) })
  }

  static let okta: [String: SigmaTargets] = [
    "eventtype": "okta.event_type", "eventType": "okta.event_type", "displaymessage": "okta.display_message",
    "displayMessage": "okta.display_message", "outcome.reason": "okta.outcome.reason",
    "outcome.result": "okta.outcome.result", "client.ip": "client.ip", "actor.alternateid": "okta.actor.alternate_id",
    "actor.alternateId": "okta.actor.alternate_id", "actor.displayName": "okta.actor.display_name",
    "actor.id": "okta.actor.id", "actor.type": "okta.actor.type", "target.id": "okta.target.id",
    "target.type": "okta.target.type", "target.alternateId": "okta.target.alternate_id",
    "target.alternateid": "okta.target.alternate_id", "target.displayName": "okta.target.display_name",
    "target.displayname": "okta.target.display_name", "securitycontext.isproxy": "okta.security_context.is_proxy",
    "securityContext.isProxy": "okta.security_context.is_proxy", "severity": "okta.severity",
    "debugContext.debugData.behaviors": behaviors("behaviors", whole: "behaviors"),
    "debugcontext.debugdata.behaviors": behaviors("behaviors", whole: "behaviors"),
    "debugContext.debugData.logOnlySecurityData": behaviors(
      "logOnlySecurityData.behaviors", whole: "logOnlySecurityData"),
  ]

  // MARK: Azure

  /// What was acted on, as numbered objects: the first three, and of each the first five properties that changed.
  static let auditTargets = SigmaTargets(
    (0..<3).flatMap { number -> [SigmaTargets.Target] in
      let target = "azure.auditlogs.properties.target_resources.\(number)"
      let own = ["id", "display_name", "type", "user_principal_name"].map { "\(target).\($0)" }
      let changed = (0..<5).flatMap { property in
        ["display_name", "new_value", "old_value"].map { "\(target).modified_properties.\(property).\($0)" }
      }
      return (own + changed).map { .field($0) }
    })

  // MARK: Linux

  /// The keys of the kernel's audit records, of which the pipeline renames some; arguments of a program are one list there. A
  /// record's type becomes the action, in lower case, where the pipeline knows no better one.
  static let auditd: [String: SigmaTargets] = {
    var names: [String: SigmaTargets] = [
      "type": ["auditd.log.record_type", "event.action"], "exe": "process.executable", "comm": "process.name",
      "pid": "process.pid", "ppid": "process.parent.pid", "cwd": "process.working_directory", "cmd": "process.args",
      "exit": "process.exit_code", "acct": "user.name", "uid": "user.id", "gid": "user.group.id",
      "auid": "user.audit.id", "euid": "user.effective.id", "egid": "user.effective.group.id",
      "terminal": "user.terminal", "addr": "source.address",
    ]
    for number in 0..<10 { names["a\(number)"] = [.field("auditd.log.a\(number)"), "process.args"] }
    return names
  }()
}
