import Query

extension SigmaMapping {
  /// Names of Windows' process events, as Sysmon has them.
  private static let process: [String: String] = [
    "Image": "process.executable", "CommandLine": "process.command_line", "ProcessId": "process.pid",
    "ProcessGuid": "process.entity_id", "CurrentDirectory": "process.working_directory",
    "ParentImage": "process.parent.executable", "ParentCommandLine": "process.parent.command_line",
    "ParentProcessId": "process.parent.pid", "ParentProcessGuid": "process.parent.entity_id", "User": "user.name",
    "OriginalFileName": "process.pe.original_file_name", "Description": "process.pe.description",
    "Product": "process.pe.product", "Company": "process.pe.company", "FileVersion": "process.pe.file_version",
    "Imphash": "process.pe.imphash", "imphash": "process.pe.imphash", "md5": "process.hash.md5",
    "sha1": "process.hash.sha1", "sha256": "process.hash.sha256", "Computer": "host.name", "ComputerName": "host.name",
    "EventID": "event.code", "Provider_Name": "winlog.provider_name", "Channel": "winlog.channel",
  ]

  private static let network: [String: String] = [
    "DestinationIp": "destination.ip", "DestinationPort": "destination.port",
    "DestinationHostname": "destination.domain",
    "SourceIp": "source.ip", "SourcePort": "source.port", "SourceHostname": "source.domain",
    "Protocol": "network.transport",
    "Initiated": "winlog.event_data.Initiated", "dst_ip": "destination.ip", "dst_port": "destination.port",
    "src_ip": "source.ip", "src_port": "source.port",
  ]

  private static let dns: [String: String] = [
    "QueryName": "dns.question.name", "query": "dns.question.name", "record_type": "dns.question.type",
    "QueryResults": "dns.answers.data", "answer": "dns.answers.data",
  ]

  private static let file: [String: String] = ["TargetFilename": "file.path"]
  private static let registry: [String: String] = [
    "TargetObject": "registry.path", "Details": "registry.data.strings", "EventType": "event.action",
  ]

  private static func with(_ more: [String: String]) -> [String: String] { process.merging(more) { _, new in new } }

  /// `field: value` pairs that all must hold.
  private static func items(_ pairs: (String, [String])...) -> SigmaNode {
    SigmaNode(
      .map(
        pairs.map { key, values in
          let texts = values.map { SigmaNode(.text($0)) }
          return SigmaNode.Member(
            key: key, place: SigmaNode.Place(line: 1, column: 1),
            value: texts.count == 1 ? texts[0] : SigmaNode(.list(texts)))
        }))
  }

  private static let windowsIndex = ["logs-windows.*", "logs-system.*", "logs-endpoint.events.*", "winlogbeat-*"]

  private static func windows(
    _ category: String, _ fields: [String: String], _ pairs: (String, [String])...
  ) -> SigmaMapping {
    var all = pairs
    all.insert(("host.os.type", ["windows"]), at: 0)
    let members = all.flatMap { items($0).map ?? [] }
    return SigmaMapping(
      product: "windows", category: category, index: windowsIndex, conditions: SigmaNode(.map(members)),
      fields: with(fields),
      prefix: "winlog.event_data.")
  }

  private static func channel(_ service: String, _ channel: String) -> SigmaMapping {
    SigmaMapping(
      product: "windows", service: service, index: windowsIndex, conditions: items(("winlog.channel", [channel])),
      fields: with([:]), prefix: "winlog.event_data.")
  }

  private static func azure(_ service: String, _ dataset: String, _ fields: [String: String]) -> SigmaMapping {
    SigmaMapping(
      product: "azure", service: service, index: ["logs-azure.*", "filebeat-*"],
      conditions: items(("event.dataset", [dataset])), fields: fields)
  }

  /// The log sources that are known without being told.
  static let shipped: [SigmaMapping] =
    [
      SigmaMapping(product: "aws", service: "cloudtrail", index: ["logs-aws.cloudtrail-*", "filebeat-*"]),
      SigmaMapping(product: "aws", index: ["logs-aws.*", "filebeat-*"]),
      windows("process_creation", [:], ("event.category", ["process"]), ("event.type", ["start"])),
      windows("network_connection", network, ("event.category", ["network"])),
      windows("dns_query", dns, ("event.category", ["network"]), ("dns.question.name", ["*"])),
      windows("file_event", file, ("event.category", ["file"]), ("event.type", ["creation"])),
      windows("file_delete", file, ("event.category", ["file"]), ("event.type", ["deletion"])),
      windows("file_change", file, ("event.category", ["file"]), ("event.type", ["change"])),
      windows("file_access", file, ("event.category", ["file"]), ("event.type", ["access"])),
      windows("registry_event", registry, ("event.category", ["registry"])),
      windows("registry_set", registry, ("event.category", ["registry"]), ("event.type", ["change"])),
      windows("registry_add", registry, ("event.category", ["registry"]), ("event.type", ["creation"])),
      windows("registry_delete", registry, ("event.category", ["registry"]), ("event.type", ["deletion"])),
      windows(
        "image_load", ["ImageLoaded": "dll.path"], ("event.category", ["library"])),
      windows(
        "ps_script", ["ScriptBlockText": "powershell.file.script_block_text", "Path": "file.path"],
        ("event.code", ["4104"])),
      channel("security", "Security"), channel("system", "System"), channel("application", "Application"),
      channel("powershell", "Microsoft-Windows-PowerShell/Operational"),
      channel("powershell-classic", "Windows PowerShell"), channel("sysmon", "Microsoft-Windows-Sysmon/Operational"),
      channel("taskscheduler", "Microsoft-Windows-TaskScheduler/Operational"),
      channel("windefend", "Microsoft-Windows-Windows Defender/Operational"),
      channel("wmi", "Microsoft-Windows-WMI-Activity/Operational"), channel("dns-server", "DNS Server"),
      channel("bits-client", "Microsoft-Windows-Bits-Client/Operational"),
      channel("ntlm", "Microsoft-Windows-NTLM/Operational"),
      channel("applocker", "Microsoft-Windows-AppLocker/EXE and DLL"),
      SigmaMapping(
        product: "linux", category: "process_creation",
        index: ["logs-endpoint.events.process-*", "auditbeat-*", "logs-auditd_manager.auditd-*"],
        conditions: items(("host.os.type", ["linux"]), ("event.category", ["process"]), ("event.type", ["start"])),
        fields: with(["LogonId": "process.entry_leader.entity_id"])),
      SigmaMapping(
        product: "linux", category: "network_connection",
        index: ["logs-endpoint.events.network-*", "auditbeat-*"],
        conditions: items(("host.os.type", ["linux"]), ("event.category", ["network"])), fields: with(network)),
      SigmaMapping(
        product: "linux", category: "file_event", index: ["logs-endpoint.events.file-*", "auditbeat-*"],
        conditions: items(("host.os.type", ["linux"]), ("event.category", ["file"])), fields: with(file)),
      SigmaMapping(
        product: "macos", category: "process_creation", index: ["logs-endpoint.events.process-*"],
        conditions: items(("host.os.type", ["macos"]), ("event.category", ["process"]), ("event.type", ["start"])),
        fields: with([:])),
      SigmaMapping(
        category: "dns", index: ["logs-network_traffic.dns-*", "packetbeat-*", "logs-zeek.dns-*"],
        conditions: items(("event.category", ["network"]), ("dns.question.name", ["*"])),
        fields: dns.merging(network) { mine, _ in mine }),
      SigmaMapping(
        category: "firewall", index: ["logs-*firewall*-*", "logs-network_traffic.*", "packetbeat-*"],
        conditions: items(("event.category", ["network"])), fields: network),
      SigmaMapping(
        category: "proxy", index: ["logs-squid.*", "logs-zscaler*", "packetbeat-*"],
        fields: [
          "c-uri": "url.original", "cs-host": "url.domain", "cs-method": "http.request.method",
          "c-useragent": "user_agent.original", "sc-status": "http.response.status_code",
          "cs-uri-query": "url.query", "c-ip": "source.ip", "r-dns": "url.domain",
        ]),
      SigmaMapping(
        category: "webserver", index: ["logs-nginx.access-*", "logs-apache.access-*", "filebeat-*"],
        fields: [
          "cs-uri-query": "url.query", "cs-uri-stem": "url.path", "c-uri": "url.original",
          "cs-method": "http.request.method",
          "sc-status": "http.response.status_code", "cs-user-agent": "user_agent.original",
          "cs-referer": "http.request.referrer", "c-ip": "source.ip",
        ]),
      SigmaMapping(
        product: "gcp", service: "gcp.audit", index: ["logs-gcp.audit-*", "filebeat-*"],
        conditions: items(("event.dataset", ["gcp.audit"])),
        fields: [
          "gcp.audit.method_name": "event.action", "data.protoPayload.methodName": "event.action",
          "protoPayload.methodName": "event.action", "gcp.audit.service_name": "service.name",
          "protoPayload.serviceName": "service.name", "data.protoPayload.serviceName": "service.name",
          "data.protoPayload.authenticationInfo.principalEmail": "client.user.email",
          "protoPayload.authenticationInfo.principalEmail": "client.user.email",
          "data.protoPayload.resourceName": "gcp.audit.resource_name",
          "protoPayload.resourceName": "gcp.audit.resource_name",
        ]),
      SigmaMapping(
        product: "gcp", service: "google_workspace.admin", index: ["logs-google_workspace.admin-*", "filebeat-*"],
        conditions: items(("event.dataset", ["google_workspace.admin"])),
        fields: ["eventName": "event.action", "eventService": "event.provider"]),
      azure(
        "activitylogs", "azure.activitylogs",
        [
          "operationName": "azure.activitylogs.operation_name",
          "properties.message": "azure.activitylogs.operation_name",
          "status": "event.outcome", "ResourceProviderValue": "azure.resource.provider",
          "CategoryValue": "azure.activitylogs.category",
        ]),
      azure(
        "auditlogs", "azure.auditlogs",
        [
          "properties.message": "azure.auditlogs.operation_name",
          "ActivityDisplayName": "azure.auditlogs.properties.activity_display_name",
          "operationName": "azure.auditlogs.operation_name",
          "LoggedByService": "azure.auditlogs.properties.logged_by_service",
          "Category": "azure.auditlogs.properties.category", "Result": "azure.auditlogs.properties.result",
        ]),
      azure(
        "signinlogs", "azure.signinlogs",
        [
          "ResultType": "azure.signinlogs.properties.status.error_code",
          "AppDisplayName": "azure.signinlogs.properties.app_display_name",
          "AppId": "azure.signinlogs.properties.app_id", "ClientAppUsed": "azure.signinlogs.properties.client_app_used",
          "ClientApp": "azure.signinlogs.properties.client_app_used",
          "Username": "azure.signinlogs.properties.user_principal_name",
          "UserAgent": "user_agent.original", "userAgent": "user_agent.original",
          "ConditionalAccessStatus": "azure.signinlogs.properties.conditional_access_status",
          "AuthenticationRequirement": "azure.signinlogs.properties.authentication_requirement",
          "ResourceDisplayName": "azure.signinlogs.properties.resource_display_name",
          "ResultDescription": "azure.signinlogs.result_description",
          "NetworkLocationDetails": "azure.signinlogs.properties.network_location_details",
        ]),
      SigmaMapping(
        product: "okta", service: "okta", index: ["logs-okta.system-*", "filebeat-*"],
        conditions: items(("event.dataset", ["okta.system"])),
        fields: [
          "eventtype": "okta.event_type", "eventType": "okta.event_type", "displaymessage": "okta.display_message",
          "displayMessage": "okta.display_message", "outcome.reason": "okta.outcome.reason",
          "outcome.result": "okta.outcome.result",
          "client.ip": "client.ip", "actor.alternateid": "okta.actor.alternate_id",
          "actor.alternateId": "okta.actor.alternate_id",
          "securitycontext.isproxy": "okta.security_context.is_proxy",
          "securityContext.isProxy": "okta.security_context.is_proxy",
          "severity": "okta.severity",
          "debugContext.debugData.behaviors": "okta.debug_context.debug_data.flattened.behaviors",
          "debugcontext.debugdata.behaviors": "okta.debug_context.debug_data.flattened.behaviors",
        ]),
      SigmaMapping(
        product: "github", service: "audit", index: ["logs-github.audit-*"],
        conditions: items(("event.dataset", ["github.audit"])),
        fields: [
          "action": "event.action", "actor": "user.name", "org": "github.org", "repo": "github.repo",
          "user": "user.target.name",
          "visibility": "github.visibility", "previous_visibility": "github.previous_visibility",
        ]),
      SigmaMapping(
        product: "m365", index: ["logs-o365.audit-*", "filebeat-*"],
        conditions: items(("event.dataset", ["o365.audit"])),
        fields: [
          "eventSource": "event.provider", "eventName": "event.action", "Operation": "event.action",
          "Workload": "event.provider",
          "ResultStatus": "event.outcome", "UserId": "user.id",
        ]),
    ]
    + [("kubernetes", "audit"), ("kubernetes", "application")].map { product, service in
      SigmaMapping(
        product: product, service: service, index: ["logs-kubernetes.audit_logs-*"],
        conditions: items(("event.dataset", ["kubernetes.audit_logs"])),
        fields: [
          "verb": "kubernetes.audit.verb", "objectRef.resource": "kubernetes.audit.objectRef.resource",
          "objectRef.subresource": "kubernetes.audit.objectRef.subresource",
          "objectRef.namespace": "kubernetes.audit.objectRef.namespace",
          "objectRef.apiGroup": "kubernetes.audit.objectRef.apiGroup",
          "objectRef.name": "kubernetes.audit.objectRef.name",
          "apiGroup": "kubernetes.audit.objectRef.apiGroup", "resource": "kubernetes.audit.objectRef.resource",
          "subresource": "kubernetes.audit.objectRef.subresource", "namespace": "kubernetes.audit.objectRef.namespace",
          "user.username": "kubernetes.audit.user.username", "user.groups": "kubernetes.audit.user.groups",
          "username": "kubernetes.audit.user.username", "sourceIPs": "kubernetes.audit.sourceIPs",
          "userAgent": "kubernetes.audit.userAgent", "responseStatus.code": "kubernetes.audit.responseStatus.code",
          "capabilities": "kubernetes.audit.requestObject.spec.containers.securityContext.capabilities.add",
          "hostPath": "kubernetes.audit.requestObject.spec.volumes.hostPath.path",
        ])
    }
}
