import Events
import Foundation
import JSON

/// Collects the fields of one mapped record as JSON text and writes them nested.
struct JSONSink: EventSink {
  /// A value's text in `text`, and the next value of the same field.
  private struct Piece {
    var start: Int
    var end: Int
    var next: Int
  }

  /// The JSON texts of all values so far, one behind the other.
  private var text: [UInt8] = []
  private var pieces: [Piece] = []
  /// The first and the last piece of each field; -1 for a field without values.
  private var first = [Int](repeating: -1, count: EventField.allCases.count)
  private var last = [Int](repeating: -1, count: EventField.allCases.count)

  /// The texts of fields that have many values: a list is then no longer gone through for each.
  private var many: [Int: ValueDictionary] = [:]
  private var counts = [Int](repeating: 0, count: EventField.allCases.count)
  private static let fewValues = 64

  mutating func removeAll() {
    text.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    others.removeAll()
    many.removeAll(keepingCapacity: true)
    for at in counts.indices { counts[at] = 0 }
    for at in first.indices { first[at] = -1 }
  }

  func wants(_ field: EventField) -> Bool { true }

  func wants(_ group: FieldGroup) -> Bool { true }

  func wants(anyOf fields: EventFieldSet) -> Bool { true }

  mutating func add(_ field: EventField, _ value: Scalar) {
    let start = text.count
    if value.kind == .string {
      JSONString.appendQuoted(value.bytes, to: &text)
    } else {
      text.append(contentsOf: value.bytes)
    }
    noteOnce(field, start)
  }

  mutating func add(_ known: KnownFields) {
    for value in known.values {
      let start = text.count
      text.append(contentsOf: value.json)
      noteOnce(value.field, start)
    }
  }

  /// Notes the text from `start` on as a value of a field, or takes it back where the field has it already.
  private mutating func noteOnce(_ field: EventField, _ start: Int) {
    if isKnown(field, start) {
      text.removeSubrange(start...)
    } else {
      note(field, start)
    }
  }

  mutating func addFlattened(
    _ field: EventField, _ object: JSONNode, leavingOut key: StaticString?, mayBeEscaped: Bool
  ) {
    let start = text.count
    guard let key else {
      JSONText.appendWithoutEmpty(object, to: &text)
      return note(field, start)
    }
    text.append(UInt8(ascii: "{"))
    object.forEachMember { name, value in
      guard !name.equals(key), !value.isEmptyValue else { return }
      if text.count > start + 1 { text.append(UInt8(ascii: ",")) }
      text.append(UInt8(ascii: "\""))
      text.append(contentsOf: name)
      text.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      JSONText.appendWithoutEmpty(value, to: &text)
    }
    guard text.count > start + 1 else { return text.removeSubrange(start...) }
    text.append(UInt8(ascii: "}"))
    note(field, start)
  }

  mutating func addResource(_ resource: JSONNode, mayBeEscaped: Bool) {
    var members: [(name: [UInt8], value: JSONNode)] = []
    resource.forEachMember { key, value in
      guard !value.isEmptyValue, !ResourceName.isTaken(key, in: resource) else { return }
      var name: [UInt8] = []
      JSONString.appendUnescaped(ResourceName.name(of: key), to: &name)
      members.append((name, value))
    }
    members.sort { $0.name.lexicographicallyPrecedes($1.name) }
    let start = text.count
    text.append(UInt8(ascii: "{"))
    for (name, value) in members {
      if text.count > start + 1 { text.append(UInt8(ascii: ",")) }
      name.withUnsafeBufferPointer { JSONString.appendQuoted($0, to: &text) }
      text.append(UInt8(ascii: ":"))
      JSONText.appendWithoutEmpty(value, to: &text)
    }
    text.append(UInt8(ascii: "}"))
    note(.resources, start)
  }

  /// Elements that no field is for: their place in the event, and their text in `text`.
  private var others: [(parent: OtherParent, name: [UInt8], value: Range<Int>)] = []

  mutating func addOther(_ parent: OtherParent, _ name: [UInt8], _ value: JSONNode) {
    let start = text.count
    JSONText.appendWithoutEmpty(value, to: &text)
    others.append((parent, name, start..<text.count))
  }

  /// True when the field has the text from `start` on already.
  private mutating func isKnown(_ field: EventField, _ start: Int) -> Bool {
    if counts[Int(field.rawValue)] >= Self.fewValues { return isKnownAmongMany(Int(field.rawValue), start) }
    var at = first[Int(field.rawValue)]
    while at >= 0 {
      let piece = pieces[at]
      if piece.end - piece.start == text.count - start,
        text.withUnsafeBufferPointer({
          memcmp($0.baseAddress! + piece.start, $0.baseAddress! + start, piece.end - piece.start) == 0
        })
      {
        return true
      }
      at = piece.next
    }
    return false
  }

  private mutating func isKnownAmongMany(_ field: Int, _ start: Int) -> Bool {
    var known = many.removeValue(forKey: field) ?? ValueDictionary()
    text.withUnsafeBufferPointer { text in
      func insert(_ range: Range<Int>) {
        _ = known.insert(Scalar(.string, UnsafeBufferPointer(rebasing: text[range])))
      }
      guard known.count == 0 else { return }
      var at = first[field]
      while at >= 0 {
        insert(pieces[at].start..<pieces[at].end)
        at = pieces[at].next
      }
    }
    let before = known.count
    let code = text.withUnsafeBufferPointer {
      known.insert(Scalar(.string, UnsafeBufferPointer(rebasing: $0[start...])))
    }
    many[field] = known
    return Int(code) <= before
  }

  private mutating func note(_ field: EventField, _ start: Int) {
    let at = Int(field.rawValue)
    counts[at] += 1
    pieces.append(Piece(start: start, end: text.count, next: -1))
    if first[at] < 0 { first[at] = pieces.count - 1 } else { pieces[last[at]].next = pieces.count - 1 }
    last[at] = pieces.count - 1
  }

  // MARK: Writing

  private let layout = EventLayout()
  private let room = ByteRoom()

  /// Appends the event as one object.
  func write(to output: inout [UInt8]) {
    guard others.isEmpty else { return writeWithOthers(to: &output) }
    // Every part of a path comes with a comma and a brace or two at most, every value with a comma, and brackets.
    let most = text.count + 3 * pieces.count + layout.keyBytes + 4 * layout.levelCount + 2
    room.withRoom(for: most) { writer in
      text.withUnsafeBufferPointer { text in
        pieces.withUnsafeBufferPointer { pieces in
          first.withUnsafeBufferPointer { first in
            layout.withPlaces { places, levels, keys in
              Self.write(Values(text: text, pieces: pieces, first: first), places, levels, keys, &writer)
            }
          }
        }
      }
      output.append(contentsOf: writer.written)
    }
  }

  /// What `write` reads, without counting references.
  private struct Values {
    var text: UnsafeBufferPointer<UInt8>
    var pieces: UnsafeBufferPointer<Piece>
    var first: UnsafeBufferPointer<Int>
  }

  private static func write(
    _ values: Values, _ places: UnsafeBufferPointer<EventLayout.Place>,
    _ levels: UnsafeBufferPointer<EventLayout.Level>, _ keys: UnsafeBufferPointer<UInt8>,
    _ writer: inout ByteRoom.Writer
  ) {
    writer.append(UInt8(ascii: "{"))
    // The objects that are open: paths have few parts.
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: levels.count) { open in
      var depth = 0
      var needsComma = false
      for place in places where values.first[Int(place.field)] >= 0 {
        let path = UnsafeBufferPointer(rebasing: levels[place.levels])
        var common = 0
        while common < depth, common < path.count - 1, open[common] == path[common].object { common += 1 }
        if depth > common {
          for _ in common..<depth { writer.append(UInt8(ascii: "}")) }
          depth = common
          needsComma = true
        }
        for level in path[common...] {
          if needsComma { writer.append(UInt8(ascii: ",")) }
          writer.append(UnsafeBufferPointer(rebasing: keys[level.key]))
          needsComma = level.object < 0
          if level.object >= 0 {
            writer.append(UInt8(ascii: "{"))
            open[depth] = level.object
            depth += 1
          }
        }
        var at = values.first[Int(place.field)]
        let isArray = place.isArray || values.pieces[at].next >= 0
        if isArray { writer.append(UInt8(ascii: "[")) }
        while at >= 0 {
          let piece = values.pieces[at]
          writer.append(UnsafeBufferPointer(rebasing: values.text[piece.start..<piece.end]))
          at = piece.next
          if at >= 0 { writer.append(UInt8(ascii: ",")) }
        }
        if isArray { writer.append(UInt8(ascii: "]")) }
      }
      for _ in 0...depth { writer.append(UInt8(ascii: "}")) }
    }
  }

  /// A member of an event that is written with elements that no field is for.
  private final class Branch {
    var members: [String: Branch] = [:]
    /// Values that stand here, as JSON.
    var values: [[UInt8]] = []

    func at(_ path: [String]) -> Branch {
      var branch = self
      for part in path {
        let next = branch.members[part] ?? Branch()
        branch.members[part] = next
        branch = next
      }
      return branch
    }

    func write(to output: inout [UInt8]) {
      // Nothing stands both at a path and below it, since no element takes the name of a field.
      guard values.isEmpty else {
        if values.count > 1 { output.append(UInt8(ascii: "[")) }
        output.append(contentsOf: values.joined(separator: [UInt8(ascii: ",")]))
        if values.count > 1 { output.append(UInt8(ascii: "]")) }
        return
      }
      output.append(UInt8(ascii: "{"))
      for (place, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        JSONString.appendQuoted(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private func writeWithOthers(to output: inout [UInt8]) {
    let root = Branch()
    let inside: Set<EventField> = [.resourceARN, .resourceAccountID, .resourceType]
    for field in EventField.allCases where first[Int(field.rawValue)] >= 0 && !inside.contains(field) {
      var value: [UInt8] = []
      writeValues(Int(field.rawValue), to: &value)
      root.at(field.path.split(separator: ".").map(String.init)).values.append(value)
    }
    for other in others {
      let path = other.parent.path.split(separator: ".").map(String.init)
      root.at(path + [String(decoding: other.name, as: UTF8.self)]).values.append(Array(text[other.value]))
    }
    root.write(to: &output)
  }

  private func writeValues(_ field: Int, to output: inout [UInt8]) {
    var at = first[field]
    let isArray = pieces[at].next >= 0 || EventLayout.isAlwaysArray(EventField.allCases[field])
    if isArray { output.append(UInt8(ascii: "[")) }
    while at >= 0 {
      let piece = pieces[at]
      text.withUnsafeBufferPointer {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: $0[piece.start..<piece.end]))
      }
      at = piece.next
      if at >= 0 { output.append(UInt8(ascii: ",")) }
    }
    if isArray { output.append(UInt8(ascii: "]")) }
  }
}
