import Events
import JSON

// Who called: `userIdentity`.
extension CloudTrailMapper {
  /// What is told of a caller in more than one place.
  struct Caller {
    var type: JSONNode?
    var arn: JSONNode?
    var principalID: JSONNode?
    var userName: JSONNode?
    var invokedBy: JSONNode?
    var session: JSONNode?
    var issuer: JSONNode?
    var onBehalfOf: JSONNode?
    var kind = Kind.other
    /// The service that a service-linked role belongs to.
    var linkedService: String?

    enum Kind { case assumedRole, federatedUser, identityCenterUser, service, other }

    /// True of a service, also one that uses its service-linked role: nobody's user.
    var isService: Bool { kind == .service || linkedService != nil }

    /// True of those whose ARN ends in the name of a session.
    var mayHaveSessionName: Bool { kind == .assumedRole || kind == .federatedUser || kind == .identityCenterUser }
  }

  func caller(_ identity: JSONNode) -> Caller {
    var caller = Caller()
    // Of several the last one counts, as where a record is only looked over.
    identity.forEachMember { key, node in
      if key.equals("type") {
        caller.type = node
      } else if key.equals("arn") {
        caller.arn = node
      } else if key.equals("principalId") {
        caller.principalID = node
      } else if key.equals("userName") {
        caller.userName = node
      } else if key.equals("invokedBy") {
        caller.invokedBy = node
      } else if key.equals("sessionContext") {
        caller.session = node
      } else if key.equals("onBehalfOf") {
        caller.onBehalfOf = node
      }
    }
    caller.issuer = caller.session?.member("sessionIssuer")
    if let type = value(caller.type), type.kind == .string {
      if type.bytes.equals("AssumedRole") {
        caller.kind = .assumedRole
        caller.linkedService = linkedService(value(caller.issuer?.member("arn")))
      } else if type.bytes.equals("FederatedUser") {
        caller.kind = .federatedUser
      } else if type.bytes.equals("IdentityCenterUser") {
        caller.kind = .identityCenterUser
      } else if type.bytes.equals("AWSService"), value(caller.invokedBy) != nil {
        caller.kind = .service
      }
    }
    return caller
  }

  /// The service whose service-linked role an ARN names: what follows `:role/aws-service-role/`, up to the next slash.
  private func linkedService(_ arn: Scalar?) -> String? {
    guard let arn, arn.kind == .string, let found = arn.bytes.firstRange(of: ":role/aws-service-role/") else {
      return nil
    }
    let rest = arn.bytes[found.upperBound...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "/")), end > rest.startIndex else { return nil }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// The name of the caller's user, as far as `userIdentity` tells it.
  func userName(_ caller: Caller) -> Scalar? {
    guard !caller.isService else { return nil }
    if caller.kind == .assumedRole || caller.kind == .federatedUser,
      let name = value(caller.issuer?.member("userName"))
    {
      return name
    }
    return value(caller.userName)
  }

  func userID(_ caller: Caller) -> Scalar? {
    guard !caller.isService else { return nil }
    if let id = value(caller.principalID) { return id }
    return caller.kind == .identityCenterUser ? value(caller.onBehalfOf?.member("userId")) : nil
  }

  /// The name of the caller's session: what follows the last slash of its STS ARN.
  func sessionName(_ caller: Caller) -> Scalar? {
    guard caller.mayHaveSessionName, let arn = value(caller.arn), arn.kind == .string, arn.bytes.contains(":sts:"),
      let slash = arn.bytes.lastIndex(of: UInt8(ascii: "/")), slash + 1 < arn.bytes.count
    else { return nil }
    return Scalar(.string, UnsafeBufferPointer(rebasing: arn.bytes[(slash + 1)...]))
  }

  /// What is known of the record's caller; nil where it names none.
  func knownCaller(_ index: StructuralIndex, _ row: RecordRow) -> Known<KnownCaller>? {
    guard let identity = members.node(.userIdentity, in: index) else { return nil }
    let text = row.identity.isEmpty ? identity.sourceText : row.identityText
    if let known = memory.callers[text] { return known }
    return memory.callers.insert(text, learn(identity))
  }

  private func learn(_ identity: JSONNode) -> KnownCaller {
    let caller = caller(identity)
    let fields = memory.fields { addIdentity(identity, caller, &$0) }
    let hasOthers = memory.hasOthers { addIdentityOthers(identity, caller, &$0) }
    let session = sessionName(caller)
    let hasEmail = fields.values.contains { $0.field == .userEmail }
    return KnownCaller(
      fields: fields, hasOthers: hasOthers, hasEmail: hasEmail, hasFaults: !faults(identity, caller).isEmpty,
      accountID: memory.keep(value(identity.member("accountId"))), userName: memory.keep(userName(caller)),
      userID: memory.keep(userID(caller)), onBehalfOf: memory.keep(value(caller.onBehalfOf?.member("userId"))),
      sessionName: memory.keep(session), sessionUser: memory.keep(session.flatMap(Self.userPart)),
      related: memory.arena.copy(relatedIDs(caller, identity).map(memory.arena.copy)),
      actor: memory.fields { addActor(caller, assumesRole: false, &$0) },
      roleAssumer: memory.fields { addActor(caller, assumesRole: true, &$0) })
  }

  /// What stands before the first `@` of a name.
  private static func userPart(_ name: Scalar) -> Scalar? {
    guard let at = name.bytes.firstIndex(of: UInt8(ascii: "@")), at > 0 else { return nil }
    return Scalar(.string, UnsafeBufferPointer(rebasing: name.bytes[..<at]))
  }

  /// The name that a sign-in to Identity Center gives beside an identity that names no user; nil where it does not count.
  func movedUserName(_ index: StructuralIndex, _ call: Known<KnownCall>, _ caller: Known<KnownCaller>?) -> Scalar? {
    guard call.pointee.isUserAuthentication, caller?.pointee.userName == nil else { return nil }
    return value(members.node(.additionalEventData, in: index)?.member("UserName"))
  }

  /// - Parameter moved: the user's name that stands elsewhere in the record.
  func addUser(_ caller: Known<KnownCaller>?, moved: Scalar?, _ sink: inout some EventSink) {
    guard sink.wants(.identity) else { return }
    if let caller { sink.add(caller.pointee.fields) }
    guard let moved else { return }
    sink.add(.userName, moved)
    if caller?.pointee.hasEmail != true, Self.isEmail(moved) { sink.add(.userEmail, moved) }
  }

  /// Maps the value of `userIdentity` by itself, the account and all.
  func mapIdentity(_ identity: JSONNode, into sink: inout some EventSink) {
    beginRecord()
    add(identity.member("accountId"), .cloudAccountID, &sink)
    addIdentity(identity, caller(identity), &sink)
  }

  private func addIdentity(_ identity: JSONNode, _ caller: Caller, _ sink: inout some EventSink) {
    add(caller.type, .userType, &sink)
    add(caller.arn, .userARN, &sink)
    add(caller.invokedBy, .invokedBy, &sink)
    for (name, field) in Self.identity { add(identity.member(name), field, &sink) }
    add(identity.member("invokedByDelegate")?.member("accountId"), .delegateAccountID, &sink)
    for (name, field) in Self.onBehalfOf { add(caller.onBehalfOf?.member(name), field, &sink) }
    if let scope = identity.member("inScopeOf") {
      for (name, field) in Self.scope { add(scope.member(name), field, &sink) }
    }
    addSession(caller, &sink)
    if sink.wants(.serviceName) {
      if caller.isService, let invokedBy = value(caller.invokedBy) {
        sink.add(.serviceName, invokedBy)
      } else if let service = caller.linkedService {
        sink.add(.serviceName, service)
      }
    }
    if let id = userID(caller) { sink.add(.userID, id) }
    let name = userName(caller)
    if let name { sink.add(.userName, name) }
    guard sink.wants(.userEmail) else { return }
    if let session = sessionName(caller), session.bytes.contains(UInt8(ascii: "@")) {
      sink.add(.userEmail, session)
    } else if let name, Self.isEmail(name) {
      sink.add(.userEmail, name)
    }
  }

  /// True when an `@` stands behind a name's first character.
  private static func isEmail(_ name: Scalar) -> Bool {
    name.bytes.dropFirst(firstCharacter(name.bytes)).contains(UInt8(ascii: "@"))
  }

  /// How many bytes the first character takes.
  private static func firstCharacter(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var count = min(1, text.count)
    while count < text.count, text[count] & 0xC0 == 0x80 { count += 1 }
    return count
  }

  static let identity: [(StaticString, EventField)] = [
    ("accessKeyId", .accessKeyID), ("credentialId", .credentialID), ("identityProvider", .identityProvider),
  ]
  static let onBehalfOf: [(StaticString, EventField)] = [
    ("userId", .onBehalfUserID), ("identityStoreArn", .onBehalfStoreARN),
  ]
  static let scope: [(StaticString, EventField)] = [
    ("issuerType", .scopeIssuerType), ("credentialsIssuedTo", .scopeCredentialsIssuedTo),
    ("sourceArn", .scopeSourceARN), ("sourceAccount", .scopeSourceAccount),
  ]
  static let session: [(StaticString, EventField)] = [
    ("ec2RoleDelivery", .ec2RoleDelivery), ("sourceIdentity", .sourceIdentity), ("assumedRoot", .assumedRoot),
    ("signInSessionArn", .signInSessionARN),
  ]
  static let issuer: [(StaticString, EventField)] = [
    ("type", .issuerType), ("principalId", .issuerPrincipalID), ("arn", .issuerARN), ("accountId", .issuerAccountID),
  ]

  private func addSession(_ caller: Caller, _ sink: inout some EventSink) {
    guard let session = caller.session else { return }
    if let attributes = session.member("attributes") {
      add(attributes.member("mfaAuthenticated"), .sessionMFA, &sink)
      if sink.wants(.sessionCreationDate), let date = attributes.member("creationDate").flatMap(date) {
        sink.add(.sessionCreationDate, date)
      }
    }
    for (name, field) in Self.session { add(session.member(name), field, &sink) }
    add(session.member("webIdFederationData")?.member("federatedProvider"), .federatedProvider, &sink)
    guard let issuer = caller.issuer else { return }
    for (name, field) in Self.issuer { add(issuer.member(name), field, &sink) }
  }
}
