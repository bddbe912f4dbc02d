/// A member of a record that a column of a table of records holds, as Athena and CloudTrail Lake name and write it.
public struct RecordColumn: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case text
    case boolean
    /// JSON, or a structure as Athena writes it: `{type=IAMUser, arn=…}`.
    case structure
  }

  /// The key in a record.
  public var key: String
  public var kind: Kind

  /// The member that a column of this lower-case name holds; nil for what tables of records have beside them.
  public init?(column name: String) {
    if Self.beside.contains(name) || name.hasPrefix("partition_") || name.hasPrefix("$") { return nil }
    key = Self.keys[name] ?? name
    switch name {
    case "readonly", "managementevent": kind = .boolean
    case "useridentity", "requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails",
      "resources",
      "tlsdetails", "addendum", "insightdetails", "edgedevicedetails", "eventcontext":
      kind = .structure
    default: kind = .text
    }
  }

  /// Columns by which tables are cut into parts.
  private static let beside: Set<String> = [
    "", "account", "accountid", "org", "organization", "region", "year", "month", "day", "hour", "date", "dt",
    "timestamp",
    "event_date", "metadata",
  ]

  /// The keys of records by their lower-case forms.
  private static let keys: [String: String] = {
    var keys: [String: String] = [:]
    for key in [
      "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress",
      "userAgent",
      "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData",
      "serviceEventDetails",
      "insightDetails", "requestID", "eventID", "eventType", "apiVersion", "managementEvent", "readOnly", "resources",
      "recipientAccountId", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId", "eventCategory", "tlsDetails",
      "sessionCredentialFromConsole", "addendum", "edgeDeviceDetails", "eventContext", "annotation",
    ] {
      keys[key.lowercased()] = key
    }
    return keys
  }()
}
