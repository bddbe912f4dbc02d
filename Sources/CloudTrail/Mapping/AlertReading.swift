import Events
import JSON

/// What is read of documents that are alerts themselves: those of Elastic Security, or of a hunt that was kept.
public enum AlertReading {
  /// True for an alert's document: something stands in `kibana.alert.uuid` or below `kibana.alert.rule`, nested or under
  /// dotted keys. Kibana's event log names alerts and rules too; its entries are none, and name the server.
  public static func isAlert(_ event: JSONNode) -> Bool {
    let roots: [StaticString] = ["kibana.alert.uuid", "kibana.alert.rule"]
    return roots.contains { first($0, in: event, below: true) != nil }
      && first("kibana.server_uuid", in: event) == nil
  }

  /// The alert's own id: `kibana.alert.uuid`, else the `_id` of its hit; nil where it has neither.
  static func id(of record: JSONNode) -> JSONNode? {
    if let id = first("kibana.alert.uuid", in: ECSReader.event(of: record)), id.isString { return id }
    guard let id = record.member("_id"), id.isString, !id.isEmptyValue else { return nil }
    return id
  }

  /// The name by which the alerts of a space are searched.
  static func dataStream(of event: JSONNode) -> String {
    guard let space = first("kibana.space_ids", in: event)?.string, isSpace(space) else { return defaultDataStream }
    return OwnStreams.alerts + space
  }

  /// The alerts of the space that is there from the start.
  public static let defaultDataStream = OwnStreams.alerts + "default"

  /// `*` stands for every space, and what Kibana allows no space to be called is none.
  private static func isSpace(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// The first plain value at a path, of a list its first; with `below`, also one further down.
  private static func first(
    _ path: StaticString, in node: JSONNode, below: Bool = false, from: Int = 0
  ) -> JSONNode? {
    let left = path.utf8CodeUnitCount - from
    let dot = UInt8(ascii: ".")
    var found: JSONNode?
    if node.isArray {
      node.forEachElement { if found == nil { found = first(path, in: $0, below: below, from: from) } }
      return found
    }
    guard node.isObject else { return nil }
    node.forEachMember { key, value in
      guard found == nil, !key.isEmpty else { return }
      let shared = min(key.count, left)
      for at in 0..<shared where key[at] != path.utf8Start[from + at] { return }
      if key.count < left {
        guard path.utf8Start[from + key.count] == dot else { return }
        found = first(path, in: value, below: below, from: from + key.count + 1)
      } else if key.count == left || below && key[left] == dot {
        found = plain(value, below: below)
      }
    }
    return found
  }

  private static func plain(_ value: JSONNode, below: Bool) -> JSONNode? {
    var found: JSONNode?
    if value.isArray {
      value.forEachElement { if found == nil { found = plain($0, below: below) } }
    } else if value.isObject {
      if below { value.forEachMember { if found == nil { found = plain($1, below: below) } } }
    } else if !value.isNull, !value.isEmptyValue {
      found = value
    }
    return found
  }
}
