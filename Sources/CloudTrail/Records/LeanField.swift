/// The event fields that come straight from one top-level member of a record, so that they are at hand while a record is
/// found: a hunt first asks its rules about these, and maps only the records that some rule may still match.
public enum LeanField: Int, CaseIterable, Sendable {
  case action, provider, region, address, agent, errorCode, errorMessage, eventType, eventCategory, recipientAccount
  case apiVersion, outcome
  /// The source address where it is one, and no service's name: found for each distinct `address` once.
  case ip
  /// What kind of principal called: `type` of `userIdentity`, which is walked over anyway.
  case identityType

  /// The member that the field is a plain copy of; nil for a derived one.
  var key: RecordKey? {
    switch self {
    case .action: .eventName
    case .provider: .eventSource
    case .region: .awsRegion
    case .address: .sourceIPAddress
    case .agent: .userAgent
    case .errorCode: .errorCode
    case .errorMessage: .errorMessage
    case .eventType: .eventType
    case .eventCategory: .eventCategory
    case .recipientAccount: .recipientAccountId
    case .apiVersion: .apiVersion
    case .outcome, .ip, .identityType: nil
    }
  }

  /// The field of the event.
  public var field: EventField {
    switch self {
    case .action: .eventAction
    case .provider: .eventProvider
    case .region: .cloudRegion
    case .address: .sourceAddress
    case .agent: .userAgentOriginal
    case .errorCode: .errorCode
    case .errorMessage: .errorMessage
    case .eventType: .trailEventType
    case .eventCategory: .trailEventCategory
    case .recipientAccount: .recipientAccountID
    case .apiVersion: .apiVersion
    case .outcome: .eventOutcome
    case .ip: .sourceIP
    case .identityType: .userType
    }
  }

  /// The lean field of an event's field path, if it is one.
  public static func named(_ path: String) -> LeanField? { byPath[path] }

  private static let byPath = Dictionary(uniqueKeysWithValues: allCases.map { ($0.field.path, $0) })
}
