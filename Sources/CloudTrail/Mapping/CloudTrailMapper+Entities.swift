import Events
import JSON

// Who acts on what: `actor.*`, `*.target.*`, `related.entity`.
extension CloudTrailMapper {
  private static let targetFields: [EventField] = [
    .targetEntityID, .serviceTargetEntityID, .userTargetEntityID, .hostTargetEntityID, .hostTargetID, .entityTargetID,
  ]
  private static let actorFields: [EventField] = [
    .actorEntityID, .serviceEntityID, .userEntityID, .hostEntityID, .entityID,
  ]

  func addEntities(_ index: StructuralIndex, _ action: String, _ sink: inout some EventSink) {
    guard sink.wants(.entities), !action.isEmpty else { return }
    let service = service(index) ?? ""
    let wantsRelated = sink.wants(.relatedEntity)
    if wantsRelated || Self.targetFields.contains(where: { sink.wants($0) }) {
      var targets: Set<String> = []
      collect(EntityTargets.targets(service, action), index, into: &targets)
      addTargets(targets, service, &sink)
      if wantsRelated { addRelatedEntities(targets, service, index, &sink) }
    }
    if Self.actorFields.contains(where: { sink.wants($0) }) { addActor(service, action, index, &sink) }
  }

  private func collect(
    _ sources: [EntityTargets.Source], _ index: StructuralIndex, into found: inout Set<String>
  ) {
    for source in sources {
      switch source {
      case .request(let path):
        if let node = members.node(.requestParameters, in: index) { path.forEachText(in: node) { found.insert($0) } }
      case .response(let path):
        if let node = members.node(.responseElements, in: index) { path.forEachText(in: node) { found.insert($0) } }
      case .additional(let path):
        if let node = members.node(.additionalEventData, in: index) { path.forEachText(in: node) { found.insert($0) } }
      case .requestNumber(let path):
        if let node = members.node(.requestParameters, in: index) {
          path.forEachText(in: node, numbersToo: true) { found.insert($0) }
        }
      case .resources:
        members.node(.resources, in: index)?.forEachElement { resource in
          if let arn = text(resource.member("ARN") ?? resource.member("arn")) { found.insert(arn) }
        }
      case .account:
        if let account = text(members.node(.recipientAccountId, in: index)) { found.insert(account) }
      case .sourceIdentity:
        if let identity = text(JSONNode(index, token: 0).member("sourceIdentity")) { found.insert(identity) }
      case .firstOf(let first, let second):
        var some: Set<String> = []
        collect(first, index, into: &some)
        if some.isEmpty { collect(second, index, into: &some) }
        if some == ["*"] {
          some = []
          collect([.account], index, into: &some)
        }
        found.formUnion(some)
      }
    }
  }

  /// A string that is not empty.
  private func text(_ node: JSONNode?) -> String? {
    guard let node, node.isString, !node.isEmptyValue else { return nil }
    return node.string
  }

  private func addTargets(_ targets: Set<String>, _ service: String, _ sink: inout some EventSink) {
    for id in targets.sorted() {
      sink.add(.targetEntityID, id)
      switch EntityKind(target: id, of: service) {
      case .service: sink.add(.serviceTargetEntityID, id)
      case .user: sink.add(.userTargetEntityID, id)
      case .host:
        sink.add(.hostTargetEntityID, id)
        guard id.hasPrefix("arn:") else {
          sink.add(.hostTargetID, id)
          continue
        }
        let parts = id.partedAtColons(most: 5)
        if parts.count == 6, parts[2] == "ec2", let last = parts[5].split(separator: "/").last, last.hasPrefix("i-") {
          sink.add(.hostTargetID, String(last))
        }
      case .other: sink.add(.entityTargetID, id)
      }
    }
  }

  private func addRelatedEntities(
    _ targets: Set<String>, _ service: String, _ index: StructuralIndex, _ sink: inout some EventSink
  ) {
    var found = targets
    func add(_ node: JSONNode?) {
      if let text = text(node) { found.insert(text) }
    }
    if let identity = members.node(.userIdentity, in: index) {
      let caller = caller(identity)
      add(identity.member("accessKeyId"))
      add(caller.arn)
      add(caller.userName)
      add(caller.issuer?.member("arn"))
      add(caller.issuer?.member("userName"))
      if caller.kind == .identityCenterUser { add(caller.onBehalfOf?.member("identityStoreArn")) }
    }
    collect([.resources] + (EntityTargets.related[service] ?? []), index, into: &found)
    for id in found.sorted() { sink.add(.relatedEntity, id) }
  }

  private func addActor(
    _ service: String, _ action: String, _ index: StructuralIndex, _ sink: inout some EventSink
  ) {
    guard let identity = members.node(.userIdentity, in: index) else { return }
    let caller = caller(identity)
    let type = text(caller.type)
    let issuer = text(caller.issuer?.member("arn"))
    var actor = text(caller.arn) ?? text(caller.onBehalfOf?.member("userId"))
    if service == "sts", action == "AssumeRole" {
      if type == "AWSService", let invoker = text(caller.invokedBy) { actor = invoker }
      if type == "AssumedRole", let issuer { actor = issuer }
    }
    guard let actor else { return }
    sink.add(.actorEntityID, actor)
    let arnType = EntityKind.type(ofARN: actor)
    if type == "AWSService" || EntityKind.isServiceLinked(actor) {
      sink.add(.serviceEntityID, actor)
    } else if type == "AssumedRole" {
      sink.add(.userEntityID, issuer ?? actor)
    } else if type == "IAMUser" || type == "Root"
      || arnType.map({ ["user", "role", "assumed-role", "federated-user"].contains($0) }) ?? false
    {
      sink.add(.userEntityID, actor)
    } else if arnType == "instance" || actor.hasPrefix("i-") {
      sink.add(.hostEntityID, actor)
    } else {
      sink.add(.entityID, actor)
    }
  }
}
