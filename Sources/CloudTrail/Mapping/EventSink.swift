import Events
import JSON

/// What takes the fields of an event as a mapping finds them.
public protocol EventSink {
  /// False for a field that nobody will look at, so that it need not be worked out.
  func wants(_ field: EventField) -> Bool
  /// False when no field of a group will be looked at.
  func wants(_ group: FieldGroup) -> Bool
  /// False when none of some fields will be looked at.
  func wants(anyOf fields: EventFieldSet) -> Bool
  /// A value of a field; values of one field come in order. The bytes are borrowed for the call.
  mutating func add(_ field: EventField, _ value: Scalar)
  /// Values that many records share.
  mutating func add(_ known: KnownFields)
  /// The object of a flattened field, empty values still in it.
  ///
  /// - Parameters:
  ///   - key: a member that is left out.
  ///   - mayBeEscaped: false when no backslash stands in the object's text.
  mutating func addFlattened(
    _ field: EventField, _ object: JSONNode, leavingOut key: StaticString?, mayBeEscaped: Bool)
  /// One of the record's resources, an object.
  ///
  /// - Parameter mayBeEscaped: false when no backslash stands in the object's text.
  mutating func addResource(_ resource: JSONNode, mayBeEscaped: Bool)
  /// An element of the record that no field is for: a value that is not empty, below an object of the event.
  ///
  /// - Parameter name: its name there, UTF-8. It is no name of a field or of what holds fields.
  mutating func addOther(_ parent: OtherParent, _ name: [UInt8], _ value: JSONNode)
}

/// The objects of an event that hold elements of a record which no field is for.
public enum OtherParent: Int, CaseIterable, Sendable {
  case record, unmapped, addendum, tlsDetails, identity, delegate, onBehalfOf, scope, session, issuer, webIdentity

  /// The object's path.
  public var path: String {
    let trail = "aws.cloudtrail"
    let identity = trail + ".user_identity"
    let session = identity + ".session_context"
    return switch self {
    case .record: trail
    case .unmapped: trail + ".unmapped"
    case .addendum: trail + ".addendum"
    case .tlsDetails: trail + ".tls_details"
    case .identity: identity
    case .delegate: identity + ".invoked_by_delegate"
    case .onBehalfOf: identity + ".on_behalf_of"
    case .scope: identity + ".in_scope_of"
    case .session: session
    case .issuer: session + ".session_issuer"
    case .webIdentity: session + ".web_id_federation_data"
    }
  }

  /// The paths as bytes, with a dot behind, by raw value.
  static let prefixes = allCases.map { Array(($0.path + ".").utf8) }

  /// The first parts of all paths of fields below each parent: names that others may not take.
  private static let taken: [Set<[UInt8]>] = allCases.map { parent in
    let prefix = parent.path + "."
    let paths = EventField.allCases.map(\.path) + allCases.map(\.path)
    return Set(
      paths.filter { $0.hasPrefix(prefix) }.map { Array($0.dropFirst(prefix.count).prefix { $0 != "." }.utf8) })
  }

  /// True when a name, up to its first dot, is that of a field or of an object with fields.
  func holds(_ name: [UInt8]) -> Bool {
    Self.taken[rawValue].contains(Array(name.prefix { $0 != UInt8(ascii: ".") }))
  }
}

extension EventSink {
  mutating func add(_ known: KnownFields) {
    for value in known.values { add(value.field, value.value) }
  }

  @inline(__always)
  mutating func add(_ field: EventField, _ text: StaticString) {
    add(field, Scalar(.string, UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)))
  }

  mutating func add(_ field: EventField, _ text: String) {
    var text = text
    text.withUTF8 { add(field, Scalar(.string, $0)) }
  }
}

/// The fields of a resource.
enum ResourceName {
  /// True of a member whose name another one takes, which CloudTrail writes in its own way.
  static func isTaken(_ key: UnsafeBufferPointer<UInt8>, in resource: JSONNode) -> Bool {
    func has(_ name: StaticString) -> Bool { resource.member(name).map { !$0.isEmptyValue } ?? false }
    return key.equals("arn") && has("ARN") || key.equals("account_id") && has("accountId")
  }

  /// The name that a member of a resource has in the event, as it is written in JSON; others than these two keep theirs.
  static func name(of key: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    if key.equals("ARN") { return bytes("arn") }
    return key.equals("accountId") ? bytes("account_id") : key
  }

  private static func bytes(_ text: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
