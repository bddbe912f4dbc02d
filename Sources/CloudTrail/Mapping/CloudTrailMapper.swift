import Events
import JSON

/// Turns a CloudTrail record into the fields of its ECS event, as Elastic's AWS integration does.
///
/// Works on indexed text that has been checked; a value that is empty (`JSONNode.isEmptyValue`) is left out. What the
/// integration has no field for is kept under `aws.cloudtrail`.
public final class CloudTrailMapper {
  private let context: EventContext
  private let arena = ByteArena()
  private let agents = UserAgentCache()
  private let geo: GeoCache
  let members = RecordMembers()
  var text: [UInt8] = []
  private let readAt: String
  let digestIndexer = StructuralIndexer()

  public init(_ context: EventContext) {
    self.context = context
    readAt = context.readAt.iso8601
    geo = GeoCache(context.geoDatabases)
  }

  /// Maps a record (`kind` is `cloudTrail` or `digest`).
  public func map(_ record: JSONNode, row: RecordRow, into sink: inout some EventSink) {
    arena.reset()
    members.collect(record)
    let faults = faults(record, row.kind, sink)
    addSurroundings(record, row, hasFaults: !faults.isEmpty, &sink)
    for fault in faults { sink.add(.errorText, fault) }
    if row.kind == .digest { return addDigest(record, &sink) }
    let action = action(record.index)
    addPlain(record.index, &sink)
    addAccount(record.index, &sink)
    addUser(record.index, action, &sink)
    addTLS(record.index, &sink)
    addResources(record.index, &sink)
    addParameters(record.index, action, &sink)
    if !isAggregated(record.index) {
      addDerived(record.index, action, &sink)
      addRelated(record.index, action, &sink)
      addEntities(record.index, action, &sink)
    }
    if sink.wants(FieldGroup.other) { addOthers(record, action, &sink) }
    if sink.wants(.judged), JudgedCall.fields.contains(where: { sink.wants($0) }) {
      JudgedCall(record: record)?.forEachField { sink.add($0, $1) }
    }
  }

  private func addSurroundings(
    _ record: JSONNode, _ row: RecordRow, hasFaults: Bool, _ sink: inout some EventSink
  ) {
    let time = sink.wants(.timestamp) || sink.wants(.eventIngested) ? row.time.iso8601 : ""
    if sink.wants(.timestamp) { sink.add(.timestamp, time) }
    if context.ingestsAtEventTime, sink.wants(.eventIngested) { sink.add(.eventIngested, time) }
    if sink.wants(.eventCreated) { sink.add(.eventCreated, readAt) }
    sink.add(.eventDataset, "aws.cloudtrail")
    sink.add(.eventModule, "aws")
    sink.add(.eventKind, hasFaults ? "pipeline_error" : "event")
    if hasFaults { sink.add(.tags, "preserve_original_event") }
    sink.add(.cloudProvider, "aws")
    sink.add(.dataStreamType, "logs")
    sink.add(.dataStreamDataset, "aws.cloudtrail")
    if sink.wants(.dataStreamNamespace) { sink.add(.dataStreamNamespace, context.namespace) }
    if sink.wants(.ecsVersion) { sink.add(.ecsVersion, EventContext.ecsVersion) }
    if context.keepsOriginal, sink.wants(.eventOriginal) {
      sink.add(.eventOriginal, Scalar(.string, row.text))
    }
  }

  /// Takes back the room of the record before.
  func beginIdentity() { arena.reset() }

  // MARK: Bad values

  /// What is wrong with values for which a field is left out, in words.
  private func faults(_ record: JSONNode, _ kind: RecordKind, _ sink: some EventSink) -> [String] {
    guard sink.wants(.eventKind) || sink.wants(.errorText) || sink.wants(.tags) else { return [] }
    var faults: [String] = []
    func check(_ node: JSONNode?, _ name: String) {
      guard let node, !node.isEmptyValue, date(node) == nil else { return }
      let text = node.string ?? String(decoding: node.sourceText, as: UTF8.self)
      faults.append("\(name) is no date: \(text.prefix(200))")
    }
    if kind == .digest {
      for name in DigestDates.names { check(record.member(name), "\(name)") }
      return faults
    }
    let identity = members.node(.userIdentity, in: record.index)
    if let attributes = identity?.member("sessionContext")?.member("attributes") {
      check(attributes.member("creationDate"), "userIdentity.sessionContext.attributes.creationDate")
    }
    if let identity, let arn = value(identity.member("arn")), arn.kind != .string, caller(identity).mayHaveSessionName {
      faults.append("userIdentity.arn is no text")
    }
    if let source = value(members.node(.eventSource, in: record.index)), source.kind != .string {
      faults.append("eventSource is no text")
    }
    faults += signInFaults(record.index)
    return faults
  }

  /// What is wrong with the data and the answer of a sign-in to the console, which are looked into by name.
  private func signInFaults(_ index: StructuralIndex) -> [String] {
    guard let action = members.node(.eventName, in: index), action.isString, action.rawString.equals("ConsoleLogin")
    else { return [] }
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
    (.eventSource, .eventProvider), (.eventName, .eventAction), (.awsRegion, .cloudRegion),
    (.eventVersion, .eventVersion), (.eventCategory, .trailEventCategory), (.eventType, .trailEventType),
    (.requestID, .requestID), (.apiVersion, .apiVersion), (.readOnly, .readOnly),
    (.recipientAccountId, .recipientAccountID), (.vpcEndpointId, .vpcEndpointID),
    (.vpcEndpointAccountId, .vpcEndpointAccountID), (.sessionCredentialFromConsole, .sessionCredentialFromConsole),
    (.errorCode, .errorCode), (.errorMessage, .errorMessage),
  ]

  private func addPlain(_ index: StructuralIndex, _ sink: inout some EventSink) {
    for (key, field) in Self.plain { add(members.node(key, in: index), field, &sink) }
    if sink.wants(.eventID),
      let id = value(members.node(.eventID, in: index)) ?? value(members.node(.eventId, in: index))
    {
      sink.add(.eventID, id)
    }
    if sink.wants(.sharedEventID),
      let id = value(members.node(.sharedEventID, in: index)) ?? value(members.node(.sharedEventId, in: index))
    {
      sink.add(.sharedEventID, id)
    }
    // A keyword, whose JSON is text.
    if let flag = value(members.node(.managementEvent, in: index)) {
      sink.add(.managementEvent, Scalar(.string, flag.bytes))
    }
    if sink.wants(.cloudServiceName), let service = service(index) { sink.add(.cloudServiceName, service) }
    if let addendum = members.node(.addendum, in: index) {
      for (name, field) in Self.addendum { add(addendum.member(name), field, &sink) }
    }
    if let address = value(members.node(.sourceIPAddress, in: index)) {
      sink.add(.sourceAddress, address)
      let wantsGeo = !geo.isEmpty && Self.geoFields.contains { sink.wants($0) }
      if wantsGeo || sink.wants(.sourceIP), let parsed = IPAddress(address.bytes) {
        sink.add(.sourceIP, address)
        if wantsGeo { addGeo(parsed, &sink) }
      }
    }
    if let agent = value(members.node(.userAgent, in: index)) {
      sink.add(.userAgentOriginal, agent)
      addAgent(agent, &sink)
    }
  }

  static let addendum: [(StaticString, EventField)] = [
    ("reason", .addendumReason), ("updatedFields", .addendumUpdatedFields), ("originalRequestID", .addendumRequestID),
    ("originalEventID", .addendumEventID),
  ]

  /// What called by the name of its action.
  private func action(_ index: StructuralIndex) -> String { value(members.node(.eventName, in: index))?.text ?? "" }

  /// The service that was called, as `kms`; nil where the source is not named like one of AWS.
  func service(_ index: StructuralIndex) -> String? {
    guard let source = value(members.node(.eventSource, in: index))?.text, source.hasSuffix(".amazonaws.com") else {
      return nil
    }
    let name = source.dropLast(".amazonaws.com".count)
    return name.isEmpty ? nil : String(name)
  }

  /// True of an event that sums up many calls.
  private func isAggregated(_ index: StructuralIndex) -> Bool { EventOutcome.isAggregated(members, in: index) }

  private func addAccount(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.cloudAccountID) else { return }
    let identity = members.node(.userIdentity, in: index)?.member("accountId")
    let account =
      value(identity) ?? value(members.node(.recipientAccountId, in: index))
      ?? (isAggregated(index) ? value(members.node(.accountId, in: index)) : nil)
    if let account { sink.add(.cloudAccountID, account) }
  }

  private static let geoFields = EventField.allCases.filter { $0.group.contains(.geo) }

  private func addGeo(_ address: IPAddress, _ sink: inout some EventSink) {
    for value in geo.values(of: address) {
      value.bytes.withUnsafeBufferPointer { sink.add(value.field, Scalar(value.kind, $0)) }
    }
  }

  private func addAgent(_ agent: Scalar, _ sink: inout some EventSink) {
    let parts: [EventField] = [.agentName, .agentVersion, .agentDevice, .agentOSName, .agentOSVersion, .agentOSFull]
    guard parts.contains(where: { sink.wants($0) }) else { return }
    let parsed = agents.parse(agent)
    sink.add(.agentName, parsed.name)
    if let version = parsed.version { sink.add(.agentVersion, version) }
    sink.add(.agentDevice, parsed.deviceName)
    if let name = parsed.osName { sink.add(.agentOSName, name) }
    if let version = parsed.osVersion { sink.add(.agentOSVersion, version) }
    if let full = parsed.osFull { sink.add(.agentOSFull, full) }
  }

  private func addTLS(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.connection), let details = members.node(.tlsDetails, in: index) else { return }
    // Some records name the member where its value should stand.
    let version = value(details.member("tlsVersion"))
    if let version, version.bytes.equals("tlsVersion") { return }
    add(details.member("cipherSuite"), .tlsCipher, &sink)
    add(details.member("clientProvidedHostHeader"), .tlsServerName, &sink)
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

  /// Each resource once, in the order of a Java `HashMap` by ARN, account and type: the last of those that agree in them.
  private func addResources(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.resources), let resources = members.node(.resources, in: index) else { return }
    var found: [(key: String, node: JSONNode)] = []
    var places: [String: Int] = [:]
    func resource(_ node: JSONNode) {
      guard node.isObject, !node.isEmptyValue else { return }
      // A part that is missing or empty is nothing.
      func part(_ names: StaticString...) -> String {
        guard let node = names.lazy.compactMap({ node.member($0) }).first(where: { !$0.isEmptyValue }) else {
          return ""
        }
        var text: [UInt8] = []
        JavaText.append(node, to: &text)
        return String(decoding: text, as: UTF8.self)
      }
      let key = part("ARN", "arn") + "_" + part("accountId", "account_id") + "_" + part("type")
      if let place = places[key] {
        found[place].node = node
      } else {
        places[key] = found.count
        found.append((key, node))
      }
    }
    if resources.isObject { resource(resources) } else { resources.forEachElement(resource) }
    let mask = JavaText.capacity(of: found.count) - 1
    let buckets = found.map { JavaText.spreadHash(of: $0.key) & mask }
    let order = found.indices.sorted { left, right in
      buckets[left] == buckets[right] ? left < right : buckets[left] < buckets[right]
    }
    for place in order { sink.addResource(found[place].node) }
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
      guard !JSONString.isEmpty(raw) else { return nil }
      guard JSONString.hasEscapes(raw) else { return Scalar(.string, raw) }
      var unescaped: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &unescaped)
      return Scalar(.string, unescaped.withUnsafeBufferPointer { arena.copy($0) })
    }
    guard !node.isNull, !node.isObject, !node.isArray else { return nil }
    return Scalar(node.isBoolean ? .boolean : .number, node.rawScalar)
  }
}
