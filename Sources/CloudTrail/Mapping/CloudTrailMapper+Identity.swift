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
    guard let arn, arn.kind == .string else { return nil }
    let text = arn.text
    guard let found = text.firstRange(ofASCII: ":role/aws-service-role/") else { return nil }
    let rest = text[found.upperBound...]
    guard let end = rest.firstIndex(of: "/"), end > rest.startIndex else { return nil }
    return String(rest[..<end])
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
  func sessionName(_ caller: Caller) -> Substring? {
    guard caller.mayHaveSessionName, let arn = value(caller.arn), arn.kind == .string else { return nil }
    let text = arn.text
    guard text.contains(ascii: ":sts:"), let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let name = text[text.utf8.index(after: slash)...]
    return name.isEmpty ? nil : name
  }

  /// The name that a sign-in to Identity Center gives beside an identity that names no user; nil where it does not count.
  func movedUserName(_ index: StructuralIndex, _ action: String, known: Scalar?) -> Scalar? {
    guard action == "UserAuthentication", known == nil else { return nil }
    return value(members.node(.additionalEventData, in: index)?.member("UserName"))
  }

  func movedUserName(_ index: StructuralIndex, _ action: String) -> Scalar? {
    guard action == "UserAuthentication" else { return nil }
    let known = members.node(.userIdentity, in: index).map(caller).flatMap(userName)
    return movedUserName(index, action, known: known)
  }

  func addUser(_ index: StructuralIndex, _ action: String, _ sink: inout some EventSink) {
    guard sink.wants(.identity) else { return }
    guard let identity = members.node(.userIdentity, in: index) else {
      addName(nil, movedUserName(index, action, known: nil), &sink)
      return
    }
    addIdentity(identity, &sink) { movedUserName(index, action, known: $0) }
  }

  /// Maps the value of `userIdentity` by itself, the account and all.
  func mapIdentity(_ identity: JSONNode, into sink: inout some EventSink) {
    beginIdentity()
    add(identity.member("accountId"), .cloudAccountID, &sink)
    addIdentity(identity, &sink) { _ in nil }
  }

  /// - Parameter moved: the user's name that stands elsewhere in the record, given the one found here.
  private func addIdentity(
    _ identity: JSONNode, _ sink: inout some EventSink, moved: (Scalar?) -> Scalar?
  ) {
    let caller = caller(identity)
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
    addName(caller, name ?? moved(name), &sink)
  }

  private func addName(_ caller: Caller?, _ name: Scalar?, _ sink: inout some EventSink) {
    if let name { sink.add(.userName, name) }
    guard sink.wants(.userEmail) else { return }
    if let session = caller.flatMap(sessionName), session.contains("@") {
      sink.add(.userEmail, String(session))
    } else if let name, name.bytes.dropFirst(Self.firstCharacter(name.bytes)).contains(UInt8(ascii: "@")) {
      sink.add(.userEmail, name)
    }
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
