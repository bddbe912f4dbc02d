import Events
import JSON

/// What an event that is in ECS already lacks and can be worked out of what it has: what its agent's text says, and where databases
/// have its source address. Fields that it has itself stay as they are.
///
/// A view of what a mapper knows, until its next record begins.
struct Enrichment {
  /// The agent's text with what it says.
  private var agent: Known<KnownFields>?
  private var place: [GeoValue] = []

  static let agentFields: [EventField] = [
    .agentName, .agentVersion, .agentDevice, .agentOSName, .agentOSVersion, .agentOSFull,
  ]
  static let placeFields = EventField.allCases.filter { $0.group.contains(.geo) }

  /// The fields that events may be enriched with.
  static func fields(_ context: EventContext) -> [EventField] {
    context.geoDatabases.isEmpty ? agentFields : agentFields + placeFields
  }

  /// Nil for an event that lacks nothing.
  ///
  /// - Parameter event: no alert: what that stands on has been enriched.
  init?(of event: JSONNode, by mapper: CloudTrailMapper) {
    mapper.beginRecord()
    let agentParts = Parts(of: "user_agent", value: "original", in: event)
    if agentParts.isObject, !agentParts.hasOthers, let text = mapper.value(agentParts.value), text.kind == .string {
      agent = mapper.knownAgent(text)
    }
    if !mapper.geo.isEmpty {
      let source = Parts(of: "source", value: "ip", in: event)
      if source.isObject, !source.hasPlace || !source.hasNetwork, let node = source.value {
        place = Self.place(node, mapper).filter {
          $0.field.path.hasPrefix("source.as.") ? !source.hasNetwork : !source.hasPlace
        }
      }
    }
    if agent == nil, place.isEmpty { return nil }
  }

  /// Of several addresses the first of which something is known counts.
  private static func place(_ node: JSONNode, _ mapper: CloudTrailMapper) -> [GeoValue] {
    var found: [GeoValue] = []
    func look(_ node: JSONNode) {
      guard found.isEmpty else { return }
      if node.isArray { return node.forEachElement { look($0) } }
      guard let text = mapper.value(node), text.kind == .string, let address = IPAddress(text.bytes) else { return }
      found = mapper.geo.values(of: address)
    }
    look(node)
    return found
  }

  /// The members below `source` that are added.
  var placeNames: [StaticString] {
    var names: [StaticString] = []
    if place.contains(where: { $0.field.path.hasPrefix("source.as.") }) { names.append("as") }
    if place.contains(where: { $0.field.path.hasPrefix("source.geo.") }) { names.append("geo") }
    return names
  }

  /// Calls `body` with each field and value.
  func forEachField(_ body: (EventField, Scalar) -> Void) {
    forEachOfAgent(body)
    forEachOfPlace(body)
  }

  func forEachOfAgent(_ body: (EventField, Scalar) -> Void) {
    guard let agent else { return }
    for value in agent.pointee.values where value.field != .userAgentOriginal { body(value.field, value.value) }
  }

  func forEachOfPlace(_ body: (EventField, Scalar) -> Void) {
    for value in place { value.bytes.withUnsafeBufferPointer { body(value.field, Scalar(value.kind, $0)) } }
  }

  /// Whether no value is in it: an empty text is one.
  static func holdsNothing(_ node: JSONNode) -> Bool {
    if node.isNull { return true }
    var isEmpty = node.isObject || node.isArray
    if node.isObject { node.forEachMember { isEmpty = isEmpty && holdsNothing($1) } }
    if node.isArray { node.forEachElement { isEmpty = isEmpty && holdsNothing($0) } }
    return isEmpty
  }

  /// What follows behind an object's name and a dot in a key; nil where the key is of something else.
  static func below(_ object: StaticString, _ key: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>>? {
    let count = object.utf8CodeUnitCount
    guard key.count > count + 1, key[count] == UInt8(ascii: "."),
      UnsafeBufferPointer(rebasing: key[..<count]).equals(object)
    else { return nil }
    return key[(count + 1)...]
  }
}

/// What an event has below the name of an object, nested or under dotted keys.
private struct Parts {
  /// What stands under one name.
  private(set) var value: JSONNode?
  /// Whether something stands under other names, and under some that are asked for.
  private(set) var hasOthers = false
  private(set) var hasPlace = false
  private(set) var hasNetwork = false
  /// False where what stands under the object's own name is none, and something.
  private(set) var isObject = true

  init(of object: StaticString, value name: StaticString, in event: JSONNode) {
    event.forEachMember { key, value in
      if let rest = Enrichment.below(object, key) {
        note(rest, value, name)
      } else if key.equals(object), !Enrichment.holdsNothing(value) {
        guard value.isObject else { return isObject = false }
        value.forEachMember { note($0[...], $1, name) }
      }
    }
  }

  private mutating func note(_ key: Slice<UnsafeBufferPointer<UInt8>>, _ node: JSONNode, _ name: StaticString) {
    guard !Enrichment.holdsNothing(node) else { return }
    if UnsafeBufferPointer(rebasing: key).equals(name) {
      value = value ?? node
      return
    }
    hasOthers = true
    let part = UnsafeBufferPointer(rebasing: key.prefix { $0 != UInt8(ascii: ".") })
    if part.equals("geo") { hasPlace = true }
    if part.equals("as") { hasNetwork = true }
  }
}
