import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

/// What the table that ships makes of rules, and what is told of their fields.
struct SigmaMappingTests {
  private static func load(_ source: String, _ detection: String) -> RuleLoadResult {
    RuleLoader.load(
      text: "title: t\nlogsource: { \(source) }\ndetection:\n  s: \(detection)\n  condition: s\n", file: "r.yml")
  }

  private static func expression(_ loaded: RuleLoadResult) throws -> SigmaExpression {
    let query = try SigmaQuery(try #require(loaded.rules.first?.rule.query, "\(loaded.diagnostics)"))
    guard case .detection(let part) = query.form else { return .or([]) }
    return part.whole
  }

  @Test(
    "Fields have the names under which Elastic's integrations store them",
    arguments: [
      ("product: windows, service: security", "IpAddress", ["source.ip"]),
      ("product: windows, service: security", "NewProcessName", ["process.executable"]),
      ("product: windows, service: security", "WorkstationName", ["source.domain"]),
      ("product: windows, category: registry_set", "TargetObject", ["registry.path"]),
      ("product: windows, category: registry_set", "Details", ["winlog.event_data.Details", "registry.data.strings"]),
      ("product: windows, category: image_load", "ImageLoaded", ["dll.path", "file.path"]),
      ("product: windows, category: image_load", "Company", ["dll.pe.company", "file.pe.company"]),
      ("product: windows, category: process_access", "SourceImage", ["process.executable"]),
      ("product: windows, service: powershell-classic", "HostApplication", ["process.command_line"]),
      ("product: okta, service: okta", "target.displayName", ["okta.target.display_name"]),
      (
        "product: okta, service: okta", "debugContext.debugData.logOnlySecurityData",
        ["okta.debug_context.debug_data.flattened.logOnlySecurityData.behaviors.New Device"]
      ),
      (
        "product: gcp, service: gcp.audit", "data.protoPayload.authorizationInfo.permission",
        ["gcp.audit.authorization_info.permission"]
      ),
      ("product: gcp, service: google_workspace.admin", "setting_name", ["google_workspace.admin.setting.name"]),
      (
        "product: azure, service: auditlogs", "TargetResources",
        ["azure.auditlogs.properties.target_resources.0.modified_properties.2.new_value"]
      ),
      ("product: linux, service: auditd", "exe", ["process.executable"]),
      ("product: linux, service: auditd", "a1", ["auditd.log.a1", "process.args"]),
      ("product: linux, service: auditd", "nametype", ["auditd.log.nametype"]),
      ("product: windows, category: wmi_event", "Destination", ["process.executable"]),
      ("product: windows, category: driver_load", "ImageLoaded", ["dll.path", "file.path"]),
      ("product: windows, category: file_rename", "SourceFilename", ["file.Ext.original.path"]),
      ("product: windows, category: ps_module", "CommandName", ["powershell.command.name"]),
      ("product: windows, category: sysmon_status", "State", ["winlog.event_data.State"]),
      ("product: macos, category: file_event", "TargetFilename", ["file.path"]),
      ("category: antivirus", "Signature", ["winlog.event_data.Threat_Name"]),
      ("product: azure, service: pim", "riskEventType", ["azure.identityprotection.properties.risk_event_type"]),
      ("product: windows, service: codeintegrity-operational", "FileNameBuffer", ["winlog.event_data.FileNameBuffer"]),
      ("product: windows, category: process_termination", "Image", ["process.executable"]),
      ("product: windows, category: file_executable_detected", "TargetFilename", ["file.path"]),
      ("product: windows, category: ps_classic_provider_start", "HostApplication", ["process.command_line"]),
      ("product: azure, service: signinlogs", "Location", ["geo.country_iso_code", "source.geo.country_iso_code"]),
    ])
  func names(source: String, name: String, wanted: [String]) throws {
    let loaded = Self.load(source, "{ \(name): 'x y' }")
    #expect(loaded.diagnostics == [])
    let fields = try Self.expression(loaded).fields
    #expect(wanted.allSatisfy(fields.contains) && !fields.contains(name), "\(fields)")
  }

  @Test(
    "Values are those that events have",
    arguments: [
      ("product: windows, category: network_connection", "{ Initiated: 'true' }", "egress"),
      ("product: windows, category: registry_event", "{ EventType: DeleteValue }", "deletion"),
      ("product: azure, service: signinlogs", "{ Status: Success }", "success"),
      ("product: gcp, service: google_workspace.admin", "{ eventService: admin.googleapis.com }", "admin"),
    ])
  func values(source: String, detection: String, image: String) throws {
    let text = "\(try Self.expression(Self.load(source, detection)))"
    #expect(text.contains("\"\(image)\""), "\(text)")
  }

  @Test("The core group of Kubernetes is no value")
  func core() throws {
    let loaded = Self.load("product: kubernetes, service: audit", "{ apiGroup: '' }")
    let expression = try Self.expression(loaded)
    #expect("\(expression)".contains("absent"), "\(expression)")
    #expect(loaded.diagnostics == [])
  }

  @Test(
    "Kinds of events that integrations call differently are asked for together",
    arguments: [
      ("registry_delete", ["deletion", "DeleteValue"]), ("registry_add", ["creation", "CreateKey"]),
      ("image_load", ["library", "Microsoft-Windows-Sysmon/Operational"]),
    ])
  func kinds(category: String, words: [String]) throws {
    let query = try #require(
      Self.load("product: windows, category: \(category)", "{ Image: x }").rules.first?.rule.query)
    #expect(words.allSatisfy(query.contains), "\(query)")
  }

  @Test(
    "A service of Windows is told by its channels, wherever they are taken in",
    arguments: [
      ("applocker", ["Microsoft-Windows-AppLocker/MSI and Script", "Microsoft-Windows-AppLocker/EXE and DLL"]),
      ("lsa-server", ["Microsoft-Windows-LSA/Operational"]), ("hyper-v-worker", ["Microsoft-Windows-Hyper-V-Worker*"]),
      ("powershell", ["PowerShellCore/Operational"]), ("system", ["System"]),
    ])
  func channels(service: String, channels: [String]) throws {
    let loaded = Self.load("product: windows, service: \(service)", "{ EventID: 1, Unheard: x }")
    let rule = try #require(loaded.rules.first?.rule, "\(loaded.diagnostics)")
    #expect(rule.runnability.reason == nil && rule.index?.contains("logs-winlog.*") == true)
    #expect(channels.allSatisfy { rule.query?.contains($0) == true }, "\(rule.query ?? "")")
  }

  @Test("A field of which nothing is known is told once at its place, and under `not` with what that means")
  func unknown() {
    let text = """
      title: t
      logsource: { product: azure, service: signinlogs }
      detection:
        s:
          NoSuchField: a
          ResultType: 1
        t:
          NoSuchField: b
        condition: not s and not t
      """
    let told = RuleLoader.load(text: text, file: "r.yml").diagnostics
    #expect(told.count == 1 && told.first?.line == 5, "\(told)")
    #expect(told.first?.message.contains("`NoSuchField`") == true)
    #expect(told.first?.message.contains("holds of every event") == true)
    #expect(Self.load("product: windows, service: security", "{ LogonType: 10 }").diagnostics == [])
  }

  @Test("A mapping of a user names several fields and kinds of events")
  func own() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      mappings:
        - logsource: { product: zeek }
          index: [ logs-zeek.* ]
          conditions: [ { event.dataset: zeek.dns }, { event.dataset: zeek.http } ]
          fields:
            host: [ url.domain, dns.question.name ]
            out: { field: network.direction, values: { 'true': egress } }
      """, "mapping.yml")
    let settings = try SigmaSettings.standard.adding(files: [file])
    let loaded = RuleLoader.load(
      text:
        "title: t\nlogsource: { product: zeek }\ndetection:\n  s: { host: x, out: 'true' }\n  condition: s\n",
      file: "r.yml", sigma: settings)
    #expect(loaded.diagnostics == [])
    #expect(
      try Self.expression(loaded).fields == ["event.dataset", "url.domain", "dns.question.name", "network.direction"])
  }

  @Test(
    "What a filter or a document says wrongly is told",
    arguments: [
      ("filter:\n  rules: null\n", "name rules"), ("filter:\n  rules: { a: b }\n", "name rules"),
      ("filter:\n  rules: [ null ]\n", "name rules"), ("filter:\n  rules: 5\n", "name rules"),
    ])
  func filters(filter: String, words: String) {
    let loaded = RuleLoader.load(
      text: "title: r\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n---\n"
        + "title: f\nlogsource: { product: aws }\n\(filter)  sel: { awsRegion: x }\n  condition: not sel\n",
      file: "r.yml")
    #expect(
      loaded.diagnostics.contains { $0.severity == .error && $0.message.contains(words) }, "\(loaded.diagnostics)")
    #expect(loaded.rules.first?.rule.query?.contains("awsRegion") == false)
  }

  @Test("ANY reaches every rule, as any does")
  func anyRule() {
    let loaded = RuleLoader.load(
      text: "title: r\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n---\n"
        + "title: f\nlogsource: { product: aws }\nfilter:\n  rules: ANY\n  sel: { awsRegion: x }\n  condition: not sel\n",
      file: "r.yml")
    #expect(loaded.diagnostics == [])
    #expect(loaded.rules.first?.rule.query?.contains("awsRegion") == true)
  }

  @Test(
    "What a document says of itself wrongly is an error",
    arguments: [
      ("related: x", "must be a list"), ("related: [ { id: 1, type: similar } ]", "needs the `id`"),
      ("related: [ { id: 11111111-1111-4111-8111-111111111103, type: odd } ]", "is “odd”, and there are derived"),
      ("related: [ { id: 11111111-1111-4111-8111-111111111103 } ]", "needs a `type`"),
      ("name: [ a ]", "`name` must be"), ("author: [ a, b ]", "`author` must be"),
      ("date: 2026-02-30", "must be a date"),
    ])
  func words(line: String, words: String) {
    let loaded = RuleLoader.load(
      text: "title: r\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n\(line)\n",
      file: "r.yml")
    #expect(
      loaded.diagnostics.contains { $0.severity == .error && $0.message.contains(words) }, "\(loaded.diagnostics)")
  }

  @Test("That `exists` takes a null in a record for no value is told")
  func presence() {
    let loaded = Self.load("product: aws, service: cloudtrail", "{ responseElements|exists: true }")
    #expect(loaded.diagnostics.map(\.message).joined().contains("takes a null in a record for no value"))
    #expect(Self.load("product: okta, service: okta", "{ eventType|exists: true }").diagnostics == [])
  }

  @Test("A number of more than 64 bits is told to be one")
  func longNumber() {
    let loaded = Self.load("product: aws", "{ requestParameters.n|gt: 99999999999999999999 }")
    #expect(loaded.diagnostics.map(\.message).joined().contains("takes numbers of at most 64 bits"))
    #expect(
      Self.load("product: aws", "{ requestParameters.n|gt: '5' }").diagnostics.map(\.message).joined().contains(
        "does not take a text"))
  }

  private static func correlation(_ lines: String, top: String = "") -> RuleLoadResult {
    RuleLoader.load(
      text: "title: r\nname: r\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n---\n"
        + "title: c\n\(top)correlation:\n  type: event_count\n  rules: [ r ]\n  timespan: 5m\n\(lines)", file: "r.yml")
  }

  @Test("A correlation says at the top of its document whether its rules alert too, and a wrong one keeps them silent")
  func generate() {
    let names = { (loaded: RuleLoadResult) in loaded.rules.map(\.rule.name) }
    #expect(names(Self.correlation("  condition: { gte: '2' }\n")) == ["c"])
    #expect(names(Self.correlation("  condition: { gte: 2 }\n", top: "generate: true\n")) == ["r", "c"])
    #expect(names(Self.correlation("  condition: { gte: 2 }\n  generate: true\n")) == ["r", "c"])
    #expect(Self.correlation("  condition: { gte: 2 }\n", top: "generate: 'true'\n").hasErrors)
    let wrong = Self.correlation("  condition: { above: 2 }\n")
    #expect(wrong.hasErrors && wrong.rules.isEmpty)
  }

  @Test("A key that correlations do not know is told")
  func keys() {
    let loaded = Self.correlation("  condition: { gte: 2 }\n  groupby: [ awsRegion ]\n")
    #expect(loaded.diagnostics.map(\.message).joined().contains("`groupby`"))
  }

  @Test("A file may begin with a byte order mark")
  func mark() {
    let loaded = RuleLoader.load(
      text: "\u{FEFF}title: r\nlogsource: { product: aws }\ndetection: { s: { eventName: A }, condition: s }\n",
      file: "r.yml")
    #expect(loaded.diagnostics == [] && loaded.rules.count == 1)
  }

  // MARK: Conversion

  @Test(
    "Of kinds of events of several integrations what they share is asked for once, and what one alone has is optional")
  func convertedKinds() throws {
    var loaded = Self.load("product: windows, category: registry_delete", "{ Image: x }")
    #expect(SigmaConversion.convert(&loaded.rules).isEmpty)
    let query = try #require(loaded.rules.first?.rule.query)
    #expect(query.hasPrefix("registry where host.os.type : \"windows\""), "\(query)")
    #expect(
      query.contains(
        #"(?event.type : "deletion" or (?event.code : "12" and ?winlog.event_data.EventType : ("DeleteKey", "DeleteValue")))"#
      ), "\(query)")
  }

  @Test(
    "Queries ask of fields of integrations what their types take",
    arguments: [
      (
        "product: windows, category: ps_script", "{ ScriptBlockText|contains: x }",
        "refused: `ScriptBlockText` is a text"
      ),
      ("product: kubernetes, service: audit", "{ verb: get, privileged: 'true' }", ".privileged == true"),
      ("product: kubernetes, service: audit", "{ verb: get, sourceIPs: 10.0.0.1 }", "refused: `sourceIPs` is a text"),
      ("product: kubernetes, service: audit", "{ verb: get, hostPath: '*' }", "refused: `hostPath` is a text"),
      ("product: kubernetes, service: audit", "{ capabilities: '*' }", "refused: `capabilities` is kept with events"),
      ("product: kubernetes, service: audit", "{ verb: get, responseStatus.code: 403 }", "responseStatus.code == 403"),
      ("product: okta, service: okta", "{ eventType: a, securityContext.isProxy: true }", "is_proxy == true"),
      ("product: okta, service: okta", "{ debugContext.debugData.behaviors|contains: P }", "key of a flattened field"),
      (
        "product: okta, service: okta", "{ eventType: a, legacyeventtype: b }",
        "No event is known to have `legacyeventtype`"
      ),
      ("product: okta, service: okta", "{ target.displayName: a, eventType: b }", #"okta.target.display_name : "a""#),
      (
        "product: gcp, service: gcp.audit", "{ data.protoPayload.authorizationInfo.granted: true }",
        "stands in a list of objects"
      ),
      ("product: windows, service: security", "{ LogonType: 3, Unheard: b }", "winlog.event_data.Unheard : \"b\""),
    ])
  func convertedTypes(source: String, selection: String, words: String) throws {
    var loaded = Self.load(source, selection)
    let remarks = SigmaConversion.convert(&loaded.rules)
    let text = loaded.rules.first?.rule.query ?? "refused: \(remarks.first?.reason ?? "")"
    #expect(text.contains(words), "\(text)")
  }

  @Test("A type that a mapping gives a field counts before the one that ships")
  func givenTypes() throws {
    let mapping = try FieldMapping(
      JSONValue(parsing: #"{"properties": {"powershell.file.script_block_text": {"type": "wildcard"}}}"#))
    var loaded = Self.load("product: windows, category: ps_script", "{ ScriptBlockText|contains: x }")
    #expect(SigmaConversion.convert(&loaded.rules, catalog: FieldCatalog.standard.applying(mapping)).isEmpty)
    #expect(loaded.rules.first?.rule.query?.contains(#"script_block_text : "*x*""#) == true)
    // Nor does a type that ships for what lies below it.
    let list = try FieldMapping(JSONValue(parsing: #"{"properties": {"okta.target": {"type": "nested"}}}"#))
    var other = Self.load("product: okta, service: okta", "{ target.displayName: x }")
    let remarks = SigmaConversion.convert(&other.rules, catalog: FieldCatalog.standard.applying(list))
    #expect(remarks.first?.reason.contains("stands in a list of objects") == true, "\(remarks)")
  }

  @Test(
    "Values that no event has are left out of alternatives, and what is not one of them holds of every event",
    arguments: [
      (
        "s: { Image: x }\n  f: { ParentImage: '' }\n  condition: s and not f",
        #"type : "start" and process.executable : "x""#
      ),
      ("s: { ParentImage: [ '-', '' ] }\n  condition: s", #"and process.parent.executable : "-""#),
      (
        "s: { Image: x }\n  f: { ParentImage: [ '', '-' ] }\n  condition: s and not f",
        #"not process.parent.executable : "-""#
      ),
      ("s: { Image: x }\n  f: { ParentProcessId: abc }\n  condition: s and not f", #"and process.executable : "x""#),
      ("s: { Image: x }\n  t: { Image: y, ParentImage: '' }\n  condition: s or t", #"and process.executable : "x""#),
      ("s: { Image: x, ParentImage: '' }\n  condition: s", "refused: `ParentImage` is to be empty"),
      (
        "f: { ParentImage: '' }\n  condition: not f",
        #"process where host.os.type : "windows" and event.type : "start""#
      ),
    ])
  func noValues(detection: String, words: String) {
    var loaded = RuleLoader.load(
      text: "title: t\nlogsource: { product: windows, category: process_creation }\ndetection:\n  \(detection)\n",
      file: "r.yml")
    let remarks = SigmaConversion.convert(&loaded.rules)
    let text = loaded.rules.first?.rule.query ?? "refused: \(remarks.first?.reason ?? "")"
    let line = text.replacing("\n ", with: "")
    #expect(line.hasSuffix(words) || text.hasPrefix(words), "\(line)")
  }

  @Test(
    "What KQL compares with its case is told by its fields: narrower, or wider under not",
    arguments: [
      (
        "s: { eventName: A, requestParameters.x: b }\n  condition: s", "is narrower",
        "`eventName`, `requestParameters.x`"
      ),
      (
        "s: { readOnly: true }\n  f: { requestParameters.x: b }\n  condition: s and not f", "is wider",
        "fewer events then: `requestParameters.x`"
      ),
      (
        "s: { eventName: A }\n  f: { requestParameters.x: b }\n  condition: s and not f",
        "is narrower in one respect and wider in another", "`eventName`"
      ),
    ])
  func differences(detection: String, verdict: String, names: String) throws {
    var loaded = RuleLoader.load(
      text: "title: t\nlogsource: { product: aws, service: cloudtrail }\ndetection:\n  \(detection)\n", file: "r.yml")
    let remark = try #require(SigmaConversion.convert(&loaded.rules).first)
    #expect(remark.description.hasPrefix("r.yml: t: \(verdict): "), "\(remark.description)")
    #expect(remark.reason.contains(names) && !remark.isRefusal && loaded.rules.count == 1)
  }

  private static let flat = "aws.cloudtrail.flattened.request_parameters"

  @Test(
    "Conversions are queries that are read, and what they cannot say is refused by name",
    arguments: [
      ("{ Image: a, ProcessId: [ x, 443 ] }", "process.pid == 443"),
      ("{ Image: a, ProcessId: x }", "refused: `ProcessId` cannot hold “x”"),
      ("{ Image: a, source.ip|cidr: 1.2.3.4 }", #"cidrMatch(source.ip, "1.2.3.4/32")"#),
      ("{ Image: a, source.ip|cidr: '::/0' }", "refused: The network ::/0"),
      ("{ Image: a, message: null }", "refused: It asks whether there is `message`"),
      ("{ Image: a, CommandLine: null }", "?process.command_line == null"),
      (#"{ CommandLine|re: 'a{' }"#, #"a\\{"#), (#"{ CommandLine|re: 'a{2,3}b' }"#, "a{2,3}b"),
      (#"{ CommandLine|re: 'a{,2}b' }"#, #"a\\{,2\\}b"#),
      (#"{ CommandLine|re: '[\w.-]+@' }"#, #"[a-zA-Z0-9_.\\-]+\\@"#),
      (#"{ CommandLine|re: '(?i)abc' }"#, #"process.command_line regex~ ".*abc.*""#),
      (#"{ CommandLine|re: '(?is)a.b' }"#, #"regex~ ".*a.b.*""#),
      (#"{ CommandLine|re: 'a\b' }"#, #"has `\b`, which Lucene's do not know"#),
      (#"{ CommandLine|re: '(?i:a)b' }"#, "has the group `(?i:a…`"),
      (#"{ CommandLine|re: '^a|b' }"#, "has `^` in one of several alternatives"),
      (#"{ CommandLine|re: 'a^b' }"#, "has `^` within it"),
      (#"{ CommandLine|re: '[a-]' }"#, #"[a\\-]"#), (#"{ CommandLine|re: '[a-c]' }"#, "[a-c]"),
      ("{ vendor.size: 443 }", "refused: Whether `vendor.size` holds numbers or texts"),
      ("{ vendor.size|re: '5$' }", "refused: Whether `vendor.size` holds"), ("{ vendor.size|contains: ab }", "*ab*"),
      ("{ LogonType: 10 }", "winlog.event_data.LogonType"), ("{ IpAddress|contains: '-', a.b: x }", "a.b"),
      // What no mapping names, which EQL takes for an error wherever no index maps it.
      ("{ Image: a, vendor.name: b }", "refused: No event is known to have `vendor.name`"),
      // Repeated values, and lists of what is compared with its case.
      ("{ Image: [ a, b, A, a ] }", #"process.executable : ("a", "b", "A")"#),
      ("{ CommandLine|cased: [ a, b ], Image: c }", #"process.command_line in ("a", "b")"#),
      ("{ CommandLine|cased|startswith: [ a, b ], Image: c }", #"process.command_line like ("a*", "b*")"#),
      ("{ CommandLine|cased: [ a, b ] }", #"process.command_line: ("a" or "b")"#),
      ("{ source.ip: [ 10.0.0.1, 10.0.0.2 ], Image: c }", #"(source.ip == "10.0.0.1" or source.ip == "10.0.0.2")"#),
      (
        "{ source.ip|cidr: [ 10.0.0.0/8, 12.0.0.0/8 ], Image: c }", #"cidrMatch(source.ip, "10.0.0.0/8", "12.0.0.0/8")"#
      ),
      ("{ event.category: registry, Image: a }", #"registry where process.executable : "a""#),
      ("{ event.category: Registry, Image: a }", #"any where event.category : "Registry""#),
      // Fields of several integrations, of which one may be mapped nowhere.
      ("{ Details: a }", #"?winlog.event_data.Details : "a" or ?registry.data.strings : "a""#),
      ("{ Details|contains|all: [ a, b ] }", #"and (?winlog.event_data.Details : "*b*" or ?registry.data.strings"#),
      ("{ Image: a, winlog.event_data.Details: a }", #"and winlog.event_data.Details : "a""#),
      // Elasticsearch folds the letters of ASCII alone.
      ("{ Image: ä }", "refused: `Image` is compared without regard to case with “ä”"),
      ("{ Image|re|i: 'ä' }", "refused: `Image` is compared without regard to case"),
      ("{ Image|cased: ä }", #"process.executable: "ä""#), ("{ Image: 日本 }", #"process.executable: "日本""#),
      // Keys of flattened fields, which EQL does not know and KQL compares with their case.
      ("{ \(flat).acl: Public, Image: b }", #"acl: "Public""#), ("{ \(flat).acl|startswith: Pub }", "acl: Pub*"),
      ("{ \(flat).acl|cased: public }", #"acl: "public""#), ("{ \(flat).acl|cased|startswith: pub }", "acl: pub*"),
      ("{ \(flat).acl: 123 }", #"acl: "123""#), ("{ \(flat).acl: '12*' }", "acl: 12*"),
      ("{ \(flat).acl: true }", #"acl: "true""#), ("{ \(flat).acl: null }", "acl: *"),
      ("{ \(flat).acl|cased|contains: pub }", "KQL asks of it whole values, or how they begin, and nothing else"),
      ("{ \(flat).acl|re: pub }", "KQL asks of it whole values, or how they begin, and nothing else"),
      ("{ \(flat).acl|cased|startswith: 'a b' }", "KQL asks of it whole values, or how they begin, and nothing else"),
      ("{ \(flat).acl|cased: a, Image|re: b }", "cannot what is asked of `Image`"), ("{ \(flat): a }", "is an object"),
    ])
  func conversions(detection: String, words: String) throws {
    let source = "category: test, product: test"
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      mappings:
        - logsource: { product: test }
          index: [ logs-test.* ]
          fields:
            Image: process.executable
            CommandLine: process.command_line
            ProcessId: process.pid
            LogonType: winlog.event_data.LogonType
            IpAddress: { field: source.ip, values: { '-': null } }
            Details: [ winlog.event_data.Details, registry.data.strings ]
            vendor.size: vendor.size
            a.b: a.b
      """, "mapping.yml")
    let settings = try SigmaSettings.standard.adding(files: [file])
    var loaded = RuleLoader.load(
      text: "title: t\nlogsource: { \(source) }\ndetection:\n  s: \(detection)\n  condition: s\n", file: "r.yml",
      sigma: settings)
    try #require(loaded.rules.count == 1, "\(loaded.diagnostics)")
    let remarks = SigmaConversion.convert(&loaded.rules, settings)
    let text = loaded.rules.first?.rule.query ?? "refused: \(remarks.first?.reason ?? "")"
    #expect(text.contains(words), "\(text)")
    if loaded.rules.first?.rule.language == .eql {
      _ = try EQL.parse(text).plan(.standard, categoryField: "event.category")
    }
  }
}
