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

/// Finds the `RecordKey` of a key's bytes: a table look-up and a comparison of four words.
struct RecordKeyTable: Sendable {
  static let standard = RecordKeyTable()

  /// A name of up to 32 bytes, zeros behind it.
  private struct Entry: Sendable {
    var key: RecordKey?
    var length = 0
    var words: SIMD4<UInt64> = .zero
  }

  private let entries: [Entry]
  /// No known key is longer.
  private static let longest = 32

  private init() {
    var entries = [Entry](repeating: Entry(), count: 256)
    for key in RecordKey.allCases {
      let name = UnsafeBufferPointer(start: key.name.utf8Start, count: key.name.utf8CodeUnitCount)
      precondition(name.count <= Self.longest && name.count >= 3, "keys fit the table")
      var slot = Self.slot(name)
      while entries[slot].key != nil { slot = (slot + 1) & 255 }
      entries[slot] = Entry(key: key, length: name.count, words: Self.words(name))
    }
    self.entries = entries
  }

  @inline(__always)
  private static func slot(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    // Length, first, middle and last bytes tell the known keys apart but for a few, which probing settles.
    let count = UInt32(truncatingIfNeeded: name.count)
    let sum = UInt32(name[0]) &* 3 &+ UInt32(name[name.count - 1]) &* 31 &+ UInt32(name[name.count / 2]) &* 7
    return Int((sum &+ count &* 57) & 255)
  }

  /// The bytes as four words, zeros behind them; overlapping loads, so that nothing beyond the name is read.
  @inline(__always)
  private static func words(_ name: UnsafeBufferPointer<UInt8>) -> SIMD4<UInt64> {
    let start = UnsafeRawPointer(name.baseAddress!)
    var words = SIMD4<UInt64>.zero
    let whole = name.count / 8
    for word in 0..<whole { words[word] = start.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self) }
    let rest = name.count & 7
    if rest > 0 {
      if whole > 0 {
        let last = start.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        words[whole] = last >> UInt64(64 - rest * 8)
      } else {
        for at in 0..<rest { words[0] |= UInt64(name[at]) << UInt64(at * 8) }
      }
    }
    return words
  }

  @inline(__always)
  func key(_ name: UnsafeBufferPointer<UInt8>) -> RecordKey? {
    guard name.count >= 3, name.count <= Self.longest else { return nil }
    var slot = Self.slot(name)
    return entries.withUnsafeBufferPointer { entries in
      guard entries[slot].key != nil else { return nil }
      let words = Self.words(name)
      while let key = entries[slot].key {
        if entries[slot].length == name.count, entries[slot].words == words { return key }
        slot = (slot + 1) & 255
      }
      return nil
    }
  }
}
