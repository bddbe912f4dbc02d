import Events
import JSON

// Who acts on what: `actor.*`, `*.target.*`, `related.entity`.
extension CloudTrailMapper {
  static let targetFields = EventFieldSet([
    .targetEntityID, .serviceTargetEntityID, .userTargetEntityID, .hostTargetEntityID, .hostTargetID, .entityTargetID,
  ])
  static let actorFields = EventFieldSet([
    .actorEntityID, .serviceEntityID, .userEntityID, .hostEntityID, .entityID,
  ])

  func addEntities(
    _ index: StructuralIndex, _ call: Known<KnownCall>, _ caller: Known<KnownCaller>?, _ sink: inout some EventSink
  ) {
    guard sink.wants(.entities), call.pointee.hasAction else { return }
    let wantsRelated = sink.wants(.relatedEntity)
    if wantsRelated || sink.wants(anyOf: targetFields) {
      ids.removeAll(keepingCapacity: true)
      collect(call.pointee.targets, index)
      TextOrder.sort(&ids)
      for id in ids { addTarget(id, isOfIAM: call.pointee.isOfIAM, &sink) }
      if wantsRelated { addRelatedEntities(index, call, caller, &sink) }
    }
    if let caller, sink.wants(anyOf: actorFields) {
      sink.add(call.pointee.isAssumeRole ? caller.pointee.roleAssumer : caller.pointee.actor)
    }
  }

  /// Adds what the call acts on, which `ids` holds, and what else it names.
  private func addRelatedEntities(
    _ index: StructuralIndex, _ call: Known<KnownCall>, _ caller: Known<KnownCaller>?, _ sink: inout some EventSink
  ) {
    if let caller { ids.append(contentsOf: caller.pointee.related) }
    ids.append(contentsOf: resourceARNs(index))
    collect(call.pointee.related, index)
    TextOrder.sort(&ids)
    for id in ids { sink.add(.relatedEntity, Scalar(.string, id)) }
  }

  /// Appends what stands at the sources to `ids`.
  private func collect(_ sources: EntityTargets.Sources, _ index: StructuralIndex) {
    for source in sources.all {
      switch source {
      case .request(let paths): collect(paths, in: .requestParameters, index)
      case .response(let paths): collect(paths, in: .responseElements, index)
      case .additional(let paths): collect(paths, in: .additionalEventData, index)
      case .requestNumber(let paths): collect(paths, in: .requestParameters, numbersToo: true, index)
      case .resources: ids.append(contentsOf: resourceARNs(index))
      case .account: collect(members.node(.recipientAccountId, in: index))
      case .sourceIdentity: collect(JSONNode(index, token: members.documentToken).member("sourceIdentity"))
      case .firstOf(let first, let second):
        let start = ids.count
        collect(first, index)
        if ids.count == start { collect(second, index) }
        if ids.count > start, ids[start...].allSatisfy({ $0.equals("*") }) {
          ids.removeSubrange(start...)
          collect(.account, index)
        }
      }
    }
  }

  private func collect(
    _ paths: EntityTree, in key: RecordKey, numbersToo: Bool = false, _ index: StructuralIndex
  ) {
    guard let node = members.node(key, in: index) else { return }
    paths.forEachText(in: node, numbersToo: numbersToo) { found in
      if let text = value(found) { ids.append(text.bytes) }
    }
  }

  private func collect(_ node: JSONNode?) {
    if let text = text(node) { ids.append(text.bytes) }
  }

  /// A string that is not empty.
  private func text(_ node: JSONNode?) -> Scalar? {
    guard let node, node.isString else { return nil }
    return value(node)
  }

  private func addTarget(_ id: UnsafeBufferPointer<UInt8>, isOfIAM: Bool, _ sink: inout some EventSink) {
    let value = Scalar(.string, id)
    sink.add(.targetEntityID, value)
    switch EntityKind(target: id, isOfIAM: isOfIAM) {
    case .service: sink.add(.serviceTargetEntityID, value)
    case .user: sink.add(.userTargetEntityID, value)
    case .host:
      sink.add(.hostTargetEntityID, value)
      guard id.hasPrefix("arn:") else { return sink.add(.hostTargetID, value) }
      guard id.part(2, of: 6)?.equals("ec2") ?? false, let name = id.part(5, of: 6),
        let last = name.split(separator: UInt8(ascii: "/")).last.map({ UnsafeBufferPointer(rebasing: $0) }),
        last.hasPrefix("i-")
      else { return }
      sink.add(.hostTargetID, Scalar(.string, last))
    case .other: sink.add(.entityTargetID, value)
    }
  }

  /// What belongs into `related.entity` of a caller, in the order of the texts: what is in order is sorted fast.
  func relatedIDs(_ caller: Caller, _ identity: JSONNode) -> [UnsafeBufferPointer<UInt8>] {
    var nodes = [
      identity.member("accessKeyId"), caller.arn, caller.userName, caller.issuer?.member("arn"),
      caller.issuer?.member("userName"),
    ]
    if caller.kind == .identityCenterUser { nodes.append(caller.onBehalfOf?.member("identityStoreArn")) }
    var ids = nodes.compactMap { text($0)?.bytes }
    TextOrder.sort(&ids)
    return ids
  }

  /// - Parameter assumesRole: the call was `sts:AssumeRole`.
  func addActor(_ caller: Caller, assumesRole: Bool, _ sink: inout some EventSink) {
    let type = text(caller.type)?.bytes
    func isType(_ name: StaticString) -> Bool { type?.equals(name) ?? false }
    let issuer = text(caller.issuer?.member("arn"))
    var actor = text(caller.arn) ?? text(caller.onBehalfOf?.member("userId"))
    if assumesRole {
      if isType("AWSService"), let invoker = text(caller.invokedBy) { actor = invoker }
      if isType("AssumedRole"), let issuer { actor = issuer }
    }
    guard let actor else { return }
    sink.add(.actorEntityID, actor)
    let arnType = EntityKind.type(ofARN: actor.bytes)
    if isType("AWSService") || EntityKind.isServiceLinked(actor.bytes) {
      sink.add(.serviceEntityID, actor)
    } else if isType("AssumedRole") {
      sink.add(.userEntityID, issuer ?? actor)
    } else if isType("IAMUser") || isType("Root")
      || arnType.map({ type in Self.userTypes.contains { type.equals($0) } }) ?? false
    {
      sink.add(.userEntityID, actor)
    } else if arnType?.equals("instance") ?? false || actor.bytes.hasPrefix("i-") {
      sink.add(.hostEntityID, actor)
    } else {
      sink.add(.entityID, actor)
    }
  }

  private static let userTypes: [StaticString] = ["user", "role", "assumed-role", "federated-user"]
}
