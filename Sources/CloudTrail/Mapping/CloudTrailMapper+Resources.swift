import Events
import JSON

// What a record says that its call went to: `resources`.
extension CloudTrailMapper {
  /// What those ask for who look for names in the resources.
  struct Resources {
    /// False where the record has not been asked yet.
    var isKnown = false
    /// The ARNs of resources that are texts and not empty.
    var arns: [UnsafeBufferPointer<UInt8>] = []
    /// True when the resources are, or hold, something that is no object: a text that no field is for.
    var holdsPlain = false
  }

  /// What is known of the record's resources, which are gone over for the first who asks.
  private func knownResources(_ index: StructuralIndex) -> Resources {
    if resources.isKnown { return resources }
    resources.isKnown = true
    resources.arns.removeAll(keepingCapacity: true)
    resources.holdsPlain = false
    guard let node = members.node(.resources, in: index) else { return resources }
    guard node.isArray else {
      resources.holdsPlain = !node.isObject
      return resources
    }
    node.forEachElement { resource in
      if !resource.isObject { resources.holdsPlain = true }
      if let arn = resource.member("ARN") ?? resource.member("arn"), arn.isString, let text = value(arn) {
        resources.arns.append(text.bytes)
      }
    }
    return resources
  }

  /// The ARNs of the record's resources, until the next record begins.
  func resourceARNs(_ index: StructuralIndex) -> [UnsafeBufferPointer<UInt8>] { knownResources(index).arns }

  /// True when the resources are, or hold, something that is no object: a text that no field is for.
  func hasPlainResources(_ index: StructuralIndex) -> Bool { knownResources(index).holdsPlain }

  /// A resource on its way to its place: the hash of what tells it from others, which lies in `text`, and its last object.
  struct FoundResource {
    var hash: UInt32
    var start: Int
    var end: Int
    var node: JSONNode
  }

  /// What tells a resource from others. The name that CloudTrail gives a part counts before the other one, where it holds something;
  /// of several members by one name the first.
  private struct ResourceParts {
    var arn: JSONNode?
    var account: JSONNode?
    var type: JSONNode?

    init(_ resource: JSONNode) {
      var (otherARN, otherAccount): (JSONNode?, JSONNode?)
      resource.forEachMember { key, value in
        switch key.count {
        case 3:
          if arn == nil, key.equals("ARN") { arn = value }
          if otherARN == nil, key.equals("arn") { otherARN = value }
        case 4: if type == nil, key.equals("type") { type = value }
        case 9: if account == nil, key.equals("accountId") { account = value }
        case 10: if otherAccount == nil, key.equals("account_id") { otherAccount = value }
        default: break
        }
      }
      if arn?.isEmptyValue ?? true { arn = otherARN }
      if account?.isEmptyValue ?? true { account = otherAccount }
    }
  }

  /// Each resource once, in the order of a Java `HashMap` by ARN, account and type: the last of those that agree in them.
  func addResources(_ index: StructuralIndex, _ sink: inout some EventSink) {
    guard sink.wants(.resources), let resources = members.node(.resources, in: index) else { return }
    if let only = Self.only(resources) {
      if !only.isEmptyValue { sink.addResource(only, mayBeEscaped: isEscaped) }
      return
    }
    if resourceKeys.count > 0 { resourceKeys.removeAll() }
    found.removeAll(keepingCapacity: true)
    text.removeAll()
    resources.forEachElement { node in
      guard node.isObject, !node.isEmptyValue else { return }
      let start = text.count
      appendIdentity(ResourceParts(node))
      let resource = FoundResource(
        hash: JavaText.spreadHash(ofUTF8: text.bytes(from: start)), start: start, end: text.count, node: node)
      if let place = known(resource) {
        found[place].node = node
        text.remove(from: start)
      } else {
        found.append(resource)
      }
    }
    let mask = JavaText.capacity(of: found.count) - 1
    for at in found.indices { found[at].hash &= mask }
    if found.count > Self.fewResources {
      found.sort { ($0.hash, $0.start) < ($1.hash, $1.start) }
    } else {
      for next in found.indices.dropFirst() {
        var at = next
        while at > 0, found[at - 1].hash > found[at].hash {
          found.swapAt(at - 1, at)
          at -= 1
        }
      }
    }
    for resource in found { sink.addResource(resource.node, mayBeEscaped: isEscaped) }
  }

  /// So many are compared with each other.
  private static let fewResources = 16

  /// The place in `found` of the one that a resource agrees with.
  private func known(_ resource: FoundResource) -> Int? {
    func bytes(_ resource: FoundResource) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: text.bytes[resource.start..<resource.end])
    }
    let key = bytes(resource)
    guard found.count >= Self.fewResources else {
      return found.firstIndex { $0.hash == resource.hash && bytes($0).elementsEqual(key) }
    }
    if resourceKeys.count == 0 {
      for other in found { _ = resourceKeys.insert(Scalar(.string, bytes(other))) }
    }
    let place = Int(resourceKeys.insert(Scalar(.string, key))) - 1
    return place < found.count ? place : nil
  }

  /// Appends what tells a resource from others to `text`.
  private func appendIdentity(_ parts: ResourceParts) {
    appendPart(parts.arn)
    text.append(UInt8(ascii: "_"))
    appendPart(parts.account)
    text.append(UInt8(ascii: "_"))
    appendPart(parts.type)
  }

  /// Appends a part to `text`; one that is missing or empty is nothing.
  private func appendPart(_ part: JSONNode?) {
    if let part, !part.isEmptyValue { JavaText.append(part, mayBeEscaped: isEscaped, to: &text) }
  }

  /// The one object that a member is or holds; nil where there may be several.
  private static func only(_ resources: JSONNode) -> JSONNode? {
    if resources.isObject { return resources }
    guard resources.isArray else { return nil }
    let index = resources.index
    let first = JSONNode(index, token: resources.token + 1)
    guard first.isObject, index.byte(index.tokenAfter(first.token)) == UInt8(ascii: "]") else { return nil }
    return first
  }
}
