import Events
import JSON

extension SigmaMapping {
  /// Types that Elastic's integrations give the fields of the table that ships, where no schema here knows them; texts below
  /// `winlog.event_data.` are keywords throughout.
  ///
  /// Source: the fields of the data streams in github.com/elastic/integrations.
  private static let types: [(type: String, paths: [String])] = [
    ("text", powershellTexts + kubernetesTexts),
    ("keyword", keywords + auditTargets.names + okta.values.flatMap(\.names).filter(isPlainData)),
    (
      "boolean",
      [
        "kubernetes.audit.requestObject.spec.containers.securityContext.privileged",
        "kubernetes.audit.responseObject.spec.containers.securityContext.privileged",
        "gcp.audit.authorization_info.granted", "okta.security_context.is_proxy", "sysmon.file.archived",
        "sysmon.file.is_executable",
      ]
    ),
    ("integer", ["kubernetes.audit.responseStatus.code"]),
    ("long", ["azure.signinlogs.properties.status.error_code"]),
    (
      "flattened",
      ["okta.debug_context.debug_data.flattened", "azure.signinlogs.properties.network_location_details"]
    ),
    ("nested", ["gcp.audit.authorization_info"]),
    // The request's object is not `dynamic`: what its fields do not name is kept, and not indexed.
    ("binary", ["kubernetes.audit.requestObject.spec.containers.securityContext.capabilities.add"]),
  ]

  /// What Okta's pipeline parts where it does not keep debug data flattened.
  private static func isPlainData(_ name: String) -> Bool {
    name.hasPrefix("okta.debug_context.") && !name.hasPrefix("okta.debug_context.debug_data.flattened")
  }

  private static let powershellTexts = [
    "powershell.command.value", "powershell.command.invocation_details.value", "powershell.file.script_block_text",
  ]

  private static let kubernetesTexts = [
    "kubernetes.audit.requestObject.spec.volumes.hostPath.path", "kubernetes.audit.sourceIPs",
    "kubernetes.audit.user.groups",
  ]

  private static let keywords = [
    "azure.activitylogs.category", "azure.activitylogs.operation_name", "azure.auditlogs.operation_name",
    "azure.auditlogs.properties.activity_display_name", "azure.auditlogs.properties.category",
    "azure.auditlogs.properties.initiated_by.app.displayName",
    "azure.auditlogs.properties.initiated_by.user.userPrincipalName", "azure.auditlogs.properties.logged_by_service",
    "azure.auditlogs.properties.result", "azure.resource.provider", "azure.signinlogs.properties.app_display_name",
    "azure.signinlogs.properties.app_id", "azure.signinlogs.properties.authentication_requirement",
    "azure.signinlogs.properties.client_app_used", "azure.signinlogs.properties.conditional_access_status",
    "azure.signinlogs.properties.resource_display_name", "azure.signinlogs.properties.user_principal_name",
    "azure.signinlogs.result_description", "azure.identityprotection.properties.risk_event_type",
    "azure.identityprotection.properties.risk_level", "azure.identityprotection.properties.risk_state",
    "file.Ext.original.path", "gcp.audit.authorization_info.permission", "gcp.audit.resource_name",
    "geo.country_iso_code", "google_workspace.admin.api.client.name", "google_workspace.admin.new_value",
    "google_workspace.admin.old_value", "google_workspace.admin.role.name", "google_workspace.admin.setting.name",
    "github.org",
    "github.previous_visibility", "github.repo", "github.visibility", "kubernetes.audit.objectRef.apiGroup",
    "kubernetes.audit.objectRef.name", "kubernetes.audit.objectRef.namespace", "kubernetes.audit.objectRef.resource",
    "kubernetes.audit.objectRef.subresource", "kubernetes.audit.user.username", "kubernetes.audit.userAgent",
    "kubernetes.audit.verb", "okta.actor.alternate_id", "okta.actor.display_name", "okta.actor.id", "okta.actor.type",
    "okta.target.alternate_id", "okta.target.display_name", "okta.target.id", "okta.target.type", "user.audit.id",
    "user.terminal", "okta.display_message", "okta.event_type",
    "okta.outcome.reason", "okta.outcome.result", "okta.severity", "powershell.command.name",
    "powershell.command.path", "powershell.command.type", "powershell.engine.new_state",
    "powershell.engine.previous_state", "powershell.engine.version", "powershell.file.script_block_id",
    "powershell.pipeline_id", "powershell.process.executable_version", "powershell.provider.name",
    "powershell.provider.new_state", "powershell.runspace_id", "process.Ext.token.integrity_level_name",
    "sysmon.dns.status", "winlog.channel", "winlog.computer_name", "winlog.provider_name",
  ]

  /// A catalog with these types where it knows none, and says nothing else of an object that they lie in.
  static func filling(_ catalog: FieldCatalog) -> FieldCatalog {
    func isFree(_ path: String) -> Bool {
      guard !catalog.resolve(path).isKnown else { return false }
      return path.indices.filter { path[$0] == "." }.allSatisfy { dot in
        let type = catalog.type(of: String(path[..<dot]))
        return type == nil || type == .object
      }
    }
    let missing = types.flatMap { entry in
      entry.paths.filter(isFree).map { ($0, JSONValue.object(["type": .string(entry.type)])) }
    }
    let properties = Dictionary(missing) { first, _ in first }
    guard !missing.isEmpty, let mapping = try? FieldMapping(.object(["properties": .object(properties)])) else {
      return catalog
    }
    return catalog.applying(mapping)
  }
}
