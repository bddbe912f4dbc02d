import JSON

// Exceptions as `POST /api/exception_lists/_export` of Kibana gives them, without what it says of itself.

extension ExceptionList {
  /// The list as a line of an export.
  public var json: JSONValue {
    [
      "list_id": .string(listID), "namespace_type": .string(namespaceType), "type": .string(type),
      "name": .string(name), "description": .string(description), "tags": .array(tags.map(JSONValue.string)),
      "os_types": [],
    ]
  }
}

extension ExceptionItem {
  /// The item as a line of an export, as one of a list.
  public func json(list: String, namespaceType: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "list_id": .string(list), "namespace_type": .string(namespaceType), "item_id": .string(itemID),
      "type": "simple", "name": .string(name), "description": .string(description),
      "tags": .array(tags.map(JSONValue.string)), "os_types": .array(osTypes.map(JSONValue.string)),
      "comments": .array(comments), "entries": .array(entries.map { $0.json(within: nil) }),
    ]
    if let expires { members["expire_time"] = .string(expires.iso8601) }
    return .object(members)
  }
}

extension ExceptionEntry {
  /// The entry as one of an item.
  public var json: JSONValue { json(within: nil) }

  /// - Parameter nested: the path of the nested entry that it is one of.
  func json(within nested: String?) -> JSONValue {
    let name = nested.flatMap { field.hasPrefix($0 + ".") ? String(field.dropFirst($0.count + 1)) : nil } ?? field
    var members: [String: JSONValue] = [
      "field": .string(name), "operator": .string(isExcluded ? "excluded" : "included"),
    ]
    switch test {
    case .match(let value):
      members["type"] = "match"
      members["value"] = .string(value)
    case .matchAny(let values):
      members["type"] = "match_any"
      members["value"] = .array(values.map(JSONValue.string))
    case .exists: members["type"] = "exists"
    case .wildcard(let pattern):
      members["type"] = "wildcard"
      members["value"] = .string(pattern)
    case .list(let list):
      members["type"] = "list"
      members["list"] = ["id": .string(list.id), "type": .string(list.kind.rawValue)]
    case .nested(let entries):
      members["type"] = "nested"
      // Kibana's have none; one that is turned round is read here all the same.
      if !isExcluded { members["operator"] = nil }
      members["entries"] = .array(entries.map { $0.json(within: field) })
    }
    return .object(members)
  }
}

/// What stands at the end of an export of exceptions.
public enum ExceptionExport {
  /// The lines of an export: lists, items, and how many there are of each.
  public static func lines(lists: [JSONValue], items: [JSONValue]) -> [String] {
    let summary: JSONValue = [
      "exported_exception_list_count": .integer(Int64(lists.count)),
      "exported_exception_list_item_count": .integer(Int64(items.count)),
      "missing_exception_list_item_count": 0, "missing_exception_list_items": [], "missing_exception_lists": [],
      "missing_exception_lists_count": 0,
    ]
    return (lists + items + [summary]).map(\.text)
  }
}
