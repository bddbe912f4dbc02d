import JSON

/// In which order the fields of an event are written, and under which objects: that of their paths, part by part.
///
/// Everything lies flat, and every writer has its own: counting references to lists that all workers share took more time
/// than writing.
struct EventLayout: Sendable {
  struct Place: Sendable {
    var field: Int32
    /// The parts of the path, in `levels`.
    var levels: Range<Int>
    /// True of a field that is an array with one value too.
    var isArray: Bool
  }

  struct Level: Sendable {
    /// The number of the object that the part opens, the same for the same path; -1 for the field itself.
    var object: Int32
    /// The part as a quoted key with its colon, in `keys`.
    var key: Range<Int>
  }

  private var places: [Place] = []
  private var levels: [Level] = []
  private var keys: [UInt8] = []

  /// The bytes of all parts of all paths.
  var keyBytes: Int { keys.count }
  /// The parts of all paths.
  var levelCount: Int { levels.count }

  init() {
    var numbers: [[Substring]: Int32] = [:]
    // The parts of a resource are written as objects under `aws.cloudtrail.resources`.
    let inside: Set<EventField> = [.resourceARN, .resourceAccountID, .resourceType]
    let fields = EventField.allCases.filter { !inside.contains($0) }.map { ($0, $0.path.split(separator: ".")) }
    for (field, parts) in fields.sorted(by: { $0.1.lexicographicallyPrecedes($1.1) }) {
      let start = levels.count
      for (at, part) in parts.enumerated() {
        var object: Int32 = -1
        if at < parts.count - 1 {
          let path = Array(parts[...at])
          object = numbers[path] ?? Int32(numbers.count)
          numbers[path] = object
        }
        let key = keys.count
        JSONString.appendQuoted(String(part), to: &keys)
        keys.append(UInt8(ascii: ":"))
        levels.append(Level(object: object, key: key..<keys.count))
      }
      places.append(
        Place(field: Int32(field.rawValue), levels: start..<levels.count, isArray: Self.isAlwaysArray(field)))
    }
  }

  /// Fields that ECS defines as arrays, or that hold objects, are arrays with one value too.
  static func isAlwaysArray(_ field: EventField) -> Bool { alwaysArrays.contains(field) }

  private static let alwaysArrays: Set<EventField> = [
    .eventCategory, .eventType, .relatedEntity, .relatedUser, .relatedIP, .relatedHash, .relatedHosts,
    .resources, .tags, .errorText, .entityTargetID, .targetEntityID, .serviceTargetEntityID, .userTargetEntityID,
    .hostTargetEntityID, .hostTargetID, .actorEntityID, .serviceEntityID, .userEntityID, .hostEntityID, .entityID,
  ]

  /// Calls `body` with the fields in the order of writing, the parts of their paths, and the texts of those.
  func withPlaces(
    _ body: (UnsafeBufferPointer<Place>, UnsafeBufferPointer<Level>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    places.withUnsafeBufferPointer { places in
      levels.withUnsafeBufferPointer { levels in
        keys.withUnsafeBufferPointer { keys in body(places, levels, keys) }
      }
    }
  }
}
