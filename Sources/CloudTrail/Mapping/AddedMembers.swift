import Events
import JSON

/// Members that the text of an event in ECS gets: in an object of it, where it has that.
struct AddedMembers {
  /// The key of the object.
  private var object: StaticString
  /// The names of those that are added; what stands in their places holds nothing.
  private var names: [StaticString]
  /// The members as they are added to the object, and to the event where it has no such object.
  private var text: [UInt8]
  private var apart: [UInt8]

  /// When a store took the event in.
  static func ingestion(_ time: Timestamp) -> AddedMembers {
    AddedMembers(
      object: "event", names: ["ingested"], text: Array("\"ingested\":\"\(time.iso8601)\"".utf8),
      apart: Array("\"event.ingested\":\"\(time.iso8601)\"".utf8))
  }

  /// What an event lacks.
  ///
  /// - Parameter sink: in which it is written.
  static func of(_ enrichment: Enrichment, _ sink: inout JSONSink) -> [AddedMembers] {
    var all: [AddedMembers] = []
    func add(
      _ object: StaticString, _ names: [StaticString], _ sink: inout JSONSink,
      _ fill: ((EventField, Scalar) -> Void) -> Void
    ) {
      sink.removeAll()
      var isEmpty = true
      fill { field, value in
        sink.add(field, value)
        isEmpty = false
      }
      guard !isEmpty else { return }
      // An object that holds the other alone.
      var whole: [UInt8] = []
      sink.write(to: &whole)
      all.append(
        AddedMembers(
          object: object, names: names, text: Array(whole.dropFirst(object.utf8CodeUnitCount + 5).dropLast(2)),
          apart: Array(whole.dropFirst().dropLast())))
    }
    add("user_agent", ["name", "version", "device", "os"], &sink, enrichment.forEachOfAgent)
    add("source", enrichment.placeNames, &sink, enrichment.forEachOfPlace)
    return all
  }

  /// Appends an event without white space, with what is added to it.
  static func append(_ event: JSONNode, adding added: [AddedMembers], to output: inout [UInt8]) {
    var left = added
    output.append(UInt8(ascii: "{"))
    event.forEachMember { key, value in
      guard !added.contains(where: { $0.replaces(key, inObject: false) }) else { return }
      // A name stands once: what is no object and holds nothing makes room.
      if !value.isObject, Enrichment.holdsNothing(value), added.contains(where: { key.equals($0.object) }) { return }
      appendKey(key, to: &output)
      if value.isObject, let at = left.firstIndex(where: { key.equals($0.object) }) {
        let members = left.remove(at: at)
        output.append(UInt8(ascii: "{"))
        value.forEachMember { key, value in
          guard !members.replaces(key, inObject: true) else { return }
          appendKey(key, to: &output)
          JSONText.appendCompact(value, to: &output)
          output.append(UInt8(ascii: ","))
        }
        output.append(contentsOf: members.text)
        output.append(UInt8(ascii: "}"))
      } else {
        JSONText.appendCompact(value, to: &output)
      }
      output.append(UInt8(ascii: ","))
    }
    for members in left {
      output.append(contentsOf: members.apart)
      output.append(UInt8(ascii: ","))
    }
    if output.last == UInt8(ascii: ",") { output.removeLast() }
    output.append(UInt8(ascii: "}"))
  }

  private static func appendKey(_ key: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    output.append(contentsOf: key)
    output.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
  }

  /// Whether a member stands in the place of one that is added: `geo`, `geo.city_name`, or with the object's own key before it.
  private func replaces(_ key: UnsafeBufferPointer<UInt8>, inObject: Bool) -> Bool {
    var rest = key[...]
    if !inObject {
      guard let inner = Enrichment.below(object, key) else { return false }
      rest = inner
    }
    let part = UnsafeBufferPointer(rebasing: rest.prefix { $0 != UInt8(ascii: ".") })
    return names.contains { part.equals($0) }
  }
}
