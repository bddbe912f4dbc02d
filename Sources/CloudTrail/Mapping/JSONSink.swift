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

  mutating func removeAll() {
    text.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    for at in first.indices { first[at] = -1 }
  }

  func wants(_ field: EventField) -> Bool { true }

  func wants(_ group: FieldGroup) -> Bool { true }

  mutating func add(_ field: EventField, _ value: Scalar) {
    let start = text.count
    if value.kind == .string {
      JSONString.appendQuoted(value.bytes, to: &text)
    } else {
      text.append(contentsOf: value.bytes)
    }
    if isKnown(field, start) {
      text.removeSubrange(start...)
    } else {
      note(field, start)
    }
  }

  mutating func addFlattened(_ field: EventField, _ object: JSONNode) {
    let start = text.count
    JSONText.appendWithoutEmpty(object, to: &text)
    note(field, start)
  }

  mutating func addResource(arn: Scalar?, accountID: Scalar?, type: Scalar?) {
    let start = text.count
    text.append(UInt8(ascii: "{"))
    for (name, value) in [("account_id", accountID), ("arn", arn), ("type", type)] {
      guard let value else { continue }
      if text.count > start + 1 { text.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(name, to: &text)
      text.append(UInt8(ascii: ":"))
      JSONString.appendQuoted(value.bytes, to: &text)
    }
    text.append(UInt8(ascii: "}"))
    note(.resources, start)
  }

  /// True when the field has the text from `start` on already.
  private func isKnown(_ field: EventField, _ start: Int) -> Bool {
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

  private mutating func note(_ field: EventField, _ start: Int) {
    let at = Int(field.rawValue)
    pieces.append(Piece(start: start, end: text.count, next: -1))
    if first[at] < 0 { first[at] = pieces.count - 1 } else { pieces[last[at]].next = pieces.count - 1 }
    last[at] = pieces.count - 1
  }

  // MARK: Writing

  private let layout = EventLayout()

  /// Appends the event as one object.
  func write(to output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    var open: [Int32] = []
    var needsComma = false
    layout.withPlaces { places, levels, keys in
      for place in places where first[Int(place.field)] >= 0 {
        let path = levels[place.levels]
        var common = 0
        while common < open.count, common < path.count - 1, open[common] == path[path.startIndex + common].object {
          common += 1
        }
        if open.count > common {
          output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: open.count - common))
          open.removeSubrange(common...)
          needsComma = true
        }
        for level in path.dropFirst(common) {
          if needsComma { output.append(UInt8(ascii: ",")) }
          output.append(contentsOf: keys[level.key])
          needsComma = level.object < 0
          if level.object >= 0 {
            output.append(UInt8(ascii: "{"))
            open.append(level.object)
          }
        }
        writeValues(Int(place.field), to: &output)
      }
    }
    output.append(contentsOf: repeatElement(UInt8(ascii: "}"), count: open.count + 1))
  }

  private func writeValues(_ field: Int, to output: inout [UInt8]) {
    var at = first[field]
    let isArray = pieces[at].next >= 0 || Self.alwaysArrays.contains(field)
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

  /// Fields that ECS defines as arrays, or that hold objects, are arrays with one value too.
  private static let alwaysArrays: Set<Int> = Set(
    [EventField.eventCategory, .eventType, .relatedEntity, .relatedUser, .resources].map { Int($0.rawValue) })
}
