import Events
import JSON

// Elements of a record that the integration has no field for: none of its values is lost.
extension CloudTrailMapper {
  /// The members that are mapped whatever they hold.
  private static let whole: Set<RecordKey> = [
    .eventTime, .requestParameters, .responseElements, .additionalEventData, .serviceEventDetails, .resources,
    .userIdentity, .tlsDetails, .addendum,
  ]
  /// The members that are mapped where they are plain values.
  private static let scalars = Set(
    plain.map(\.0) + [
      .eventSource, .eventName, .eventID, .eventId, .sharedEventID, .sharedEventId, .managementEvent, .sourceIPAddress,
      .userAgent, .accountId,
    ])

  /// The members whose values are looked at one by one, and those that are left where another one has a value.
  private static let conditional: Set<RecordKey> = [.insightDetails, .addendum, .eventId, .sharedEventId, .accountId]

  /// The members of which nothing is left when they hold what they usually do.
  static let usual = RecordMembers.Keys(whole.union(scalars).subtracting(conditional))
  /// Those of them that usually hold plain values.
  static let usualScalars = RecordMembers.Keys(scalars.subtracting(conditional))

  /// True when the record may have members that no field is for, apart from those inside its known ones.
  private func mayHaveOthers(_ index: StructuralIndex) -> Bool {
    let overview = members.overview
    return overview.hasUnknown || !overview.keys.isSubset(of: Self.usual)
      || !overview.compositeKeys.isDisjoint(with: Self.usualScalars) || hasPlainResources(index)
  }

  func addOthers(
    _ record: JSONNode, _ caller: Known<KnownCaller>?, _ sink: inout some EventSink
  ) {
    guard mayHaveOthers(record.index) else {
      if let caller, caller.pointee.hasOthers, let node = members.node(.userIdentity, in: record.index) {
        addInside(.userIdentity, node, &sink)
      }
      if knownConnection(record.index)?.pointee.hasOthers ?? false,
        let node = members.node(.tlsDetails, in: record.index)
      {
        addInside(.tlsDetails, node, &sink)
      }
      return
    }
    let isAggregated = EventOutcome.isAggregated(members, in: record.index)
    record.forEachMember { name, node in
      let key = RecordKeyTable.standard.key(name)
      // A member may stand there twice; the last one was mapped, and the others are elements that nobody knows.
      let isMapped = key.map { members.token($0) == node.token } ?? false
      if isMapped, let key {
        if key == .insightDetails, node.isObject { return }
        if Self.whole.contains(key) { return addInside(key, node, &sink) }
        if Self.scalars.contains(key), isMappedScalar(key, node, isAggregated, record.index) { return }
      }
      add(node, .record, name, &sink)
    }
  }

  /// True when a member's plain value went into a field of its own.
  private func isMappedScalar(
    _ key: RecordKey, _ node: JSONNode, _ isAggregated: Bool, _ index: StructuralIndex
  ) -> Bool {
    guard !node.isObject, !node.isArray else { return false }
    switch key {
    case .eventId: return value(members.node(.eventID, in: index)) == nil
    case .sharedEventId: return value(members.node(.sharedEventID, in: index)) == nil
    case .accountId:
      return isAggregated && value(members.node(.recipientAccountId, in: index)) == nil
        && value(members.node(.userIdentity, in: index)?.member("accountId")) == nil
    default: return true
    }
  }

  /// Adds what is left of a member whose parts are mapped.
  func addInside(_ key: RecordKey, _ node: JSONNode, _ sink: inout some EventSink) {
    switch key {
    case .userIdentity: addIdentityOthers(node, caller(node), &sink)
    case .tlsDetails:
      let isVoid = value(node.member("tlsVersion")).map { $0.bytes.equals("tlsVersion") } ?? false
      addMembers(
        of: node, .record, .tlsDetails,
        but: isVoid ? [] : ["tlsVersion", "cipherSuite", "clientProvidedHostHeader", "keyExchange"],
        "tlsDetails", &sink)
    case .addendum: addMembers(of: node, .record, .addendum, but: Self.addendum.map(\.0), "addendum", &sink)
    case .resources:
      if node.isArray {
        // What is an object is a resource.
        node.forEachElement { element in
          if !element.isObject { addMembers(of: element, .record, .record, but: [], "resources", &sink) }
        }
      } else if !node.isObject {
        addMembers(of: node, .record, .record, but: [], "resources", &sink)
      }
    default: break
    }
  }

  /// The members that are mapped by name in whatever record they stand: of `userIdentity`, and of objects in it.
  private static let identityNames: [StaticString] =
    identity.map(\.0) + [
      "type", "arn", "invokedBy", "accountId", "sessionContext", "invokedByDelegate", "onBehalfOf", "inScopeOf",
    ]
  private static let onBehalfOfNames = onBehalfOf.map(\.0)
  private static let scopeNames = scope.map(\.0)
  private static let sessionNames: [StaticString] =
    session.map(\.0) + ["sessionIssuer", "webIdFederationData", "attributes"]
  private static let issuerNames = issuer.map(\.0)

  func addIdentityOthers(_ identity: JSONNode, _ caller: Caller, _ sink: inout some EventSink) {
    let name = userName(caller)
    var known = Self.identityNames
    if userID(caller) != nil { known.append("principalId") }
    let namesUser = caller.kind == .assumedRole || caller.kind == .federatedUser
    let isIssuer = name != nil && namesUser && value(caller.issuer?.member("userName")) != nil
    if name != nil, !isIssuer { known.append("userName") }
    addMembers(of: identity, .record, .identity, but: known, "userIdentity", &sink)
    if let delegate = identity.member("invokedByDelegate") {
      addMembers(of: delegate, .identity, .delegate, but: ["accountId"], "invokedByDelegate", &sink)
    }
    if let person = caller.onBehalfOf {
      addMembers(of: person, .identity, .onBehalfOf, but: Self.onBehalfOfNames, "onBehalfOf", &sink)
    }
    if let scope = identity.member("inScopeOf") {
      addMembers(of: scope, .identity, .scope, but: Self.scopeNames, "inScopeOf", &sink)
    }
    guard let session = caller.session else { return }
    addMembers(of: session, .identity, .session, but: Self.sessionNames, "sessionContext", &sink)
    if let issuer = caller.issuer {
      addMembers(
        of: issuer, .session, .issuer, but: Self.issuerNames + (isIssuer ? ["userName"] : []), "sessionIssuer", &sink)
    }
    if let web = session.member("webIdFederationData") {
      addMembers(of: web, .session, .webIdentity, but: ["federatedProvider"], "webIdFederationData", &sink)
    }
    // They stand beside the session's own members.
    guard let attributes = session.member("attributes") else { return }
    guard attributes.isObject else {
      return addMembers(of: attributes, .session, .session, but: [], "attributes", &sink)
    }
    attributes.forEachMember { name, node in
      if name.equals("mfaAuthenticated") || name.equals("creationDate") {
        if node.isObject || node.isArray { add(node, .session, name, &sink) }
      } else {
        add(node, .session, name, &sink)
      }
    }
  }

  /// Adds the members of an object that are not mapped by name, and those that are where they hold no plain value; what is
  /// no object is an element of what holds it.
  private func addMembers(
    of node: JSONNode, _ outer: OtherParent, _ parent: OtherParent, but known: [StaticString], _ ownName: StaticString,
    _ sink: inout some EventSink
  ) {
    guard node.isObject else {
      return add(node, outer, UnsafeBufferPointer(start: ownName.utf8Start, count: ownName.utf8CodeUnitCount), &sink)
    }
    node.forEachMember { name, value in
      let isKnown = known.contains { name.equals($0) }
      if isKnown, parent.holdsObject(name) || !(value.isArray || value.isObject) { return }
      add(value, parent, name, &sink)
    }
  }

  /// Adds an element under its name in snake case, or aside where that is a field's name.
  private func add(
    _ node: JSONNode, _ parent: OtherParent, _ rawName: UnsafeBufferPointer<UInt8>, _ sink: inout some EventSink
  ) {
    guard !node.isEmptyValue, rawName.count > 0 else { return }
    var plain: [UInt8] = []
    JSONString.appendUnescaped(rawName, to: &plain)
    var name: [UInt8] = []
    SnakeCase.append(plain, to: &name)
    if parent.holds(name) {
      sink.addOther(.unmapped, name, node)
    } else {
      sink.addOther(parent, name, node)
    }
  }
}

extension OtherParent {
  /// True of the members whose own members are looked at one by one.
  fileprivate func holdsObject(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .identity:
      name.equals("sessionContext") || name.equals("invokedByDelegate") || name.equals("onBehalfOf")
        || name.equals("inScopeOf")
    case .session: name.equals("sessionIssuer") || name.equals("webIdFederationData") || name.equals("attributes")
    default: false
    }
  }
}
