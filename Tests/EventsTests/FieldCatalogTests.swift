import JSON
import Testing

@testable import Events

@Suite struct FieldCatalogTests {
  let catalog = FieldCatalog.standard

  @Test(arguments: [
    ("@timestamp", FieldType.date(nil)), ("message", .text), ("tags", .keyword), ("labels", .object),
    ("event.action", .keyword), ("event.created", .date(nil)), ("event.severity", .integer),
    ("event.risk_score", .narrow(.float)),
    ("source.ip", .ip), ("related.ip", .ip), ("source.geo.location", .geoPoint), ("source.as.number", .integer),
    ("host.cpu.usage", .narrow(.scaled(factor: 1000))), ("process.command_line", .wildcard),
    ("process.interactive", .boolean),
    ("file.drive_letter", .keyword(ignoreAbove: 1)), ("url.query", .keyword(ignoreAbove: 2083)),
    ("data_stream.dataset", .wildcard), ("kibana.version", .version), ("threat.enrichments", .nested),
    ("file.elf.sections", .nested), ("process.pe.imports", .flattened), ("log.syslog.structured_data", .flattened),
    ("gen_ai.request.temperature", .double), ("gen_ai.usage.input_tokens", .narrow(.whole(bits: 32))),
    ("volume.removable", .boolean),
    ("user", .object), ("source.geo", .object),
  ])
  func `Fields of ECS have the types that ECS gives them`(path: String, type: FieldType) {
    #expect(catalog.type(of: path) == type)
    #expect(catalog.resolve(path).isKnown)
  }

  @Test(arguments: [
    "process.parent.pe.imphash", "process.parent.code_signature.subject_name", "process.parent.group_leader.pid",
    "process.entry_leader.attested_groups.name", "process.session_leader.parent.session_leader.vpid",
    "threat.indicator.file.pe.imphash", "threat.enrichments.indicator.url.domain", "threat.indicator.id",
    "tls.server.x509.subject.common_name", "email.attachments.file.hash.sha256", "network.inner.vlan.id",
    "observer.ingress.interface.alias", "cloud.target.account.id", "service.origin.node.roles",
    "user.target.group.name", "user.changes.name", "user.effective.roles", "destination.user.email",
    "host.risk.calculated_level", "user_agent.os.full", "user.entity.id", "dll.code_signature.thumbprint_sha256",
    "orchestrator.resource.parent.type", "vulnerability.score.version", "trace.id", "faas.trigger.type",
  ])
  func `A field set stands wherever ECS reuses it`(path: String) {
    #expect(catalog.type(of: path) == .keyword || catalog.type(of: path) == .integer)
  }

  @Test(arguments: [
    "file.user.name", "process.parent.io.text", "process.parent.tty.rows", "process.parent.parent.pid",
    "threat.indicator.file.macho.symhash", "user.target.risk.static_level", "cloud.origin.target.region",
    "process.user.email", "source.user.risk.static_level", "geo.city_name", "hash.md5", "host.user.name",
  ])
  func `A field set stands nowhere else`(path: String) {
    #expect(catalog.type(of: path) == nil)
    #expect(!catalog.resolve(path).isKnown)
  }

  @Test func `ECS is held completely`() {
    var leaves = 0
    var texts = 0
    FieldTableReader.read(ECSFieldTable.text) { line in
      if line.type != .object { leaves += 1 }
      if line.isMultiField { texts += 1 }
    }
    #expect(FieldCatalog.ecsVersion == "9.1.0")
    #expect(leaves == 1879)
    #expect(texts > 100)
  }

  @Test func `Every line of every table is read`() {
    for table in [ECSFieldTable.text, CloudTrailFieldTable.text, AlertFieldTable.text, IntegrationFieldTable.text] {
      var lines = 0
      FieldTableReader.read(table) { line in
        #expect(!line.path.contains("\t") && !line.path.hasPrefix(" "))
        lines += 1
      }
      #expect(lines == table.split(separator: "\n").count)
    }
  }

  @Test(arguments: [
    ("user.name.text", "user.name"), ("process.parent.command_line.text", "process.parent.command_line"),
    ("aws.cloudtrail.request_parameters.text", "aws.cloudtrail.request_parameters"),
    ("source.as.organization.name.text", "source.as.organization.name"),
  ])
  func `A multi-field reads the values of its field as text`(path: String, source: String) {
    let field = catalog.resolve(path)
    #expect(field == ResolvedField(sourcePath: source, type: .text, isKnown: true))
    #expect(catalog.resolve(source).sourcePath == source)
    #expect(catalog.resolve(source).type != .text)
  }

  @Test(arguments: [
    ("aws.cloudtrail.user_identity.arn", FieldType.keyword), ("aws.cloudtrail.read_only", .boolean),
    ("aws.cloudtrail.management_event", .keyword),
    ("aws.cloudtrail.user_identity.session_context.mfa_authenticated", .keyword),
    ("aws.cloudtrail.user_identity.session_context.creation_date", .date(nil)),
    ("aws.cloudtrail.request_parameters", .keyword(ignoreAbove: 8191)),
    ("aws.cloudtrail.console_login.additional_eventdata.mfa_used", .boolean),
    ("aws.cloudtrail.console_login.additional_eventdata.login_to", .keyword),
    ("aws.cloudtrail.flattened.digest", .flattened), ("aws.cloudtrail.flattened.insight_details", .flattened),
    ("aws.cloudtrail.resources.arn", .keyword), ("related.entity", .keyword), ("entity.target.id", .keyword),
    ("event.dataset", .wildcard),
  ])
  func `CloudTrail fields have the types of the integration`(path: String, type: FieldType) {
    #expect(catalog.type(of: path) == type)
  }

  @Test(arguments: [
    ("okta.client.ip", FieldType.ip), ("okta.security_context.is_proxy", .boolean),
    ("azure.signinlogs.properties.status.error_code", .integer),
    ("azure.signinlogs.properties.processing_time_ms", .narrow(.float)),
    ("gen_ai.compliance.violation_detected", .boolean), ("powershell.total", .integer),
    ("kubernetes.audit.responseStatus.code", .narrow(.whole(bits: 32))),
    ("kubernetes.audit.stageTimestamp", .date(nil)), ("dll.Ext.relative_file_creation_time", .double),
    ("okta.debug_context.debug_data.flattened", .flattened), ("crowdstrike.LocalAddressIP4", .ip),
    ("crowdstrike.event.PatternDispositionFlags.KillProcess", .boolean), ("crowdstrike.alert.incident.score", .double),
    ("crowdstrike.ScriptContent", .text), ("crowdstrike.CommandHistory.text", .text),
    ("sentinel_one.threat.detection.agent.ipv4", .ip), ("m365_defender.event.additional_fields", .flattened),
    ("sentinel_one_cloud_funnel.event.tgt.file.size", .integer), ("m365_defender.event.is_signed", .boolean),
    ("fortinet.firewall.tunnelip", .ip), ("aws.guardduty.severity.code", .double),
    ("aws.securityhub_findings.resources", .flattened),
    ("azure.identityprotection.properties.detected_datetime", .date(nil)), ("winlog.event_id", .keyword),
    ("winlog.event_data.LogonType", .keyword), ("o365.audit.UserType", .keyword),
    ("azure.signinlogs.result_type", .keyword),
    ("o365.audit.Parameters.Enabled", .keyword), ("o365.audit.Parameters.Limit", .wildcard),
    ("o365.audit.ExtendedProperties.a.b", .wildcard), ("kubernetes.audit.impersonatedUser.extra.scopes", .wildcard),
  ])
  func `Fields of integrations have their types`(path: String, type: FieldType) {
    let field = catalog.resolve(path)
    #expect(field.type == type && field.isKnown && field.isOfIntegration)
  }

  @Test func `Of integrations the schema takes nothing, and what they do not type stays unknown`() {
    for path in ["process.name", "dll", "gen_ai.request.max_tokens", "aws.cloudtrail.read_only", "event.start"] {
      #expect(!catalog.resolve(path).isOfIntegration, "\(path)")
    }
    let untyped = [
      "okta.actor.id", "azure.signinlogs.properties.user_id", "sysmon.none", "github.none",
      "winlog.event_data.Unlisted",
      "o365.audit.Unlisted", "kubernetes.audit.annotations.reason",
    ]
    for path in untyped {
      #expect(!catalog.resolve(path).isKnown, "\(path)")
    }
    let key = catalog.resolve("azure.platformlogs.properties.log.verb")
    #expect(key.isKnown && key.isOfIntegration && key.flattenedRoot == "azure.platformlogs.properties")
    #expect(!catalog.suggestions(for: "okta.client.ipp").contains("okta.client.ip"))
  }

  @Test(arguments: [
    ("kibana.alert.rule.name", FieldType.keyword), ("kibana.alert.risk_score", .narrow(.float)),
    ("kibana.alert.start", .date(nil)), ("kibana.alert.depth", .integer), ("kibana.alert.new_terms", .keyword),
    ("kibana.alert.original_event.action", .keyword), ("kibana.alert.original_event.created", .date(nil)),
    ("kibana.alert.rule.threat.technique.subtechnique.id", .keyword), ("kibana.alert.rule.parameters", .flattened),
  ])
  func `Alert fields are known`(path: String, type: FieldType) {
    #expect(catalog.type(of: path) == type)
  }

  @Test func `A path below a flattened field is a keyword of any length`() {
    let root = "aws.cloudtrail.flattened.request_parameters"
    let path = root + ".ipPermissions.items.cidrIp"
    #expect(
      catalog.resolve(path)
        == ResolvedField(sourcePath: path, type: .wildcard, isKnown: true, flattenedRoot: root))
    #expect(
      catalog.resolve(root) == ResolvedField(sourcePath: root, type: .flattened, isKnown: true, flattenedRoot: root))
    #expect(catalog.type(of: path) == nil)
  }

  @Test func `A path below an object with free keys is a known keyword`() {
    #expect(catalog.resolve("labels.team") == ResolvedField(sourcePath: "labels.team", type: .keyword, isKnown: true))
    #expect(catalog.resolve("container.labels.app.version").isKnown)
    #expect(!catalog.resolve("user.shoe_size").isKnown)
    #expect(!catalog.resolve("user.name.first").isKnown)
  }

  @Test func `What lies below an object has the type that is told of all of it, and no name of its own`() {
    let path = "o365.audit.Parameters.Some.Thing"
    #expect(catalog.resolve(path).sourcePath == path && catalog.type(of: path) == nil)
    #expect(catalog.type(of: "o365.audit.Parameters") == .object)
    #expect(catalog.mayMatch("o365.audit.Parameters.Any*") && !catalog.mayMatch("o365.audit.Any*"))
    #expect(!catalog.paths(matching: "*").contains { $0.hasSuffix("*") })
  }

  @Test func `A mapping within an object leaves what lies beside as it was`() throws {
    let mapping = try FieldMapping(
      JSONValue(
        parsing: #"{"properties": {"o365.audit.Parameters.Deep.n": {"type": "long"}, "labels.a.b": {"type": "ip"}}}"#))
    let mapped = catalog.applying(mapping)
    #expect(mapped.resolve("o365.audit.Parameters.Deep.n").type == .integer)
    #expect(mapped.resolve("o365.audit.Parameters.Deep.m").type == .wildcard)
    #expect(mapped.resolve("o365.audit.Parameters.m").type == .wildcard)
    #expect(mapped.resolve("labels.a.c") == ResolvedField(sourcePath: "labels.a.c", type: .keyword, isKnown: true))
    let flat = catalog.applying(
      try FieldMapping(JSONValue(parsing: #"{"properties": {"o365.audit.Parameters": {"type": "flattened"}}}"#)))
    #expect(flat.resolve("o365.audit.Parameters.m").flattenedRoot == "o365.audit.Parameters")
  }

  @Test func `A path below a nested field names the innermost one`() {
    #expect(catalog.resolve("threat.enrichments.matched.atomic").nestedPath == "threat.enrichments")
    #expect(catalog.resolve("threat.enrichments.not_there").nestedPath == "threat.enrichments")
    #expect(
      catalog.resolve("threat.enrichments.indicator.file.elf.sections.name").nestedPath
        == "threat.enrichments.indicator.file.elf.sections")
    #expect(catalog.resolve("threat.enrichments").nestedPath == nil)
    #expect(catalog.resolve("threat.indicator.ip").nestedPath == nil)
    #expect(catalog.nestedPaths.contains("file.elf.segments"))
    #expect(catalog.nestedPaths == catalog.nestedPaths.sorted())
  }

  @Test(arguments: [
    "no.such.field", "", ".", "..", "user.", ".name", "User.Name", "user.name ", "é.ü", "aws.cloudtrail.flattenedX.a",
  ])
  func `An unknown field compares by the kind of each value`(path: String) {
    #expect(catalog.resolve(path) == ResolvedField(sourcePath: path, type: .dynamic, isKnown: false))
  }

  @Test func `So does one of a name without end, which suggests nothing`() {
    let path = String(repeating: "a.", count: 200_000)
    #expect(catalog.resolve(path) == ResolvedField(sourcePath: path, type: .dynamic, isKnown: false))
    #expect(catalog.suggestions(for: String(repeating: "x", count: 1_000_000)) == [])
  }

  @Test func `A pattern lists the fields that it matches, without objects`() {
    let user = catalog.paths(matching: "user.*")
    #expect(user.contains("user.name") && user.contains("user.name.text") && user.contains("user.target.group.id"))
    #expect(!user.contains("user.group") && !user.contains("user_agent.name"))
    #expect(user == user.sorted())
    #expect(catalog.paths(matching: "*.sha256").contains("process.parent.hash.sha256"))
    #expect(catalog.paths(matching: "source*ip") == ["source.ip", "source.nat.ip"])
    #expect(catalog.paths(matching: "user.name") == ["user.name"])
    #expect(catalog.paths(matching: "user") == [])
    #expect(catalog.paths(matching: "nothing.*") == [])
    #expect(catalog.paths(matching: "*").count > 2000)
    #expect(catalog.paths(matching: "**user.name**").contains("source.user.name.text"))
  }

  @Test(arguments: [
    ("user.nmae", "user.name"), ("evnt.action", "event.action"), ("source.ipp", "source.ip"),
    ("aws.cloudtrail.userIdentity.arn", "aws.cloudtrail.user_identity.arn"),
    ("EVENT.ACTION", "event.action"), ("cloudtrail.error_code", "aws.cloudtrail.error_code"),
    (
      "aws.cloudtrail.user_identity.session_context.session_isuer.arn",
      "aws.cloudtrail.user_identity.session_context.session_issuer.arn"
    ),
  ])
  func `A misspelt field suggests the one that was meant`(name: String, meant: String) {
    #expect(catalog.suggestions(for: name).first == meant)
  }

  @Test(arguments: ["", "completely.different.thing", "zzzzzz"])
  func `A name like no field suggests nothing`(name: String) {
    #expect(catalog.suggestions(for: name) == [])
  }

  @Test func `Suggestions are few and never the name itself`() {
    #expect(catalog.suggestions(for: "user.nam", limit: 1) == ["user.name"])
    #expect(catalog.suggestions(for: "user.nam", limit: 0) == [])
    #expect(!catalog.suggestions(for: "user.name", limit: 10).contains("user.name"))
  }

  @Test func `The edit distance counts swaps once and stops at its bound`() {
    func distance(_ left: String, _ right: String, _ bound: Int) -> Int? {
      EditDistance.between(Array(left.utf8), Array(right.utf8), atMost: bound)
    }
    #expect(distance("name", "nmae", 2) == 1)
    #expect(distance("", "ab", 2) == 2)
    #expect(distance("", "", 0) == 0)
    #expect(distance("kitten", "sitting", 3) == 3)
    #expect(distance("kitten", "sitting", 2) == nil)
  }

  @Test("Texts of Elastic's integrations are known with their analyzers")
  func integrations() {
    let catalog = FieldCatalog.standard
    #expect(catalog.type(of: "powershell.file.script_block_text") == .analyzed(.powershell))
    #expect(catalog.type(of: "powershell.command.value") == .text)
    // Longer than an unknown field's value may be.
    #expect(catalog.type(of: "gen_ai.prompt") == .text)
    #expect(catalog.type(of: "kubernetes.audit.requestObject.spec.containers.image") == .text)
    #expect(!catalog.resolve("kubernetes.audit.verb").isKnown)
  }
}
