import Foundation

/// The top-level members of CloudTrail records, and of what they come wrapped in, that the reader knows.
public enum RecordKey: UInt8, CaseIterable, Sendable {
  case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, errorCode
  case errorMessage, requestParameters, responseElements, additionalEventData, serviceEventDetails, requestID, eventID
  case eventType, apiVersion, managementEvent, readOnly, resources, recipientAccountId, sharedEventID, vpcEndpointId
  case eventCategory, tlsDetails, sessionCredentialFromConsole, insightDetails
  // Digest files.
  case digestEndTime, digestS3Object, previousDigestHashValue, previousDigestHashAlgorithm, awsAccountId
  // Wrappers: files, `lookup-events`, EventBridge.
  case records, events, cloudTrailEvent, detail
  // Events that are ECS already.
  case timestamp, source, index, id

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
    case .digestEndTime: "digestEndTime"
    case .digestS3Object: "digestS3Object"
    case .previousDigestHashValue: "previousDigestHashValue"
    case .previousDigestHashAlgorithm: "previousDigestHashAlgorithm"
    case .awsAccountId: "awsAccountId"
    case .records: "Records"
    case .events: "Events"
    case .cloudTrailEvent: "CloudTrailEvent"
    case .detail: "detail"
    case .timestamp: "@timestamp"
    case .source: "_source"
    case .index: "_index"
    case .id: "_id"
    }
  }
}

/// Finds the `RecordKey` of a key's bytes: one load, one table look-up, one comparison.
struct RecordKeyTable: Sendable {
  static let standard = RecordKeyTable()

  private struct Entry: Sendable {
    var key: RecordKey?
    var name: StaticString = ""
  }

  private let entries: [Entry]

  private init() {
    var entries = [Entry](repeating: Entry(), count: 256)
    for key in RecordKey.allCases {
      let name = UnsafeBufferPointer(start: key.name.utf8Start, count: key.name.utf8CodeUnitCount)
      var slot = Self.slot(name)
      while entries[slot].key != nil { slot = (slot + 1) & 255 }
      entries[slot] = Entry(key: key, name: key.name)
    }
    self.entries = entries
  }

  @inline(__always)
  private static func slot(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    // Length, first and last bytes tell the known keys apart but for a few, which probing settles.
    guard name.count >= 3 else { return name.count }
    let count = UInt32(truncatingIfNeeded: name.count)
    let sum = UInt32(name[0]) &* 3 &+ UInt32(name[name.count - 1]) &* 31 &+ UInt32(name[name.count / 2]) &* 7
    return Int((sum &+ count &* 57) & 255)
  }

  @inline(__always)
  func key(_ name: UnsafeBufferPointer<UInt8>) -> RecordKey? {
    var slot = Self.slot(name)
    return entries.withUnsafeBufferPointer { entries in
      while let key = entries[slot].key {
        if name.count == entries[slot].name.utf8CodeUnitCount,
          memcmp(name.baseAddress!, entries[slot].name.utf8Start, name.count) == 0
        {
          return key
        }
        slot = (slot + 1) & 255
      }
      return nil
    }
  }
}
