import Events
import JSON

/// The members of a digest that are dates.
enum DigestDates {
  static let names: [StaticString] = ["digestStartTime", "digestEndTime", "newestEventTime", "oldestEventTime"]
}

// Digests: what CloudTrail says of the files that it has delivered.
extension CloudTrailMapper {
  /// The members that are told in the flattened field, by the names that they have there.
  private static let digest: [(key: StaticString, name: String)] = [
    ("digestStartTime", "start_time"), ("digestEndTime", "end_time"), ("newestEventTime", "newest_event_time"),
    ("oldestEventTime", "oldest_event_time"), ("digestS3Bucket", "s3_bucket"),
    ("digestSignatureAlgorithm", "signature_algorithm"), ("digestPublicKeyFingerprint", "public_key_fingerprint"),
    ("previousDigestS3Object", "previous_s3_object"), ("previousDigestS3Bucket", "previous_s3_bucket"),
    ("previousDigestHashValue", "previous_hash_value"), ("previousDigestHashAlgorithm", "previous_hash_algorithm"),
    ("previousDigestSignature", "previous_signature"), ("logFiles", "log_files"),
  ]

  func addDigest(_ record: JSONNode, _ flattened: JSONDocument?, _ sink: inout some EventSink) {
    add(record.member("awsAccountId"), .cloudAccountID, &sink)
    add(record.member("digestS3Object"), .filePath, &sink)
    add(record.member("previousDigestHashValue"), .relatedHash, &sink)
    sink.add(.eventOutcome, "success")
    sink.add(.eventType, "info")
    if let flattened { sink.addFlattened(.flattenedDigest, flattened.root, leavingOut: nil, mayBeEscaped: true) }
    guard sink.wants(FieldGroup.other) else { return }
    let hasOwnFingerprint = record.member("digestPublicKeyFingerprint").map { !$0.isEmptyValue } ?? false
    record.forEachMember { key, node in
      let isMapped =
        Self.digest.contains { key.equals($0.key) } || key.equals("digestS3Object") || key.equals("awsAccountId")
        || (key.equals("publicKeyFingerprint") && !hasOwnFingerprint)
      guard !isMapped, !node.isEmptyValue, key.count > 0 else { return }
      var plain: [UInt8] = []
      JSONString.appendUnescaped(key, to: &plain)
      var name: [UInt8] = []
      SnakeCase.append(plain, to: &name)
      let parent = OtherParent.record.holds(name) ? OtherParent.unmapped : .record
      sink.addOther(parent, name, node)
    }
  }

  /// What a record that is a digest says under its new names, written as JSON and read again: digests are rare. Nil for
  /// other records, where nobody will look at it, and where nothing is left.
  ///
  /// It is worked out before the event is begun, so that one whose digest cannot be read again, for want of memory, is
  /// refused as a whole: without these fields it might match what excludes them.
  func flattenedDigest(_ row: RecordRow, _ record: JSONNode, for sink: some EventSink) throws(JSONFault)
    -> JSONDocument?
  {
    guard row.kind == .digest, sink.wants(.flattenedDigest) else { return nil }
    beginRecord()
    var json = Array("{".utf8)
    func begin(_ name: String) {
      if json.count > 1 { json.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(name, to: &json)
      json.append(UInt8(ascii: ":"))
    }
    for (key, name) in Self.digest {
      var node = record.member(key)
      if name == "public_key_fingerprint", node?.isEmptyValue ?? true { node = record.member("publicKeyFingerprint") }
      guard let node, !node.isEmptyValue else { continue }
      if DigestDates.names.contains(where: { "\($0)" == "\(key)" }) {
        guard let date = date(node) else { continue }
        begin(name)
        JSONString.appendQuoted(date, to: &json)
      } else {
        begin(name)
        JSONText.appendWithoutEmpty(node, to: &json)
      }
    }
    guard json.count > 1 else { return nil }
    json.append(UInt8(ascii: "}"))
    do {
      return try readDigest(json[...])
    } catch {
      throw error.fault
    }
  }
}
