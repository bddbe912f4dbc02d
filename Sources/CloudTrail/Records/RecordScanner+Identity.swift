import Events
import JSON

// Which event a record tells.
extension RecordScanner {
  struct ToldIdentity {
    /// What the row goes by.
    var own: EventID
    /// The event that the record tells: of an update the one that it updates.
    var event: EventIdentity
    var isUpdate = false
  }

  /// What a record says of its identity, or nil when it names none and is told apart by its text alone.
  ///
  /// An event's id holds within its data stream and account. Events of CloudTrail's data set that are in ECS already go by
  /// the same id as the records that they came from; other documents by their own, since `event.id` is not unique for every
  /// source of events. An alert has an identity of its own: the `event.id` that it has is that of the event it stands on.
  func identity(_ kind: RecordKind, isAlert: Bool, _ index: StructuralIndex) -> ToldIdentity? {
    switch kind {
    case .cloudTrail: return recordIdentity(index)
    case .digest: return nil
    case .ecs: return isAlert ? alertIdentity(index) : documentIdentity(index)
    }
  }

  private func recordIdentity(_ index: StructuralIndex) -> ToldIdentity? {
    guard let own = eventID(members.node(.eventID, in: index)) ?? eventID(members.node(.eventId, in: index)) else {
      return nil
    }
    var told = ToldIdentity(own: own, event: EventIdentity(own))
    if members.token(.addendum) != nil, let addendum = members.node(.addendum, in: index),
      let reason = addendum.member("reason"), reason.isString, reason.rawString.equals("UPDATED_DATA")
    {
      told.isUpdate = true
      if let original = eventID(addendum.member("originalEventID")) { told.event.id = original }
    }
    told.event.scope = scope(account: account(index))
    return told
  }

  /// The account that a record was made for.
  private func account(_ index: StructuralIndex) -> JSONNode? {
    if let account = plain(members.node(.recipientAccountId, in: index)) { return account }
    return plain(members.node(.userIdentity, in: index)?.member("accountId"))
      ?? plain(members.node(.accountId, in: index))
  }

  private func plain(_ node: JSONNode?) -> JSONNode? {
    guard let node, !node.isObject, !node.isArray, !node.isEmptyValue else { return nil }
    return node
  }

  private func eventID(_ node: JSONNode?) -> EventID? {
    guard let node, node.isString, !node.isEmptyValue else { return nil }
    if let prepared, prepared.start == node.rawString.baseAddress { return prepared.id }
    return EventID(text: node.rawString)
  }

  /// A hash of an account; the same for the same text in any document.
  private func scope(account: JSONNode?, stream: UInt64 = 0) -> UInt32 {
    var hash = stream
    if let account {
      hash =
        ByteHash.hash(account.isString ? account.rawString : account.rawScalar, seed: registry.scopeSeed) ^ stream
    }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  // MARK: Documents

  /// True where the object that has been walked is an alert.
  func isAlert(_ index: StructuralIndex) -> Bool {
    AlertReading.isAlert(ECSReader.event(of: JSONNode(index, token: members.documentToken)))
  }

  /// Why the document that has been walked is refused where it is of one of the program's own data streams; else nil.
  func ownStream(_ index: StructuralIndex) -> String? {
    let document = JSONNode(index, token: members.documentToken)
    // What it says of itself counts too: searched by its fields it would stand among those that bear witness.
    let named = [ECSReader.dataStream(of: document), ECSReader.dataStream(byFieldsOf: ECSReader.event(of: document))]
    guard let stream = named.lazy.compactMap(\.self).first(where: OwnStreams.isOwn) else { return nil }
    return "nothing but martlet itself writes to \(stream.prefix(300)): what is sent or read for it is not stored"
  }

  /// The identity of an alert, in the stream of alerts that it is in; it shares none with records of CloudTrail.
  private func alertIdentity(_ index: StructuralIndex) -> ToldIdentity? {
    let document = JSONNode(index, token: members.documentToken)
    guard let node = AlertReading.id(of: document) else { return nil }
    let id = EventID(text: node.rawString, in: ECSReader.dataStream(of: document))
    return ToldIdentity(own: id, event: EventIdentity(id))
  }

  private func documentIdentity(_ index: StructuralIndex) -> ToldIdentity? {
    if let told = trailIdentity(index) { return told }
    guard let node = members.node(.id, in: index), node.isString, node.rawString.count > 0 else { return nil }
    let id = EventID(text: node.rawString, in: members.node(.index, in: index)?.string ?? "")
    return ToldIdentity(own: id, event: EventIdentity(id))
  }

  /// The identity of an event of CloudTrail that is in ECS already.
  private func trailIdentity(_ index: StructuralIndex) -> ToldIdentity? {
    let document = JSONNode(index, token: members.documentToken)
    let event = ECSReader.event(of: document)
    guard let dataset = Self.value(event, "event", "dataset") ?? Self.value(event, "data_stream", "dataset"),
      dataset.isString, dataset.rawString.equals("aws.cloudtrail"), let id = Self.value(event, "event", "id"),
      id.isString, !id.isEmptyValue
    else { return nil }
    let eventID = EventID(text: id.rawString)
    var own = eventID
    if let node = members.node(.id, in: index), node.isString, node.rawString.count > 0 {
      own = EventID(text: node.rawString, in: members.node(.index, in: index)?.string ?? "")
    }
    let trail = event.member("aws")?.member("cloudtrail")
    var told = ToldIdentity(own: own, event: EventIdentity(eventID))
    if let addendum = trail?.member("addendum"), let reason = addendum.member("reason"), reason.isString,
      reason.rawString.equals("UPDATED_DATA")
    {
      told.isUpdate = true
      if let original = addendum.member("original_event_id"), original.isString, !original.isEmptyValue {
        told.event.id = EventID(text: original.rawString)
      }
    }
    let account =
      plain(trail?.member("recipient_account_id")) ?? plain(event.member("aws.cloudtrail.recipient_account_id"))
      ?? plain(event.member("cloud")?.member("account")?.member("id")) ?? plain(event.member("cloud.account.id"))
    told.event.scope = scope(account: account, stream: streamHash(document))
    return told
  }

  /// The value of a field of two parts, nested or under a dotted key.
  private static func value(_ event: JSONNode, _ object: StaticString, _ name: StaticString) -> JSONNode? {
    if let value = event.member(object)?.member(name) { return value }
    var found: JSONNode?
    event.forEachMember { key, value in
      let head = object.utf8CodeUnitCount
      guard found == nil, key.count == head + 1 + name.utf8CodeUnitCount, key[head] == UInt8(ascii: "."),
        UnsafeBufferPointer(rebasing: key[..<head]).equals(object),
        UnsafeBufferPointer(rebasing: key[(head + 1)...]).equals(name)
      else { return }
      found = value
    }
    return found
  }

  /// 0 for the data stream that records belong to, and for a document that names none.
  private func streamHash(_ document: JSONNode) -> UInt64 {
    // Nearly always it is the same one, which need not be put together.
    if members.token(.index) == nil, let parts = ECSReader.event(of: document).member("data_stream"),
      let dataset = parts.member("dataset"), dataset.isString, dataset.rawString.equals("aws.cloudtrail"),
      let type = parts.member("type"), type.isString, type.rawString.equals("logs"),
      let namespace = parts.member("namespace"), namespace.isString,
      namespace.rawString.elementsEqual(registry.namespace)
    {
      return 0
    }
    let stream = ECSReader.dataStream(of: document)
    guard stream != registry.dataStream, stream != EventContext.fallbackDataStream else { return 0 }
    return Array(stream.utf8).withUnsafeBufferPointer { ByteHash.hash($0, seed: registry.scopeSeed) }
  }
}
