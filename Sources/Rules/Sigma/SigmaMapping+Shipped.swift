import Query

extension SigmaMapping {
  /// Names of Windows' process events, as Sysmon has them.
  private static let process: [String: SigmaTargets] = [
    "Image": "process.executable", "CommandLine": "process.command_line", "ProcessId": "process.pid",
    "ProcessGuid": "process.entity_id", "CurrentDirectory": "process.working_directory",
    "ParentImage": "process.parent.executable", "ParentCommandLine": "process.parent.command_line",
    "ParentProcessId": "process.parent.pid", "ParentProcessGuid": "process.parent.entity_id",
    "User": [.joined("user.domain", "user.name", by: "\\")],
    // Sysmon's field, and that of Elastic Defend.
    "IntegrityLevel": ["winlog.event_data.IntegrityLevel", "process.Ext.token.integrity_level_name"],
    "OriginalFileName": "process.pe.original_file_name", "Description": "process.pe.description",
    "Product": "process.pe.product", "Company": "process.pe.company", "FileVersion": "process.pe.file_version",
    "Imphash": "process.pe.imphash", "imphash": "process.pe.imphash", "md5": "process.hash.md5",
    "sha1": "process.hash.sha1", "sha256": "process.hash.sha256",
    "Hashes": hashes("process"),
    "Computer": ["host.name", "winlog.computer_name"], "ComputerName": ["host.name", "winlog.computer_name"],
    "EventID": "event.code", "Provider_Name": "winlog.provider_name", "Channel": "winlog.channel",
  ]

  /// Sysmon's hashes in one text, which pipelines part.
  private static func hashes(_ objects: String..., whole: String = "Hashes") -> SigmaTargets {
    SigmaTargets(
      objects.map { object in
        .hashes([
          "MD5": "\(object).hash.md5", "SHA1": "\(object).hash.sha1", "SHA256": "\(object).hash.sha256",
          "IMPHASH": "\(object).pe.imphash",
        ])
      } + [.field("winlog.event_data.\(whole)")])
  }

  private static let network: [String: SigmaTargets] = [
    "DestinationIp": "destination.ip", "DestinationPort": "destination.port",
    "DestinationHostname": "destination.domain",
    "SourceIp": "source.ip", "SourcePort": "source.port", "SourceHostname": "source.domain",
    "Protocol": "network.transport",
    "Initiated": [
      .values("network.direction", ["true": ["egress", "outgoing"], "false": ["ingress", "incoming"]])
    ],
    "DestinationPortName": "network.protocol",
    "SourceIsIpv6": [.values("network.type", ["true": ["ipv6"], "false": ["ipv4"]])],
    "DestinationIsIpv6": [.values("network.type", ["true": ["ipv6"], "false": ["ipv4"]])], "dst_ip": "destination.ip",
    "dst_port": "destination.port",
    "src_ip": "source.ip", "src_port": "source.port",
  ]

  private static let dns: [String: SigmaTargets] = [
    "QueryName": "dns.question.name", "query": "dns.question.name", "record_type": "dns.question.type",
    "QueryStatus": [
      .values(
        "sysmon.dns.status",
        [
          "0": ["SUCCESS"], "5": ["ERROR_ACCESS_DENIED"], "1460": ["ERROR_TIMEOUT"],
          "9001": ["DNS_ERROR_RCODE_FORMAT_ERROR"], "9002": ["DNS_ERROR_RCODE_SERVER_FAILURE"],
          "9003": ["DNS_ERROR_RCODE_NAME_ERROR"], "9501": ["DNS_INFO_NO_RECORDS"],
          "9701": ["DNS_ERROR_RECORD_DOES_NOT_EXIST"],
        ])
    ],
    "QueryResults": "dns.answers.data", "answer": "dns.answers.data",
  ]

  private static let file: [String: SigmaTargets] = ["TargetFilename": "file.path", "Hashes": hashes("file")]
  private static let registry: [String: SigmaTargets] = [
    "TargetObject": "registry.path",
    // Sysmon's text as it was; Elastic Defend has numbers in decimals.
    "Details": [
      "winlog.event_data.Details",
      .values(
        "registry.data.strings",
        Dictionary(
          uniqueKeysWithValues: (0..<5).map { ("DWORD (0x0000000\($0))", ["\($0)", "0x0000000\($0)"]) })),
    ],
    "EventType": [
      "winlog.event_data.EventType",
      .values(
        "event.action",
        [
          "SetValue": ["modification"], "CreateKey": ["creation"], "CreateValue": ["creation"],
          "DeleteKey": ["deletion"], "DeleteValue": ["deletion"],
        ]),
    ],
  ]

  /// What is known of a library that is loaded: as Elastic Defend has it, and as Sysmon's events are stored.
  private static let library: [String: SigmaTargets] = [
    "ImageLoaded": ["dll.path", "file.path"],
    "OriginalFileName": ["dll.pe.original_file_name", "file.pe.original_file_name"],
    "Company": ["dll.pe.company", "file.pe.company"], "Description": ["dll.pe.description", "file.pe.description"],
    "Product": ["dll.pe.product", "file.pe.product"], "FileVersion": ["dll.pe.file_version", "file.pe.file_version"],
    "Hashes": hashes("dll", "file"), "Imphash": ["dll.pe.imphash", "file.pe.imphash"],
    "imphash": ["dll.pe.imphash", "file.pe.imphash"],
    "md5": ["dll.hash.md5", "file.hash.md5"], "sha1": ["dll.hash.sha1", "file.hash.sha1"],
    "sha256": ["dll.hash.sha256", "file.hash.sha256"],
    "Signature": ["dll.code_signature.subject_name", "file.code_signature.subject_name"],
    "SignatureStatus": [
      .values("dll.code_signature.status", ["Valid": ["trusted"]]), "file.code_signature.status",
    ],
    "Signed": ["winlog.event_data.Signed", "dll.code_signature.exists"],
  ]

  /// What the pipeline of the Security log makes of the event's own fields, which it then drops; a dash becomes nothing.
  private static let security: [String: SigmaTargets] = [
    "IpAddress": [.values("source.ip", ["-": [nil]])], "ClientAddress": [.values("source.ip", ["-": [nil]])],
    "IpPort": [.values("source.port", ["-": [nil]])], "WorkstationName": [.values("source.domain", ["-": [nil]])],
    "ProcessName": [.values("process.executable", ["-": [nil]])], "NewProcessName": "process.executable",
    "NewProcessId": "process.pid", "ParentProcessName": "process.parent.executable",
  ]

  /// What the events of one process about another and of pipes and drivers have.
  private static let sysmon: [String: SigmaTargets] = [
    "SourceImage": "process.executable", "SourceProcessId": "process.pid", "SourceProcessGuid": "process.entity_id",
    "SourceProcessGUID": "process.entity_id", "SourceThreadId": "process.thread.id", "PipeName": "file.name",
    "Hashes": hashes("file"), "Hash": hashes("file", whole: "Hash"), "Device": "file.path",
    "Destination": "process.executable", "ImageLoaded": "file.path",
    "TargetFilename": "file.path", "TargetObject": "registry.path", "IsExecutable": "sysmon.file.is_executable",
    "Archived": "sysmon.file.archived", "SignatureStatus": "file.code_signature.status",
    "Signature": "file.code_signature.subject_name", "RuleName": "rule.name",
  ]

  /// What the pipelines of PowerShell's logs make of the event's own fields.
  private static let powershell: [String: SigmaTargets] = [
    "HostApplication": "process.command_line", "HostId": "process.entity_id", "HostName": "process.title",
    "EngineVersion": "powershell.engine.version", "HostVersion": "powershell.process.executable_version",
    "NewEngineState": "powershell.engine.new_state", "PreviousEngineState": "powershell.engine.previous_state",
    "NewProviderState": "powershell.provider.new_state", "ProviderName": "powershell.provider.name",
    "PipelineId": "powershell.pipeline_id", "RunspaceId": "powershell.runspace_id",
    "CommandLine": "powershell.command.value", "CommandName": "powershell.command.name",
    "CommandPath": "powershell.command.path", "CommandType": "powershell.command.type",
    "ScriptName": "file.path", "Path": "file.path", "ScriptBlockText": "powershell.file.script_block_text",
    "ScriptBlockId": "powershell.file.script_block_id", "SequenceNumber": "event.sequence",
    "Payload": ["winlog.event_data.Payload", "powershell.command.invocation_details.value"],
  ]

  private static func with(_ more: [String: SigmaTargets]) -> [String: SigmaTargets] {
    process.merging(more) { _, new in new }
  }

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

  private static let sysmonChannel = "Microsoft-Windows-Sysmon/Operational"
  private static let windowsIndex = ["logs-windows.*", "logs-system.*", "logs-endpoint.events.*", "winlogbeat-*"]

  private static func windows(
    _ category: String, _ fields: [String: SigmaTargets], _ pairs: (String, [String])...
  ) -> SigmaMapping {
    windows(category, fields, any: [pairs])
  }

  /// The same where events of several kinds will do.
  private static func windows(
    _ category: String, _ fields: [String: SigmaTargets], any kinds: [[(String, [String])]]
  ) -> SigmaMapping {
    let nodes = kinds.map { pairs -> SigmaNode in
      SigmaNode(.map(([("host.os.type", ["windows"])] + pairs).flatMap { items($0).map ?? [] }))
    }
    return SigmaMapping(
      product: "windows", category: category, index: windowsIndex,
      conditions: nodes.count == 1 ? nodes[0] : SigmaNode(.list(nodes)), fields: with(fields),
      prefix: "winlog.event_data.")
  }

  /// Events of Sysmon, which have categories of ECS that others share, by their numbers.
  private static func sysmon(_ category: String, _ codes: String...) -> SigmaMapping {
    windows(category, sysmon, ("winlog.channel", [sysmonChannel]), ("event.code", codes))
  }

  /// Events of channels, of which an integration of its own takes in those that no other does.
  private static func channel(
    _ service: String, _ channels: [String], _ fields: [String: SigmaTargets] = [:]
  ) -> SigmaMapping {
    SigmaMapping(
      product: "windows", service: service, index: windowsIndex + ["logs-winlog.*"],
      conditions: items(("winlog.channel", channels)), fields: with(fields), prefix: "winlog.event_data.")
  }

  private static let azureRisk: [String: SigmaTargets] = [
    "riskEventType": "azure.identityprotection.properties.risk_event_type",
    "riskLevel": "azure.identityprotection.properties.risk_level",
    "riskState": "azure.identityprotection.properties.risk_state",
  ]

  private static func azure(_ service: String, _ dataset: String, _ fields: [String: SigmaTargets]) -> SigmaMapping {
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
      // All that Sysmon writes of the registry is a change: 12 are keys and values that come and go, 14 those renamed.
      windows(
        "registry_set", registry, ("event.category", ["registry"]), ("event.type", ["change"]),
        ("event.code|neq", ["12", "14"])),
      windows(
        "registry_add", registry,
        any: [
          [("event.category", ["registry"]), ("event.type", ["creation"])],
          [
            ("event.category", ["registry"]), ("event.code", ["12"]),
            ("winlog.event_data.EventType", ["CreateKey", "CreateValue"]),
          ],
        ]),
      windows(
        "registry_delete", registry,
        any: [
          [("event.category", ["registry"]), ("event.type", ["deletion"])],
          [
            ("event.category", ["registry"]), ("event.code", ["12"]),
            ("winlog.event_data.EventType", ["DeleteKey", "DeleteValue"]),
          ],
        ]),
      windows(
        "image_load", library,
        any: [
          [("event.category", ["library"])],
          [("winlog.channel", [sysmonChannel]), ("event.code", ["7"])],
        ]),
      // Elastic Defend's, and what Sysmon has as its event 6.
      windows("driver_load", library, ("event.category", ["driver"])),
      windows(
        "file_rename", file.merging(["SourceFilename": "file.Ext.original.path"]) { $1 }, ("event.category", ["file"]),
        ("event.action", ["rename"])),
      sysmon("wmi_event", "19", "20", "21"), sysmon("sysmon_status", "4", "16"), sysmon("sysmon_error", "255"),
      sysmon("process_access", "10"), sysmon("create_remote_thread", "8"), sysmon("raw_access_thread", "9"),
      sysmon("pipe_created", "17", "18"), sysmon("create_stream_hash", "15"), sysmon("process_tampering", "25"),
      sysmon("registry_rename", "14"), sysmon("clipboard_change", "24"), sysmon("file_delete_detected", "26"),
      sysmon("file_block_executable", "27"), sysmon("file_block_shredding", "28"),
      sysmon("file_executable_detected", "29"),
      windows("process_termination", [:], ("event.category", ["process"]), ("event.type", ["end"])),
      windows(
        "ps_classic_start", powershell, ("winlog.channel", ["Windows PowerShell"]), ("event.code", ["400"])),
      windows(
        "ps_classic_provider_start", powershell, ("winlog.channel", ["Windows PowerShell"]), ("event.code", ["600"])),
      windows(
        "ps_classic_script", powershell, ("winlog.channel", ["Windows PowerShell"]), ("event.code", ["800"])),
      windows(
        "ps_script", powershell,
        ("event.code", ["4104"])),
      windows("ps_module", powershell, ("event.code", ["4103"])),
      // What Microsoft Defender's own log says of malware.
      SigmaMapping(
        category: "antivirus", index: windowsIndex,
        conditions: items(
          ("winlog.channel", ["Microsoft-Windows-Windows Defender/Operational"]), ("event.code", ["1116", "1117"])),
        fields: with([
          "Signature": "winlog.event_data.Threat_Name", "Filename": ["file.path", "winlog.event_data.Path"],
        ])),
      channel("security", ["Security"], security),
      channel(
        "powershell", ["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"], powershell),
      channel("powershell-classic", ["Windows PowerShell"], powershell),
      channel("sysmon", [sysmonChannel], network.merging(dns) { $1 }.merging(sysmon) { $1 }),
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
        product: "linux", service: "auditd", index: ["logs-auditd.log-*"],
        conditions: items(("event.dataset", ["auditd.log"])), fields: auditd, prefix: "auditd.log."),
      SigmaMapping(
        product: "linux", service: "auth", index: ["logs-system.auth-*", "filebeat-*"],
        conditions: items(("event.dataset", ["system.auth"])), fields: [:]),
      SigmaMapping(
        product: "macos", category: "file_event", index: ["logs-endpoint.events.file-*"],
        conditions: items(("host.os.type", ["macos"]), ("event.category", ["file"])), fields: with(file)),
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
        conditions: items(("event.category", ["network"])),
        fields: network.merging([
          "action": ["event.action", "event.type"],
          "blocked": [.values("event.type", ["true": ["denied"], "false": ["allowed"]])],
        ]) { $1 }),
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
          "protoPayload.resourceName": "gcp.audit.resource_name", "data.protoPayload.logName": "log.logger",
          "protoPayload.logName": "log.logger",
          "data.protoPayload.authorizationInfo.permission": "gcp.audit.authorization_info.permission",
          "protoPayload.authorizationInfo.permission": "gcp.audit.authorization_info.permission",
          "data.protoPayload.authorizationInfo.granted": "gcp.audit.authorization_info.granted",
          "protoPayload.authorizationInfo.granted": "gcp.audit.authorization_info.granted",
        ]),
      SigmaMapping(
        product: "gcp", service: "google_workspace.admin", index: ["logs-google_workspace.admin-*", "filebeat-*"],
        conditions: items(("event.dataset", ["google_workspace.admin"])),
        fields: [
          "eventName": "event.action",
          // The name of the application in Google's reports stands there.
          "eventService": [
            .values(
              "event.provider",
              ["admin.googleapis.com": ["admin"], "login.googleapis.com": ["login"], "drive.googleapis.com": ["drive"]])
          ],
          "setting_name": "google_workspace.admin.setting.name", "new_value": "google_workspace.admin.new_value",
          "old_value": "google_workspace.admin.old_value", "role_name": "google_workspace.admin.role.name",
          "api_client_name": "google_workspace.admin.api.client.name",
        ]),
      azure(
        "activitylogs", "azure.activitylogs",
        [
          "operationName": "azure.activitylogs.operation_name",
          "properties.message": "azure.activitylogs.operation_name",
          "OperationName": "azure.activitylogs.operation_name", "Operation": "azure.activitylogs.operation_name",
          "status": "event.outcome", "ResourceProviderValue": "azure.resource.provider",
          "CategoryValue": "azure.activitylogs.category",
        ]),
      azure(
        "auditlogs", "azure.auditlogs",
        [
          "properties.message": "azure.auditlogs.operation_name",
          "ActivityDisplayName": "azure.auditlogs.properties.activity_display_name",
          "operationName": "azure.auditlogs.operation_name",
          "OperationName": "azure.auditlogs.operation_name", "Operation": "azure.auditlogs.operation_name",
          "Workload": "azure.auditlogs.properties.logged_by_service",
          "Status": "azure.auditlogs.properties.result",
          "InitiatedBy": [
            "azure.auditlogs.properties.initiated_by.user.userPrincipalName",
            "azure.auditlogs.properties.initiated_by.app.displayName",
          ],
          "LoggedByService": "azure.auditlogs.properties.logged_by_service",
          "TargetResources": auditTargets, "targetResources": auditTargets,
          "Category": "azure.auditlogs.properties.category", "Result": "azure.auditlogs.properties.result",
        ]),
      azure("riskdetection", "azure.identity_protection", azureRisk),
      // Rules about the alerts of Privileged Identity Management ask for their kind by the name that it has in Identity Protection.
      azure("pim", "azure.identity_protection", azureRisk),
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
          "Status": [.values("event.outcome", ["Success": ["success"], "Failure": ["failure"]])],
          "Location": ["geo.country_iso_code", "source.geo.country_iso_code"],
          "properties.message": ["azure.signinlogs.result_description", "message"],
          "NetworkLocationDetails": "azure.signinlogs.properties.network_location_details",
        ]),
      SigmaMapping(
        product: "okta", service: "okta", index: ["logs-okta.system-*", "filebeat-*"],
        conditions: items(("event.dataset", ["okta.system"])),
        fields: okta),
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
          "ResultStatus": "event.outcome", "status": "event.outcome", "UserId": "user.id",
        ]),
    ]
    + plainChannels.map { channel($0.service, $0.channels) }
    + [("kubernetes", "audit"), ("kubernetes", "application")].map { product, service in
      SigmaMapping(
        product: product, service: service, index: ["logs-kubernetes.audit_logs-*"],
        conditions: items(("event.dataset", ["kubernetes.audit_logs"])),
        fields: [
          "verb": "kubernetes.audit.verb", "objectRef.resource": "kubernetes.audit.objectRef.resource",
          "objectRef.subresource": [.values("kubernetes.audit.objectRef.subresource", ["": [nil]])],
          "objectRef.namespace": "kubernetes.audit.objectRef.namespace",
          // The core group, and a resource itself, have no value there.
          "objectRef.apiGroup": [.values("kubernetes.audit.objectRef.apiGroup", ["": [nil]])],
          "objectRef.name": "kubernetes.audit.objectRef.name",
          "apiGroup": [.values("kubernetes.audit.objectRef.apiGroup", ["": [nil]])],
          "resource": "kubernetes.audit.objectRef.resource",
          "subresource": [.values("kubernetes.audit.objectRef.subresource", ["": [nil]])],
          "namespace": "kubernetes.audit.objectRef.namespace",
          "user.username": "kubernetes.audit.user.username", "user.groups": "kubernetes.audit.user.groups",
          "username": "kubernetes.audit.user.username", "sourceIPs": "kubernetes.audit.sourceIPs",
          "userAgent": "kubernetes.audit.userAgent", "responseStatus.code": "kubernetes.audit.responseStatus.code",
          "capabilities": "kubernetes.audit.requestObject.spec.containers.securityContext.capabilities.add",
          "privileged": [
            "kubernetes.audit.requestObject.spec.containers.securityContext.privileged",
            "kubernetes.audit.responseObject.spec.containers.securityContext.privileged",
          ],
          "hostPath": "kubernetes.audit.requestObject.spec.volumes.hostPath.path",
        ])
    }
}
