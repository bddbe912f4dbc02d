/// The fields that a CloudTrail record fills in, save those below the flattened ones.
public enum EventField: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case timestamp
  case apiVersion, loginTo, mfaUsed, mobileVersion, errorCode, errorMessage, trailEventCategory, trailEventType
  case eventVersion, additionalEventData, flattenedAdditionalEventData, flattenedDigest, flattenedInsightDetails
  case flattenedRequestParameters, flattenedResponseElements, flattenedServiceEventDetails, managementEvent, readOnly
  case recipientAccountID, requestID, requestParameters, resources, resourceARN, resourceAccountID, resourceType
  case responseElements, serviceEventDetails, sessionCredentialFromConsole, sharedEventID, accessKeyID, userARN,
    invokedBy
  case sessionCreationDate, sessionMFA, issuerAccountID, issuerARN, issuerPrincipalID, issuerType, userType,
    vpcEndpointID
  case cloudAccountID, cloudProvider, cloudRegion
  case dataStreamDataset, dataStreamNamespace, dataStreamType, ecsVersion, entityTargetID
  case eventAction, eventCategory, eventCreated, eventDataset, eventID, eventIngested, eventKind, eventModule,
    eventOriginal
  case eventOutcome, eventProvider, eventType
  case filePath, groupID, groupName, relatedEntity, relatedUser
  case sourceAddress, sourceIP, asNumber, asOrganizationName
  case geoCityName, geoContinentName, geoCountryCode, geoCountryName, geoLatitude, geoLongitude, geoRegionCode,
    geoRegionName
  case tlsCipher, tlsServerName, tlsVersion, tlsProtocol
  case userChangesName, userID, userName, userTargetID, userTargetName
  case agentDevice, agentName, userAgentOriginal, agentOSFull, agentOSName, agentOSVersion, agentVersion
  case policyTarget, policyOutsideAccounts, policyOutsideAccess, policyAnyone, policyPrincipals, policyReach
  case policyRiskScore
  case trailManagementEvents, networkOpenPorts
  case cloudServiceName, serviceName, credentialID, identityProvider, delegateAccountID, onBehalfUserID,
    onBehalfStoreARN
  case scopeIssuerType, scopeCredentialsIssuedTo, scopeSourceARN, scopeSourceAccount
  case ec2RoleDelivery, sourceIdentity, assumedRoot, signInSessionARN, federatedProvider
  case vpcEndpointAccountID, keyExchange, addendumReason, addendumUpdatedFields, addendumRequestID, addendumEventID
  case userEmail, relatedIP, relatedHash, relatedHosts, tags, errorText
  case targetEntityID, serviceTargetEntityID, userTargetEntityID, hostTargetEntityID, hostTargetID
  case actorEntityID, serviceEntityID, userEntityID, hostEntityID, entityID

  /// The field's full dotted path.
  public var path: String { Self.paths[Int(rawValue)] }

  private static let paths: [String] = allCases.map { field in
    let trail = "aws.cloudtrail."
    let identity = trail + "user_identity."
    let session = identity + "session_context."
    return switch field {
    case .timestamp: "@timestamp"
    case .apiVersion: trail + "api_version"
    case .loginTo: trail + "console_login.additional_eventdata.login_to"
    case .mfaUsed: trail + "console_login.additional_eventdata.mfa_used"
    case .mobileVersion: trail + "console_login.additional_eventdata.mobile_version"
    case .errorCode: trail + "error_code"
    case .errorMessage: trail + "error_message"
    case .trailEventCategory: trail + "event_category"
    case .trailEventType: trail + "event_type"
    case .eventVersion: trail + "event_version"
    case .additionalEventData: trail + "additional_eventdata"
    case .flattenedAdditionalEventData: trail + "flattened.additional_eventdata"
    case .flattenedDigest: trail + "flattened.digest"
    case .flattenedInsightDetails: trail + "flattened.insight_details"
    case .flattenedRequestParameters: trail + "flattened.request_parameters"
    case .flattenedResponseElements: trail + "flattened.response_elements"
    case .flattenedServiceEventDetails: trail + "flattened.service_event_details"
    case .managementEvent: trail + "management_event"
    case .readOnly: trail + "read_only"
    case .recipientAccountID: trail + "recipient_account_id"
    case .requestID: trail + "request_id"
    case .requestParameters: trail + "request_parameters"
    case .resources: trail + "resources"
    case .resourceARN: trail + "resources.arn"
    case .resourceAccountID: trail + "resources.account_id"
    case .resourceType: trail + "resources.type"
    case .responseElements: trail + "response_elements"
    case .serviceEventDetails: trail + "service_event_details"
    case .sessionCredentialFromConsole: trail + "session_credential_from_console"
    case .sharedEventID: trail + "shared_event_id"
    case .accessKeyID: trail + "user_identity.access_key_id"
    case .userARN: trail + "user_identity.arn"
    case .invokedBy: trail + "user_identity.invoked_by"
    case .sessionCreationDate: trail + "user_identity.session_context.creation_date"
    case .sessionMFA: trail + "user_identity.session_context.mfa_authenticated"
    case .issuerAccountID: trail + "user_identity.session_context.session_issuer.account_id"
    case .issuerARN: trail + "user_identity.session_context.session_issuer.arn"
    case .issuerPrincipalID: trail + "user_identity.session_context.session_issuer.principal_id"
    case .issuerType: trail + "user_identity.session_context.session_issuer.type"
    case .userType: trail + "user_identity.type"
    case .vpcEndpointID: trail + "vpc_endpoint_id"
    case .cloudAccountID: "cloud.account.id"
    case .cloudProvider: "cloud.provider"
    case .cloudRegion: "cloud.region"
    case .dataStreamDataset: "data_stream.dataset"
    case .dataStreamNamespace: "data_stream.namespace"
    case .dataStreamType: "data_stream.type"
    case .ecsVersion: "ecs.version"
    case .entityTargetID: "entity.target.id"
    case .eventAction: "event.action"
    case .eventCategory: "event.category"
    case .eventCreated: "event.created"
    case .eventDataset: "event.dataset"
    case .eventID: "event.id"
    case .eventIngested: "event.ingested"
    case .eventKind: "event.kind"
    case .eventModule: "event.module"
    case .eventOriginal: "event.original"
    case .eventOutcome: "event.outcome"
    case .eventProvider: "event.provider"
    case .eventType: "event.type"
    case .filePath: "file.path"
    case .groupID: "group.id"
    case .groupName: "group.name"
    case .relatedEntity: "related.entity"
    case .relatedUser: "related.user"
    case .sourceAddress: "source.address"
    case .asNumber: "source.as.number"
    case .asOrganizationName: "source.as.organization.name"
    case .geoCityName: "source.geo.city_name"
    case .geoContinentName: "source.geo.continent_name"
    case .geoCountryCode: "source.geo.country_iso_code"
    case .geoCountryName: "source.geo.country_name"
    case .geoLatitude: "source.geo.location.lat"
    case .geoLongitude: "source.geo.location.lon"
    case .geoRegionCode: "source.geo.region_iso_code"
    case .geoRegionName: "source.geo.region_name"
    case .sourceIP: "source.ip"
    case .tlsCipher: "tls.cipher"
    case .tlsServerName: "tls.client.server_name"
    case .tlsVersion: "tls.version"
    case .tlsProtocol: "tls.version_protocol"
    case .userChangesName: "user.changes.name"
    case .userID: "user.id"
    case .userName: "user.name"
    case .userTargetID: "user.target.id"
    case .userTargetName: "user.target.name"
    case .agentDevice: "user_agent.device.name"
    case .agentName: "user_agent.name"
    case .userAgentOriginal: "user_agent.original"
    case .agentOSFull: "user_agent.os.full"
    case .agentOSName: "user_agent.os.name"
    case .agentOSVersion: "user_agent.os.version"
    case .agentVersion: "user_agent.version"
    case .policyTarget: "martlet.policy.target"
    case .policyOutsideAccounts: "martlet.policy.outside_accounts"
    case .policyOutsideAccess: "martlet.policy.outside_access"
    case .policyAnyone: "martlet.policy.anyone"
    case .policyPrincipals: "martlet.policy.principals"
    case .policyReach: "martlet.policy.reach"
    case .policyRiskScore: "martlet.policy.risk_score"
    case .trailManagementEvents: "martlet.trail.management_events"
    case .networkOpenPorts: "martlet.network.open_ports"
    case .cloudServiceName: "cloud.service.name"
    case .serviceName: "service.name"
    case .credentialID: identity + "credential_id"
    case .identityProvider: identity + "identity_provider"
    case .delegateAccountID: identity + "invoked_by_delegate.account_id"
    case .onBehalfUserID: identity + "on_behalf_of.user_id"
    case .onBehalfStoreARN: identity + "on_behalf_of.identity_store_arn"
    case .scopeIssuerType: identity + "in_scope_of.issuer_type"
    case .scopeCredentialsIssuedTo: identity + "in_scope_of.credentials_issued_to"
    case .scopeSourceARN: identity + "in_scope_of.source_arn"
    case .scopeSourceAccount: identity + "in_scope_of.source_account"
    case .ec2RoleDelivery: session + "ec2_role_delivery"
    case .sourceIdentity: session + "source_identity"
    case .assumedRoot: session + "assumed_root"
    case .signInSessionARN: session + "sign_in_session_arn"
    case .federatedProvider: session + "web_id_federation_data.federated_provider"
    case .vpcEndpointAccountID: trail + "vpc_endpoint_account_id"
    case .keyExchange: trail + "tls_details.key_exchange"
    case .addendumReason: trail + "addendum.reason"
    case .addendumUpdatedFields: trail + "addendum.updated_fields"
    case .addendumRequestID: trail + "addendum.original_request_id"
    case .addendumEventID: trail + "addendum.original_event_id"
    case .userEmail: "user.email"
    case .relatedIP: "related.ip"
    case .relatedHash: "related.hash"
    case .relatedHosts: "related.hosts"
    case .tags: "tags"
    case .errorText: "error.message"
    case .targetEntityID: "target.entity.id"
    case .serviceTargetEntityID: "service.target.entity.id"
    case .userTargetEntityID: "user.target.entity.id"
    case .hostTargetEntityID: "host.target.entity.id"
    case .hostTargetID: "host.target.id"
    case .actorEntityID: "actor.entity.id"
    case .serviceEntityID: "service.entity.id"
    case .userEntityID: "user.entity.id"
    case .hostEntityID: "host.entity.id"
    case .entityID: "entity.id"
    }
  }
}
