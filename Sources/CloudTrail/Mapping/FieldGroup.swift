import Events

/// Fields that are worked out together, from the same part of a record: what a rule needs of a record is told by group,
/// so that the parts that no candidate rule needs are passed over.
public struct FieldGroup: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Plain members of the record, constants and what is derived from them.
  public static let plain = FieldGroup(rawValue: 1 << 0)
  /// `userIdentity`.
  public static let identity = FieldGroup(rawValue: 1 << 1)
  /// The parse of the user agent.
  public static let agent = FieldGroup(rawValue: 1 << 2)
  /// TLS and resources.
  public static let connection = FieldGroup(rawValue: 1 << 3)
  /// The leaves of the request, and what is taken from it by name.
  public static let request = FieldGroup(rawValue: 1 << 4)
  /// The leaves of the response, and what is taken from it by name.
  public static let response = FieldGroup(rawValue: 1 << 5)
  /// The leaves of additional and service event data, Insights and digests.
  public static let details = FieldGroup(rawValue: 1 << 6)
  /// The text forms of request, response, additional and service event data.
  public static let text = FieldGroup(rawValue: 1 << 7)
  /// Related and target entities.
  public static let entities = FieldGroup(rawValue: 1 << 8)
  /// Place and network of the source address.
  public static let geo = FieldGroup(rawValue: 1 << 9)
  /// What is judged from the call: `martlet.*`.
  public static let judged = FieldGroup(rawValue: 1 << 14)

  /// Elements of a record that no field is for.
  public static let other = FieldGroup(rawValue: 1 << 10)

  public static let all = FieldGroup(rawValue: .max)

  /// The groups that a field of an event by its path needs; all of them for a path that could be anything.
  public static func needed(for path: String) -> FieldGroup {
    if let field = EventField.named(path) { return field.group }
    for (root, group) in roots where path.hasPrefix(root) { return group }
    if FieldPlan.standsInTexts(path) { return .plain }
    return path.hasPrefix(OtherParent.record.path + ".") ? [.other, .plain] : []
  }

  /// True when some CloudTrail record fills the field of a path, or may have a key of that path in a flattened field.
  ///
  /// Elements that CloudTrail is not known to have may still be there: of their fields this is false.
  public static func isFilled(_ path: String) -> Bool {
    let needed = needed(for: path)
    return !needed.isEmpty
      && (!needed.contains(.other) || known.contains { path == $0 || path.hasPrefix($0 + ".") })
  }

  /// Elements that CloudTrail has and Elastic's pipeline ignores.
  private static let known = [
    "annotation", "edge_device_details", "event_context", "summary", "time_window",
    "user_identity.session_context.web_id_federation_data.attributes",
    "user_identity.principal_id", "user_identity.user_name", "user_identity.session_context.session_issuer.user_name",
  ].map { OtherParent.record.path + "." + $0 }

  private static let roots: [(String, FieldGroup)] = [
    (EventField.flattenedRequestParameters.path + ".", .request),
    (EventField.flattenedResponseElements.path + ".", .response),
    (EventField.flattenedAdditionalEventData.path + ".", .details),
    (EventField.flattenedServiceEventDetails.path + ".", .details),
    (EventField.flattenedInsightDetails.path + ".", .details), (EventField.flattenedDigest.path + ".", .details),
    (EventField.resources.path + ".", .connection),
    // The point itself, which stands in columns by its parts.
    ("source.geo.location", .geo),
  ]
}

extension EventField {
  /// The group that the field belongs to.
  var group: FieldGroup {
    switch self {
    case .userARN, .userType, .accessKeyID, .invokedBy, .userID, .userName, .userEmail, .serviceName, .cloudAccountID,
      .credentialID, .identityProvider, .delegateAccountID, .onBehalfUserID, .onBehalfStoreARN, .scopeIssuerType,
      .scopeCredentialsIssuedTo, .scopeSourceARN, .scopeSourceAccount,
      .sessionCreationDate, .sessionMFA, .ec2RoleDelivery, .sourceIdentity, .assumedRoot, .signInSessionARN,
      .federatedProvider, .issuerAccountID, .issuerARN, .issuerPrincipalID, .issuerType:
      [.identity, .plain]
    case .relatedUser: [.identity, .request, .response, .plain]
    case .agentDevice, .agentName, .agentOSFull, .agentOSName, .agentOSVersion, .agentVersion: [.agent, .plain]
    case .tlsCipher, .tlsServerName, .tlsVersion, .tlsProtocol, .keyExchange, .resources, .resourceARN,
      .resourceAccountID,
      .resourceType:
      [.connection, .plain]
    case .flattenedRequestParameters, .userTargetName, .userChangesName, .groupName: [.request, .plain]
    case .flattenedResponseElements, .groupID, .userTargetID: [.response, .plain]
    case .flattenedAdditionalEventData, .flattenedServiceEventDetails, .flattenedInsightDetails, .flattenedDigest,
      .loginTo, .mfaUsed, .mobileVersion:
      [.details, .plain]
    case .requestParameters, .responseElements, .additionalEventData, .serviceEventDetails: [.text, .plain]
    case .relatedEntity, .relatedHosts, .entityTargetID, .targetEntityID, .serviceTargetEntityID, .userTargetEntityID,
      .hostTargetEntityID, .hostTargetID, .actorEntityID, .serviceEntityID, .userEntityID, .hostEntityID, .entityID:
      [.entities, .plain]
    case .asNumber, .asOrganizationName, .geoCityName, .geoContinentName, .geoCountryCode, .geoCountryName,
      .geoLatitude, .geoLongitude, .geoRegionCode, .geoRegionName:
      [.geo, .plain]
    case .policyTarget, .policyOutsideAccounts, .policyOutsideAccess, .policyAnyone, .policyPrincipals,
      .policyReach, .policyRiskScore, .trailManagementEvents, .networkOpenPorts:
      [.judged, .plain]
    default: .plain
    }
  }

  /// The field of a path, if it is one of those that records fill in by name.
  static func named(_ path: String) -> EventField? { byPath[path] }

  private static let byPath = Dictionary(uniqueKeysWithValues: allCases.map { ($0.path, $0) })
}
