import JSON

/// The top-level members of CloudTrail records, and of what they come wrapped in, that the reader knows.
public enum RecordKey: UInt8, CaseIterable, Sendable {
  case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, errorCode
  case errorMessage, requestParameters, responseElements, additionalEventData, serviceEventDetails, insightDetails
  case requestID, eventID, eventType, apiVersion, managementEvent, readOnly, resources, recipientAccountId
  case sharedEventID, vpcEndpointId, eventCategory, tlsDetails, sessionCredentialFromConsole
  case sharedEventId, vpcEndpointAccountId, addendum
  // Events that sum up many calls.
  case timeWindow, accountId, eventId
  // Digest files.
  case digestEndTime, digestS3Object, previousDigestHashValue, awsAccountId
  // Objects that hold a record: EventBridge, Splunk.
  case detail, result
  // Events that are ECS already.
  case timestamp, source, index, id
  // Texts that hold a record: `lookup-events`, CloudTrail Lake, Splunk, CloudWatch Logs Insights, CloudWatch Logs.
  case cloudTrailEvent, eventJSON, raw, insightsMessage, message
  // Lists that hold records: files, `lookup-events`, `filter-log-events`, a subscription of CloudWatch Logs, CloudTrail
  // Lake, Splunk and CloudWatch Logs Insights, Elasticsearch.
  case records, events, filteredEvents, logEvents, queryResultRows, results, hits

  /// The key as JSON spells it.
  public var name: StaticString {
    switch self {
    case .eventVersion: "eventVersion"
    case .userIdentity: "userIdentity"
    case .eventTime: "eventTime"
    case .eventSource: "eventSource"
    case .eventName: "eventName"
    case .awsRegion: "awsRegion"
    case .sourceIPAddress: "sourceIPAddress"
    case .userAgent: "userAgent"
    case .errorCode: "errorCode"
    case .errorMessage: "errorMessage"
    case .requestParameters: "requestParameters"
    case .responseElements: "responseElements"
    case .additionalEventData: "additionalEventData"
    case .serviceEventDetails: "serviceEventDetails"
    case .requestID: "requestID"
    case .eventID: "eventID"
    case .eventType: "eventType"
    case .apiVersion: "apiVersion"
    case .managementEvent: "managementEvent"
    case .readOnly: "readOnly"
    case .resources: "resources"
    case .recipientAccountId: "recipientAccountId"
    case .sharedEventID: "sharedEventID"
    case .vpcEndpointId: "vpcEndpointId"
    case .eventCategory: "eventCategory"
    case .tlsDetails: "tlsDetails"
    case .sessionCredentialFromConsole: "sessionCredentialFromConsole"
    case .insightDetails: "insightDetails"
    case .sharedEventId: "sharedEventId"
    case .vpcEndpointAccountId: "vpcEndpointAccountId"
    case .addendum: "addendum"
    case .timeWindow: "timeWindow"
    case .accountId: "accountId"
    case .eventId: "eventId"
    case .digestEndTime: "digestEndTime"
    case .digestS3Object: "digestS3Object"
    case .previousDigestHashValue: "previousDigestHashValue"
    case .awsAccountId: "awsAccountId"
    case .detail: "detail"
    case .result: "result"
    case .timestamp: "@timestamp"
    case .source: "_source"
    case .index: "_index"
    case .id: "_id"
    case .cloudTrailEvent: "CloudTrailEvent"
    case .eventJSON: "eventJson"
    case .raw: "_raw"
    case .insightsMessage: "@message"
    case .message: "message"
    case .records: "Records"
    case .events: "Events"
    case .filteredEvents: "events"
    case .logEvents: "logEvents"
    case .queryResultRows: "QueryResultRows"
    case .results: "results"
    case .hits: "hits"
    }
  }

  /// True for a key under which a list of records may stand.
  @inline(__always)
  var mayHoldRecords: Bool { rawValue >= RecordKey.records.rawValue }

  /// True for a key that other objects than records and what wraps them hardly have.
  var isTelling: Bool {
    switch self {
    case .detail, .result, .message, .filteredEvents, .results, .hits: false
    default: true
    }
  }
}
