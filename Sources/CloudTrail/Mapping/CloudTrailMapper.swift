import Events
import JSON

/// Turns a CloudTrail record into the fields of its ECS event, as Elastic's AWS integration does.
///
/// Works on indexed text that has been checked; a value that is null, empty or holds nothing else is left out.
public final class CloudTrailMapper {
  private let context: EventContext
  private let arena = ByteArena()
  private let agents = UserAgentCache()
  private let geo: GeoCache
  private let members = RecordMembers()
  private var text: [UInt8] = []
  private let readAt: String

  public init(_ context: EventContext) {
    self.context = context
    readAt = context.readAt.iso8601
    geo = GeoCache(context.geoDatabases)
  }

  /// Maps a record (`kind` is `cloudTrail` or `digest`).
  public func map(_ record: JSONNode, row: RecordRow, into sink: inout some EventSink) {
    arena.reset()
    members.collect(record)
    addSurroundings(record, row, &sink)
    if row.kind == .digest { return addDigest(record, &sink) }
    addPlain(record.index, &sink)
    addIdentity(record.index, &sink)
    addTLS(record.index, &sink)
    addResources(record.index, &sink)
    addParameters(record.index, &sink)
    addDerived(record.index, &sink)
    addEntities(record.index, &sink)
    if sink.wants(.judged), JudgedCall.fields.contains(where: { sink.wants($0) }) {
      JudgedCall(record: record)?.forEachField { sink.add($0, $1) }
    }
  }

  private func addSurroundings(_ record: JSONNode, _ row: RecordRow, _ sink: inout some EventSink) {
    let time = sink.wants(.timestamp) || sink.wants(.eventIngested) ? row.time.iso8601 : ""
    if sink.wants(.timestamp) { sink.add(.timestamp, time) }
    if context.ingestsAtEventTime, sink.wants(.eventIngested) { sink.add(.eventIngested, time) }
    if sink.wants(.eventCreated) { sink.add(.eventCreated, readAt) }
    sink.add(.eventDataset, "aws.cloudtrail")
    sink.add(.eventModule, "aws")
    sink.add(.eventKind, "event")
    sink.add(.cloudProvider, "aws")
    sink.add(.dataStreamType, "logs")
    sink.add(.dataStreamDataset, "aws.cloudtrail")
    if sink.wants(.dataStreamNamespace) { sink.add(.dataStreamNamespace, context.namespace) }
    if sink.wants(.ecsVersion) { sink.add(.ecsVersion, EventContext.ecsVersion) }
    if context.keepsOriginal, sink.wants(.eventOriginal) {
      sink.add(.eventOriginal, Scalar(.string, row.text))
    }
  }

  // MARK: Plain moves

  private static let plain: [(RecordKey, EventField)] = [
    (.eventID, .eventID), (.eventSource, .eventProvider), (.eventName, .eventAction), (.awsRegion, .cloudRegion),
    (.eventVersion, .eventVersion), (.eventCategory, .trailEventCategory), (.eventType, .trailEventType),
    (.requestID, .requestID), (.apiVersion, .apiVersion), (.managementEvent, .managementEvent), (.readOnly, .readOnly),
    (.recipientAccountId, .recipientAccountID), (.sharedEventID, .sharedEventID), (.vpcEndpointId, .vpcEndpointID),
    (.sessionCredentialFromConsole, .sessionCredentialFromConsole), (.errorCode, .errorCode),
    (.errorMessage, .errorMessage),
  ]

  private func addPlain(_ index: StructuralIndex, _ sink: inout some EventSink) {
    for (key, field) in Self.plain { add(members.node(key, in: index), field, &sink) }
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

  private func addIdentity(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.identity), let identity = members.node(.userIdentity, in: index) else { return }
    addIdentity(identity, &sink)
  }

  /// Maps the value of `userIdentity` by itself.
  func mapIdentity(_ identity: JSONNode, into sink: inout some EventSink) {
    arena.reset()
    addIdentity(identity, &sink)
  }

  private func addIdentity(_ identity: JSONNode, _ sink: inout some EventSink) {
    var userName: JSONNode?
    var issuerName: JSONNode?
    // Of several the last one counts, as where a record is only looked over.
    var type: JSONNode?
    identity.forEachMember { key, node in
      if key.equals("type") {
        type = node
      } else if key.equals("arn") {
        add(node, .userARN, &sink)
      } else if key.equals("accessKeyId") {
        add(node, .accessKeyID, &sink)
      } else if key.equals("invokedBy") {
        add(node, .invokedBy, &sink)
      } else if key.equals("principalId") {
        add(node, .userID, &sink)
      } else if key.equals("accountId") {
        add(node, .cloudAccountID, &sink)
      } else if key.equals("userName") {
        userName = node
      } else if key.equals("sessionContext") {
        issuerName = addSession(node, &sink)
      }
    }
    add(type, .userType, &sink)
    let isAssumedRole = type.map { $0.isString && $0.rawString.equals("AssumedRole") } ?? false
    if isAssumedRole, value(issuerName) != nil {
      add(issuerName, .userName, &sink)
    } else {
      add(userName, .userName, &sink)
    }
    add(userName, .relatedUser, &sink)
  }

  /// The session's fields; returns the session issuer's user name.
  private func addSession(_ session: JSONNode, _ sink: inout some EventSink) -> JSONNode? {
    if let attributes = session.member("attributes") {
      add(attributes.member("mfaAuthenticated"), .sessionMFA, &sink)
      add(attributes.member("creationDate"), .sessionCreationDate, &sink)
    }
    guard let issuer = session.member("sessionIssuer") else { return nil }
    add(issuer.member("type"), .issuerType, &sink)
    add(issuer.member("principalId"), .issuerPrincipalID, &sink)
    add(issuer.member("arn"), .issuerARN, &sink)
    add(issuer.member("accountId"), .issuerAccountID, &sink)
    return issuer.member("userName")
  }

  private func addTLS(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.connection), let details = members.node(.tlsDetails, in: index) else { return }
    add(details.member("cipherSuite"), .tlsCipher, &sink)
    add(details.member("clientProvidedHostHeader"), .tlsServerName, &sink)
    guard let version = details.member("tlsVersion")?.string, !version.isEmpty else { return }
    // `TLSv1.2`: the protocol's name, a v, the version.
    if let mark = version.firstIndex(where: { $0 == "v" }), mark != version.startIndex {
      let number = String(version[version.index(after: mark)...])
      if !number.isEmpty { sink.add(.tlsVersion, number) }
      sink.add(.tlsProtocol, version[..<mark].lowercased())
    }
  }

  private func addResources(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.resources), let resources = members.node(.resources, in: index) else { return }
    var seen: Set<[String?]> = []
    func resource(_ node: JSONNode) {
      let arn = value(node.member("ARN") ?? node.member("arn"))
      let account = value(node.member("accountId"))
      let type = value(node.member("type"))
      guard arn != nil || account != nil || type != nil, seen.insert([arn?.text, account?.text, type?.text]).inserted
      else { return }
      sink.addResource(arn: arn, accountID: account, type: type)
    }
    if resources.isObject { resource(resources) } else { resources.forEachElement(resource) }
  }

  // MARK: Request, response, additional and service event data

  private func addParameters(_ index: StructuralIndex, _ sink: inout some EventSink) {
    addParameters(.requestParameters, .requestParameters, .flattenedRequestParameters, index, &sink)
    addParameters(.responseElements, .responseElements, .flattenedResponseElements, index, &sink)
    addParameters(.additionalEventData, .additionalEventData, .flattenedAdditionalEventData, index, &sink)
    addParameters(.serviceEventDetails, .serviceEventDetails, .flattenedServiceEventDetails, index, &sink)
    if let details = members.node(.insightDetails, in: index), details.isObject, !details.isEmptyValue {
      sink.addFlattened(.flattenedInsightDetails, details)
    }
  }

  /// A text form of this length or longer keeps an object out of its flattened field.
  private static let flattenedTextLimit = 32_766

  private func addParameters(
    _ key: RecordKey, _ plain: EventField, _ flattened: EventField, _ index: StructuralIndex,
    _ sink: inout some EventSink
  ) {
    guard sink.wants(plain) || sink.wants(flattened), let node = members.node(key, in: index), !node.isEmptyValue else {
      return
    }
    // The text form is at most twice as long as the JSON: every character that it adds stands for a comma.
    let mayBeTooLong = node.sourceText.count >= Self.flattenedTextLimit / 2
    var isTooLong = false
    if sink.wants(plain) || mayBeTooLong {
      text.removeAll(keepingCapacity: true)
      JavaText.append(node, to: &text)
      isTooLong = mayBeTooLong && JavaText.length(text) >= Self.flattenedTextLimit
      if sink.wants(plain) { text.withUnsafeBufferPointer { sink.add(plain, Scalar(.string, $0)) } }
    }
    if node.isObject, !isTooLong { sink.addFlattened(flattened, node) }
  }

  // MARK: Derived fields

  private func addDerived(_ index: StructuralIndex, _ sink: inout some EventSink) {
    EventOutcome.of(members, in: index).withBytes { sink.add(.eventOutcome, Scalar(.string, $0)) }
    let action = value(members.node(.eventName, in: index))?.text ?? ""
    if sink.wants(.eventCategory) || sink.wants(.eventType) {
      let categories = ActionCategories.of(action)
      if let category = categories.category { sink.add(.eventCategory, category) }
      for type in categories.types { sink.add(.eventType, type) }
    }
    let request = members.node(.requestParameters, in: index)
    let response = members.node(.responseElements, in: index)
    if action == "ConsoleLogin", let data = members.node(.additionalEventData, in: index) {
      addYesNo(data.member("MobileVersion"), .mobileVersion, &sink)
      addYesNo(data.member("MFAUsed"), .mfaUsed, &sink)
      add(data.member("LoginTo"), .loginTo, &sink)
    }
    add(request?.member("userName"), .userTargetName, &sink)
    add(request?.member("userName"), .relatedUser, &sink)
    add(request?.member("newUserName"), .userChangesName, &sink)
    add(request?.member("newUserName"), .relatedUser, &sink)
    add(request?.member("groupName"), .groupName, &sink)
    add(response?.member("group")?.member("groupId"), .groupID, &sink)
    add(response?.member("user")?.member("userId"), .userTargetID, &sink)
  }

  /// Anything but `No` is true.
  private func addYesNo(_ node: JSONNode?, _ field: EventField, _ sink: inout some EventSink) {
    guard let stated = value(node) else { return }
    let text: StaticString = stated.bytes.equals("No") ? "false" : "true"
    sink.add(field, Scalar(.boolean, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  private func addEntities(_ index: StructuralIndex, _ sink: inout some EventSink) {
    if sink.wants(.relatedEntity) {
      if let identity = members.node(.userIdentity, in: index) {
        for node in [identity.member("arn"), identity.member("principalId"), identity.member("userName")] {
          add(node, .relatedEntity, &sink)
        }
        let issuer = identity.member("sessionContext")?.member("sessionIssuer")
        add(issuer?.member("arn"), .relatedEntity, &sink)
        add(issuer?.member("userName"), .relatedEntity, &sink)
      }
      members.node(.resources, in: index)?.forEachElement { resource in
        add(resource.member("ARN") ?? resource.member("arn"), .relatedEntity, &sink)
      }
      for key in [RecordKey.requestParameters, .responseElements] {
        guard let node = members.node(key, in: index) else { continue }
        node.forEachNamed { name, value in
          if EntityKeys.identifiers.contains(name) { addEach(value, .relatedEntity, &sink) }
        }
      }
    }
    guard sink.wants(.entityTargetID), let request = members.node(.requestParameters, in: index),
      let service = value(members.node(.eventSource, in: index))?.text, let keys = EntityKeys.targets[service]
    else { return }
    for key in keys {
      var found = false
      request.forEachNamed { name, value in
        guard name == key else { return }
        found = addEach(value, .entityTargetID, &sink) || found
      }
      if found { return }
    }
  }

  /// Adds a value, or each plain value of an array. True when there was one.
  @discardableResult
  private func addEach(_ node: JSONNode, _ field: EventField, _ sink: inout some EventSink) -> Bool {
    var found = false
    if let value = value(node) {
      sink.add(field, value)
      found = true
    }
    node.forEachElement { found = addEach($0, field, &sink) || found }
    return found
  }

  // MARK: Digests

  private func addDigest(_ record: JSONNode, _ sink: inout some EventSink) {
    add(members.node(.awsAccountId, in: record.index), .cloudAccountID, &sink)
    add(members.node(.digestS3Object, in: record.index), .filePath, &sink)
    let algorithm = members.node(.previousDigestHashAlgorithm, in: record.index)?.string ?? "SHA-256"
    if algorithm == "SHA-256" { add(members.node(.previousDigestHashValue, in: record.index), .fileHash, &sink) }
    sink.add(.eventOutcome, "success")
    sink.add(.eventType, "info")
    sink.addFlattened(.flattenedDigest, record)
  }

  // MARK: Values

  private func add(_ node: JSONNode?, _ field: EventField, _ sink: inout some EventSink) {
    guard sink.wants(field), let value = value(node) else { return }
    sink.add(field, value)
  }

  /// A plain value that is not empty; a string unescaped, which stays until the next record.
  private func value(_ node: JSONNode?) -> Scalar? {
    guard let node else { return nil }
    if node.isString {
      let raw = node.rawString
      guard raw.count > 0 else { return nil }
      guard JSONString.hasEscapes(raw) else { return Scalar(.string, raw) }
      var unescaped: [UInt8] = []
      JSONString.appendUnescaped(raw, to: &unescaped)
      return Scalar(.string, unescaped.withUnsafeBufferPointer { arena.copy($0) })
    }
    guard !node.isNull, !node.isObject, !node.isArray else { return nil }
    return Scalar(node.isBoolean ? .boolean : .number, node.rawScalar)
  }
}

extension JSONNode {
  /// Calls `body` with each member anywhere below a value whose own value is no object, by its key.
  fileprivate func forEachNamed(_ body: (String, JSONNode) -> Void) {
    forEachMember { key, value in
      if value.isObject {
        value.forEachNamed(body)
      } else {
        body(String(decoding: key, as: UTF8.self), value)
        value.forEachElement { $0.forEachNamed(body) }
      }
    }
    forEachElement { $0.forEachNamed(body) }
  }
}
