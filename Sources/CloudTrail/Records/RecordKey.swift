import JSON

/// The top-level members of CloudTrail records, and of what they come wrapped in, that the reader knows.
public enum RecordKey: UInt8, CaseIterable, Sendable {
  case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, errorCode
  case errorMessage, requestParameters, responseElements, additionalEventData, serviceEventDetails, insightDetails
  case requestID, eventID, eventType, apiVersion, managementEvent, readOnly, resources, recipientAccountId
  case sharedEventID, vpcEndpointId, eventCategory, tlsDetails, sessionCredentialFromConsole
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

/// Finds the `RecordKey` of a key's bytes: a table look-up and a comparison of two words.
///
/// Keys lie in text with at least eight readable bytes behind them, as the scanner's and kept records' do.
struct RecordKeyTable: Sendable {
  static let standard = RecordKeyTable()

  private struct Entry: Sendable {
    /// 0 for a free entry.
    var length = 0
    /// The first and the last eight bytes, which is all there is of a name of up to 16.
    var head: UInt64 = 0
    var tail: UInt64 = 0
    var key = RecordKey.eventVersion
  }

  private let entries: [Entry]
  private static let slots = 512

  private init() {
    var entries = [Entry](repeating: Entry(), count: Self.slots)
    for key in RecordKey.allCases {
      // The copy has the bytes behind the name that a text has.
      let count = key.name.utf8CodeUnitCount
      precondition(count >= 3, "the table tells keys of three bytes and more apart")
      let copy = Array(UnsafeBufferPointer(start: key.name.utf8Start, count: count)) + [UInt8](repeating: 0, count: 8)
      copy.withUnsafeBufferPointer { copy in
        let (head, tail) = Self.ends(copy.baseAddress!, count)
        var slot = Self.slot(head, tail, count)
        while entries[slot].length != 0 { slot = (slot + 1) & (Self.slots - 1) }
        entries[slot] = Entry(length: count, head: head, tail: tail, key: key)
      }
    }
    self.entries = entries
  }

  @inline(__always)
  private static func ends(_ start: UnsafePointer<UInt8>, _ count: Int) -> (head: UInt64, tail: UInt64) {
    let raw = UnsafeRawPointer(start)
    let head = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    if count >= 8 { return (head, UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))) }
    let shorter = head & ((1 << UInt64(count * 8)) - 1)
    return (shorter, shorter)
  }

  @inline(__always)
  private static func slot(_ head: UInt64, _ tail: UInt64, _ count: Int) -> Int {
    let mixed = (head ^ tail &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)) &* 0xD6E8_FEB8_6659_FD93
    return Int(mixed >> 55)
  }

  @inline(__always)
  func key(_ name: UnsafeBufferPointer<UInt8>) -> RecordKey? {
    guard name.count >= 3, let start = name.baseAddress else { return nil }
    let (head, tail) = Self.ends(start, name.count)
    var slot = Self.slot(head, tail, name.count)
    return entries.withUnsafeBufferPointer { entries in
      while entries[slot].length != 0 {
        let entry = entries[slot]
        if entry.length == name.count, entry.head == head, entry.tail == tail,
          name.count <= 16 || name.equals(entry.key.name)
        {
          return entry.key
        }
        slot = (slot + 1) & (Self.slots - 1)
      }
      return nil
    }
  }
}
