import Events
import JSON

/// Turns a CloudTrail record into the fields of its ECS event, as Elastic's AWS integration does.
///
/// Works on indexed text that has been checked; a value that is empty (`JSONNode.isEmptyValue`) is left out. What the
/// integration has no field for is kept under `aws.cloudtrail`.
public final class CloudTrailMapper {
  private let context: EventContext
  private let arena = ByteArena()
  let geo: GeoCache
  /// The members of the record that is mapped.
  let members = RecordMembers()
  let memory: MappingMemory
  /// Room for one text.
  var text = ByteText()
  /// False when no backslash stands in the text of the record, so that its strings are what they say.
  private(set) var isEscaped = true
  private let geoFields = EventFieldSet(Enrichment.placeFields)
  private let agentFields = EventFieldSet(Enrichment.agentFields)
  let targetFields = CloudTrailMapper.targetFields
  let actorFields = CloudTrailMapper.actorFields
  /// Room for what a call names.
  var ids: [UnsafeBufferPointer<UInt8>] = []
  /// Room for the resources of a record, and where there are many for what tells them apart.
  var found: [FoundResource] = []
  var resourceKeys = ValueDictionary()
  /// What is known of the record's resources.
  var resources = Resources()
  private let readAt: String
  /// Reads the text that is made of a digest.
  var readDigest: (ArraySlice<UInt8>) throws(JSONTextError) -> JSONDocument = { bytes throws(JSONTextError) in
    try JSONDocument(bytes)
  }

  /// - Parameter rememberedBytes: bytes of what is remembered of records, beyond which it is forgotten.
  init(_ context: EventContext, rememberedBytes: Int = MappingMemory.standardLimit) {
    self.context = context
    memory = MappingMemory(limit: rememberedBytes)
    readAt = context.readAt.iso8601
    geo = GeoCache(context.geoDatabases)
  }

  /// Maps a record (`kind` is `cloudTrail` or `digest`), whose members `members` holds.
  ///
  /// - Parameters:
  ///   - ingested: when a store took the record in, where that is known.
  ///   - digest: what `flattenedDigest` gave for the record and the sink.
  func map(
    _ record: JSONNode, row: RecordRow, ingested: Timestamp? = nil, digest: JSONDocument?,
    into sink: inout some EventSink
  ) {
    beginRecord()
    isEscaped = row.mayBeEscaped && JSONString.hasEscapes(row.text)
    let index = record.index
    if row.kind == .digest {
      addSurroundings(
        row, ingested, faults: DigestDates.names.compactMap { dateFault(record.member($0), "\($0)") }, &sink)
      return addDigest(record, digest, &sink)
    }
    let caller = knownCaller(index, row)
    let call = knownCall(index)
    addSurroundings(row, ingested, faults: faults(index, call, caller), &sink)
    let moved = movedUserName(index, call, caller)
    sink.add(call.pointee.fields)
    addPlain(index, &sink)
    addAccount(index, caller, &sink)
    addUser(caller, moved: moved, &sink)
    if sink.wants(.connection) {
      if let connection = knownConnection(index) { sink.add(connection.pointee.fields) }
      addResources(index, &sink)
    }
    addParameters(index, recordBytes: row.length, hidesUserName: moved != nil, &sink)
    if !EventOutcome.isAggregated(members, in: index) {
      let request = NamedParts(members.node(.requestParameters, in: index))
      let response = NamedParts(members.node(.responseElements, in: index))
      addDerived(index, call, request, response, &sink)
      addRelated(index, caller, moved: moved, request, response, &sink)
      addEntities(index, call, caller, &sink)
    }
    if sink.wants(FieldGroup.other) { addOthers(record, caller, &sink) }
    if call.pointee.isJudged, sink.wants(.judged), JudgedCall.fields.contains(where: { sink.wants($0) }) {
      JudgedCall(record: record)?.forEachField { sink.add($0, $1) }
    }
  }

  private func addSurroundings(
    _ row: RecordRow, _ ingested: Timestamp?, faults: [String], _ sink: inout some EventSink
  ) {
    if sink.wants(.timestamp) || sink.wants(.eventIngested) {
      row.time.withISO8601 { time in
        sink.add(.timestamp, Scalar(.string, time))
        if ingested == nil, context.ingestsAtEventTime { sink.add(.eventIngested, Scalar(.string, time)) }
      }
      ingested?.withISO8601 { sink.add(.eventIngested, Scalar(.string, $0)) }
    }
    sink.add(.eventKind, faults.isEmpty ? "event" : "pipeline_error")
    if !faults.isEmpty { sink.add(.tags, "preserve_original_event") }
    for fault in faults { sink.add(.errorText, fault) }
    let constants = memory.constants ?? memory.fields(addConstants)
    memory.constants = constants
    sink.add(constants)
    if context.keepsOriginal, sink.wants(.eventOriginal) {
      sink.add(.eventOriginal, Scalar(.string, row.text))
    }
  }

  private func addConstants(_ sink: inout FieldRecorder) {
    sink.add(.eventCreated, readAt)
    sink.add(.eventDataset, "aws.cloudtrail")
    sink.add(.eventModule, "aws")
    sink.add(.cloudProvider, "aws")
    sink.add(.dataStreamType, "logs")
    sink.add(.dataStreamDataset, "aws.cloudtrail")
    sink.add(.dataStreamNamespace, context.namespace)
    sink.add(.ecsVersion, EventContext.ecsVersion)
  }

  /// Takes back the room of the record before.
  func beginRecord() {
    arena.reset()
    memory.beginRecord()
    isEscaped = true
    (addressNow, connectionNow) = (nil, nil)
    resources.isKnown = false
  }

  // MARK: Bad values

  /// What is wrong with values for which a field is left out, in words.
  private func faults(
    _ index: StructuralIndex, _ call: Known<KnownCall>, _ caller: Known<KnownCaller>?
  ) -> [String] {
    guard call.pointee.hasBadSource || call.pointee.isConsoleLogin || caller?.pointee.hasFaults ?? false else {
      return []
    }
    var found: [String] = []
    if let identity = members.node(.userIdentity, in: index) { found += faults(identity, self.caller(identity)) }
    if call.pointee.hasBadSource { found.append("eventSource is no text") }
    if call.pointee.isConsoleLogin { found += signInFaults(index) }
    return found
  }

  /// The same of the value of `userIdentity`.
  func faults(_ identity: JSONNode, _ caller: Caller) -> [String] {
    var faults: [String] = []
    let creationDate = caller.session?.member("attributes")?.member("creationDate")
    if let fault = dateFault(creationDate, "userIdentity.sessionContext.attributes.creationDate") {
      faults.append(fault)
    }
    if let arn = value(caller.arn), arn.kind != .string, caller.mayHaveSessionName {
      faults.append("userIdentity.arn is no text")
    }
    return faults
  }

  /// What is wrong with the data and the answer of a sign-in to the console, which are looked into by name.
  private func signInFaults(_ index: StructuralIndex) -> [String] {
    var faults: [String] = []
    if let data = members.node(.additionalEventData, in: index), !data.isObject, !data.isEmptyValue {
      faults.append("additionalEventData of a ConsoleLogin is no object")
    }
    if let fault = signInAnswerFault(index) { faults.append(fault) }
    return faults
  }

  /// What is wrong with the answer to a sign-in to the console.
  func signInAnswerFault(_ index: StructuralIndex) -> String? {
    guard let response = members.node(.responseElements, in: index), !response.isEmptyValue else { return nil }
    guard response.isObject else { return "responseElements of a ConsoleLogin is no object" }
    guard let answer = response.member("ConsoleLogin"), !answer.isEmptyValue, !answer.isString else { return nil }
    return "responseElements.ConsoleLogin is no text"
  }

  /// What is wrong with a date that is there and not empty.
  private func dateFault(_ node: JSONNode?, _ name: String) -> String? {
    guard let node, !node.isEmptyValue, date(node) == nil else { return nil }
    let text = node.string ?? String(decoding: node.sourceText, as: UTF8.self)
    return "\(name) is no date: \(text.prefix(200))"
  }

  /// A date as events write it: from ISO 8601, or `20260102T030405Z` with or without a fraction.
  func date(_ node: JSONNode) -> String? {
    guard let text = node.string else { return nil }
    if let time = Timestamp(iso8601: text) { return time.iso8601 }
    let bytes = Array(text.utf8)
    guard bytes.count >= 16, bytes[8] == UInt8(ascii: "T"), bytes.last == UInt8(ascii: "Z") else { return nil }
    func part(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    let fraction = bytes.count > 16 ? part(15..<bytes.count - 1) : ""
    let iso =
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))\(fraction)Z"
    return Timestamp(iso8601: iso)?.iso8601
  }

  // MARK: Plain moves

  static let plain: [(RecordKey, EventField)] = [
    (.awsRegion, .cloudRegion), (.eventVersion, .eventVersion), (.eventCategory, .trailEventCategory),
    (.eventType, .trailEventType),
    (.requestID, .requestID), (.apiVersion, .apiVersion), (.readOnly, .readOnly),
    (.recipientAccountId, .recipientAccountID), (.vpcEndpointId, .vpcEndpointID),
    (.vpcEndpointAccountId, .vpcEndpointAccountID), (.sessionCredentialFromConsole, .sessionCredentialFromConsole),
    (.errorCode, .errorCode), (.errorMessage, .errorMessage),
  ]

  /// The id of the record that is mapped, which stays until the next one is.
  func eventID(_ index: StructuralIndex) -> Scalar? {
    value(members.node(.eventID, in: index)) ?? value(members.node(.eventId, in: index))
  }

  private func addPlain(_ index: StructuralIndex, _ sink: inout some EventSink) {
    for (key, field) in Self.plain { add(members.node(key, in: index), field, &sink) }
    if sink.wants(.eventID), let id = eventID(index) { sink.add(.eventID, id) }
    if sink.wants(.sharedEventID),
      let id = value(members.node(.sharedEventID, in: index)) ?? value(members.node(.sharedEventId, in: index))
    {
      sink.add(.sharedEventID, id)
    }
    // A keyword, whose JSON is text.
    if let flag = value(members.node(.managementEvent, in: index)) {
      sink.add(.managementEvent, Scalar(.string, flag.bytes))
    }
    if let addendum = members.node(.addendum, in: index) {
      for (name, field) in Self.addendum { add(addendum.member(name), field, &sink) }
    }
    addAddress(index, &sink)
    addAgent(index, &sink)
  }

  static let addendum: [(StaticString, EventField)] = [
    ("reason", .addendumReason), ("updatedFields", .addendumUpdatedFields), ("originalRequestID", .addendumRequestID),
    ("originalEventID", .addendumEventID),
  ]

  private func addAccount(_ index: StructuralIndex, _ caller: Known<KnownCaller>?, _ sink: inout some EventSink) {
    guard sink.wants(.cloudAccountID) else { return }
    let account = caller?.pointee.accountID ?? value(members.node(.recipientAccountId, in: index))
    if let account { return sink.add(.cloudAccountID, account) }
    if EventOutcome.isAggregated(members, in: index) {
      add(members.node(.accountId, in: index), .cloudAccountID, &sink)
    }
  }

  // MARK: What is known of texts

  /// What follows from the source and the name of the record's call.
  private func knownCall(_ index: StructuralIndex) -> Known<KnownCall> {
    text.removeAll()
    if let source = members.node(.eventSource, in: index) { text.append(source.sourceText) }
    text.append(0)
    if let name = members.node(.eventName, in: index) { text.append(name.sourceText) }
    if let known = memory.calls[text.bytes] { return known }
    let known = learnCall(index)
    return memory.calls.insert(text.bytes, known)
  }

  private func learnCall(_ index: StructuralIndex) -> KnownCall {
    let source = value(members.node(.eventSource, in: index))
    let name = value(members.node(.eventName, in: index))
    let service = source.flatMap(Self.service)
    let action = name?.text ?? ""
    let fields = memory.fields { sink in
      if let source { sink.add(.eventProvider, source) }
      if let name { sink.add(.eventAction, name) }
      if let service { sink.add(.cloudServiceName, service) }
    }
    let categories = ActionCategories.of(action)
    let types = memory.fields { sink in
      for type in categories.types { sink.add(.eventType, type) }
    }
    let both = memory.fields { sink in
      if let category = categories.category { sink.add(.eventCategory, category) }
      for type in categories.types { sink.add(.eventType, type) }
    }
    return KnownCall(
      fields: fields, categories: both, types: types, hasAction: !action.isEmpty,
      hasBadSource: source.map { $0.kind != .string } ?? false,
      isConsoleLogin: action == "ConsoleLogin", isUserAuthentication: action == "UserAuthentication",
      isAssumeRole: service == "sts" && action == "AssumeRole",
      isJudged: JudgedCall.isJudged(source?.text ?? "", action), isOfIAM: service == "iam",
      targets: EntityTargets.targets(service ?? "", action), related: EntityTargets.related[service ?? ""] ?? .none)
  }

  /// The service that was called, as `kms`; nil where the source is not named like one of AWS.
  private static func service(_ source: Scalar) -> String? {
    let suffix = ".amazonaws.com"
    let source = source.text
    guard source.hasSuffix(suffix), source.utf8.count > suffix.utf8.count else { return nil }
    return String(source.dropLast(suffix.count))
  }

  /// What follows from the record's source address.
  func knownAddress(_ index: StructuralIndex) -> Known<KnownAddress>? {
    if let addressNow { return addressNow }
    guard let address = value(members.node(.sourceIPAddress, in: index)) else { return nil }
    addressNow = memory.addresses[address.bytes] ?? learn(address)
    return addressNow
  }

  /// What is known of the record's address and connection once it has been looked up.
  private var addressNow: Known<KnownAddress>?
  private var connectionNow: Known<KnownConnection>?

  private func learn(_ address: Scalar) -> Known<KnownAddress> {
    let isAddress = IPAddress(address.bytes) != nil
    let fields = memory.fields { sink in
      sink.add(.sourceAddress, address)
      if isAddress { sink.add(.sourceIP, address) }
    }
    // Other than addresses are names of hosts and, with blanks, what AWS calls itself.
    let isName =
      !isAddress && address.bytes.contains(UInt8(ascii: ".")) && !address.bytes.contains(UInt8(ascii: " "))
    let known = KnownAddress(
      fields: fields, address: isAddress ? memory.keep(address) : nil,
      host: isName ? memory.keep(host(address)) : nil)
    return memory.addresses.insert(address.bytes, known)
  }

  private func addAddress(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard let known = knownAddress(index) else { return }
    sink.add(known.pointee.fields)
    guard !geo.isEmpty, let address = known.pointee.address, sink.wants(anyOf: geoFields),
      let address = IPAddress(address.bytes)
    else { return }
    for value in geo.values(of: address) {
      value.bytes.withUnsafeBufferPointer { sink.add(value.field, Scalar(value.kind, $0)) }
    }
  }

  private func addAgent(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard let agent = value(members.node(.userAgent, in: index)) else { return }
    guard sink.wants(anyOf: agentFields) else { return sink.add(.userAgentOriginal, agent) }
    sink.add(knownAgent(agent).pointee)
  }

  /// The text of an agent with what it says.
  func knownAgent(_ agent: Scalar) -> Known<KnownFields> {
    if let known = memory.agents[agent.bytes] { return known }
    let known = memory.fields { sink in
      sink.add(.userAgentOriginal, agent)
      let parsed = UserAgent.parse(UnsafeRawBufferPointer(agent.bytes))
      sink.add(.agentName, parsed.name)
      if let version = parsed.version { sink.add(.agentVersion, version) }
      sink.add(.agentDevice, parsed.deviceName)
      if let name = parsed.osName { sink.add(.agentOSName, name) }
      if let version = parsed.osVersion { sink.add(.agentOSVersion, version) }
      if let full = parsed.osFull { sink.add(.agentOSFull, full) }
    }
    return memory.agents.insert(agent.bytes, known)
  }

  /// What follows from the record's `tlsDetails`.
  func knownConnection(_ index: StructuralIndex) -> Known<KnownConnection>? {
    if let connectionNow { return connectionNow }
    guard let details = members.node(.tlsDetails, in: index) else { return nil }
    let text = details.sourceText
    connectionNow = memory.connections[text] ?? learn(details, text)
    return connectionNow
  }

  private func learn(_ details: JSONNode, _ text: UnsafeBufferPointer<UInt8>) -> Known<KnownConnection> {
    let fields = memory.fields { addTLS(details, &$0) }
    let hasOthers = memory.hasOthers { addInside(.tlsDetails, details, &$0) }
    let name = Self.isVoid(value(details.member("tlsVersion"))) ? nil : host(value(details.member(Self.hostHeader)))
    let known = KnownConnection(fields: fields, hasOthers: hasOthers, host: memory.keep(name))
    return memory.connections.insert(text, known)
  }

  private static let hostHeader: StaticString = "clientProvidedHostHeader"

  /// Some records name the member where its value should stand.
  private static func isVoid(_ version: Scalar?) -> Bool { version.map { $0.bytes.equals("tlsVersion") } ?? false }

  private func addTLS(_ details: JSONNode, _ sink: inout some EventSink) {
    let version = value(details.member("tlsVersion"))
    if Self.isVoid(version) { return }
    add(details.member("cipherSuite"), .tlsCipher, &sink)
    add(details.member(Self.hostHeader), .tlsServerName, &sink)
    add(details.member("keyExchange"), .keyExchange, &sink)
    guard let version, version.kind == .string else { return }
    // `TLSv1.2`: the protocol's name, a v, the version.
    guard let mark = version.bytes.firstIndex(of: UInt8(ascii: "v")) else { return sink.add(.tlsVersion, version) }
    if mark > 0 {
      sink.add(.tlsProtocol, String(decoding: version.bytes[..<mark], as: UTF8.self).lowercased())
    }
    if mark + 1 < version.bytes.count {
      sink.add(.tlsVersion, Scalar(.string, UnsafeBufferPointer(rebasing: version.bytes[(mark + 1)...])))
    }
  }

  // MARK: Values

  func add(_ node: JSONNode?, _ field: EventField, _ sink: inout some EventSink) {
    guard sink.wants(field), let value = value(node) else { return }
    sink.add(field, value)
  }

  /// A plain value that is not empty; a string unescaped, which stays until the next record.
  func value(_ node: JSONNode?) -> Scalar? {
    guard let node else { return nil }
    if node.isString {
      let raw = node.rawString
      guard isEscaped ? !JSONString.isEmpty(raw) : !JSONString.isEmptyValue(raw) else { return nil }
      guard isEscaped, JSONString.hasEscapes(raw) else { return Scalar(.string, raw) }
      var unescaped: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &unescaped)
      return Scalar(.string, unescaped.withUnsafeBufferPointer { arena.copy($0) })
    }
    guard !node.isNull, !node.isObject, !node.isArray else { return nil }
    return Scalar(node.isBoolean ? .boolean : .number, node.rawScalar)
  }
}
