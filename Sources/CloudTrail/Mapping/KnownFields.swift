import Events
import JSON

/// Values of fields that were worked out once, for all the records in which they are the same.
///
/// A view: the values belong to a `MappingMemory`, until its next record begins.
public struct KnownFields: BitwiseCopyable {
  struct Value: BitwiseCopyable {
    var field: EventField
    var value: Scalar
    /// The value as JSON.
    var json: UnsafeBufferPointer<UInt8>
  }

  /// Counted from 0 on among those of one generation of one memory.
  let number: Int
  /// The memory's generation: numbers begin anew with each.
  let generation: Int
  let values: UnsafeBufferPointer<Value>
}

/// Takes the values of fields as others will want them again.
struct FieldRecorder: EventSink {
  fileprivate var values: [KnownFields.Value] = []
  /// True once there was an element that no field is for; of those nothing is kept.
  private(set) var hasOthers = false
  private let arena: ByteArena
  private var text: [UInt8] = []

  init(_ arena: ByteArena) { self.arena = arena }

  func wants(_ field: EventField) -> Bool { true }

  func wants(_ group: FieldGroup) -> Bool { true }

  func wants(anyOf fields: EventFieldSet) -> Bool { true }

  mutating func add(_ field: EventField, _ value: Scalar) {
    text.removeAll(keepingCapacity: true)
    guard value.kind == .string else {
      let kept = arena.copy(value.bytes)
      return values.append(KnownFields.Value(field: field, value: Scalar(value.kind, kept), json: kept))
    }
    JSONString.appendQuoted(value.bytes, to: &text)
    let json = text.withUnsafeBufferPointer { arena.copy($0) }
    // Without escapes the text between the quotes is the value.
    let isPlain = json.count == value.bytes.count + 2
    let kept = isPlain ? UnsafeBufferPointer(rebasing: json[1..<json.count - 1]) : arena.copy(value.bytes)
    values.append(KnownFields.Value(field: field, value: Scalar(.string, kept), json: json))
  }

  mutating func addFlattened(
    _ field: EventField, _ object: JSONNode, leavingOut key: StaticString?, mayBeEscaped: Bool
  ) {
    preconditionFailure("only plain values are worked out once")
  }

  mutating func addResource(_ resource: JSONNode, mayBeEscaped: Bool) {
    preconditionFailure("only plain values are worked out once")
  }

  mutating func addOther(_ parent: OtherParent, _ name: [UInt8], _ value: JSONNode) { hasOthers = true }
}

/// What a mapper remembers of texts that come again and again in records: who called, from where, with what. One worker's
/// own.
///
/// A team's records name a few hundred callers and agents and some thousands of addresses; what follows from each of their
/// texts is worked out the first time.
final class MappingMemory {
  let arena = ByteArena()
  private(set) var generation = 0
  private var groups = 0

  let callers = KnownTexts<KnownCaller>()
  let calls = KnownTexts<KnownCall>()
  let addresses = KnownTexts<KnownAddress>()
  let connections = KnownTexts<KnownConnection>()
  let agents = KnownTexts<KnownFields>()
  /// What all events have in common.
  var constants: KnownFields?

  private let limit: Int

  /// Bytes that a mapper remembers.
  static let standardLimit = 8 << 20

  /// - Parameter limit: bytes beyond which everything is forgotten, so that input with ever new texts cannot make the memory
  ///   grow; what one record holds comes on top.
  init(limit: Int) { self.limit = limit }

  /// Forgets everything when it has become too much; what was given out before is not used any longer.
  func beginRecord() {
    let size =
      arena.size + callers.size + calls.size + addresses.size + connections.size + agents.size
    guard size > limit else { return }
    arena.reset()
    generation += 1
    groups = 0
    callers.removeAll()
    calls.removeAll()
    addresses.removeAll()
    connections.removeAll()
    agents.removeAll()
    constants = nil
  }

  /// Keeps the fields that `fill` adds.
  func fields(_ fill: (inout FieldRecorder) -> Void) -> KnownFields {
    var recorder = FieldRecorder(arena)
    // About what is told of a caller.
    recorder.values.reserveCapacity(16)
    fill(&recorder)
    let fields = KnownFields(number: groups, generation: generation, values: arena.copy(recorder.values))
    groups += 1
    return fields
  }

  /// True when `fill` meets elements that no field is for.
  func hasOthers(_ fill: (inout FieldRecorder) -> Void) -> Bool {
    var recorder = FieldRecorder(arena)
    fill(&recorder)
    return recorder.hasOthers
  }

  /// A copy of a value that stays.
  func keep(_ value: Scalar?) -> Scalar? { value.map { Scalar($0.kind, arena.copy($0.bytes)) } }
}

/// What is known of a text, which stays where it is until the next record begins.
typealias Known<Value> = UnsafePointer<Value>

/// What is known of texts. Values lie in memory of their own, so that nothing is copied or counted where they are looked at.
final class KnownTexts<Value: BitwiseCopyable> {
  private var texts = ValueDictionary(remembersLately: true)
  /// By code.
  private var values: UnsafeMutablePointer<UnsafeMutablePointer<Value>>
  private var count = 0
  private var capacity = 64
  /// Bytes of the texts.
  private(set) var size = 0

  init() { values = .allocate(capacity: capacity) }

  deinit {
    removeAll()
    values.deallocate()
  }

  func removeAll() {
    texts = ValueDictionary(remembersLately: true)
    for at in 0..<count { values[at].deallocate() }
    count = 0
    size = 0
  }

  subscript(text: UnsafeBufferPointer<UInt8>) -> Known<Value>? {
    let code = texts.knownCode(of: Scalar(.string, text))
    return code == 0 ? nil : Known(values[Int(code) - 1])
  }

  /// Adds what is known of a text that is new.
  func insert(_ text: UnsafeBufferPointer<UInt8>, _ value: Value) -> Known<Value> {
    _ = texts.insert(Scalar(.string, text))
    if count == capacity {
      let more = UnsafeMutablePointer<UnsafeMutablePointer<Value>>.allocate(capacity: capacity * 2)
      more.update(from: values, count: count)
      values.deallocate()
      values = more
      capacity *= 2
    }
    values[count] = .allocate(capacity: 1)
    values[count].initialize(to: value)
    count += 1
    size += text.count + MemoryLayout<Value>.stride
    return Known(values[count - 1])
  }
}
