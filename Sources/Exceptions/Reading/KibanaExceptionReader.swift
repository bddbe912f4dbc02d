import Events
import JSON
import Query
import Rules

/// Reads exception lists and items as Kibana exports them.
///
/// The format is that of `POST /api/exception_lists/_export`, described in Elastic's reference of the exceptions API.
enum KibanaExceptionReader {
  static func list(_ members: [String: JSONValue], _ source: RuleSource, _ notes: RuleNotes) -> ExceptionList? {
    var reader = ObjectReader(members, path: RuleKeyPath(), notes: notes)
    ignore(["_version", "created_at", "created_by", "id", "immutable", "meta", "tie_breaker_id"], &reader)
    ignore(["updated_at", "updated_by", "version", "os_types"], &reader)
    let id = reader.requiredString("list_id", "give the id by which rules name the list")
    let list = ExceptionList(
      listID: id ?? "", namespaceType: reader.string("namespace_type") ?? "single",
      type: reader.string("type") ?? "detection", name: reader.string("name") ?? id ?? "",
      description: reader.string("description") ?? "", tags: reader.strings("tags") ?? [], file: source.file,
      line: source.position.line)
    reader.noteUnknown()
    return id == nil ? nil : list
  }

  static func item(_ members: [String: JSONValue], _ source: RuleSource, _ notes: RuleNotes) -> ExceptionItem? {
    var reader = ObjectReader(members, path: RuleKeyPath(), notes: notes)
    ignore(["_version", "created_at", "created_by", "id", "meta", "tie_breaker_id"], &reader)
    ignore(["updated_at", "updated_by", "version", "type"], &reader)
    let list = reader.requiredString("list_id", "give the id of the list that the exception belongs to")
    let id = reader.string("item_id")
    let name = reader.string("name")
    var item = ExceptionItem(
      itemID: id ?? name ?? "\(source.file):\(source.position.line)", name: name ?? id ?? "an exception without a name",
      scope: .list(id: list ?? "", namespaceType: reader.string("namespace_type") ?? "single"), entries: [],
      file: source.file, line: source.position.line)
    item.description = reader.string("description") ?? ""
    item.tags = reader.strings("tags") ?? []
    item.comments = reader.value("comments")?.arrayValue ?? []
    item.osTypes = reader.strings("os_types") ?? []
    item.expires = ExpiryDate.read("expire_time", &reader)
    item.entries = entries(&reader, within: nil)
    reader.noteUnknown()
    return list == nil ? nil : item
  }

  private static func ignore(_ keys: [String], _ reader: inout ObjectReader) {
    for key in keys { _ = reader.value(key) }
  }

  private static func entries(_ reader: inout ObjectReader, within nested: String?) -> [ExceptionEntry] {
    let problems = reader.members["entries"] == nil
    let entries = reader.objects("entries") { entry(&$0, within: nested) } ?? []
    if problems || reader.members["entries"]?.arrayValue?.isEmpty == true {
      reader.error(at: "entries", "`\(reader.path.appending("entries"))` is empty: it would hold for every event")
    }
    return entries
  }

  private enum EntryType: String, CaseIterable {
    case match, exists, wildcard, list, nested
    case matchAny = "match_any"
  }

  private enum Operator: String, CaseIterable { case included, excluded }

  private static func entry(_ reader: inout ObjectReader, within nested: String?) -> ExceptionEntry? {
    let type = reader.word("type", of: EntryType.self)
    if reader.members["type"] == nil { reader.missing("type", "say how the value compares, as `match`") }
    let field = reader.requiredString("field", "name the field")
    // Nested entries have no operator.
    let isExcluded = reader.word("operator", of: Operator.self) == .excluded
    guard let type else {
      for key in ["value", "list", "entries"] { _ = reader.value(key) }
      return nil
    }
    let path = field.map { name in nested.map { "\($0).\(name)" } ?? name }
    guard let test = test(type, &reader, path, isNested: nested != nil), let path else { return nil }
    return ExceptionEntry(field: path, test, isExcluded: isExcluded)
  }

  private static func test(
    _ type: EntryType, _ reader: inout ObjectReader, _ field: String?, isNested: Bool
  ) -> ExceptionTest? {
    switch type {
    case .match: return EntryValue.one("value", &reader).map { .match($0) }
    case .matchAny: return EntryValue.several("value", &reader).map { .matchAny($0) }
    case .exists:
      _ = reader.value("value")
      return .exists
    case .wildcard: return EntryValue.one("value", &reader).map { .wildcard($0) }
    case .list:
      _ = reader.value("value")
      let reference = reader.object("list") { reader -> ValueListReference? in
        let kind = reader.word("type", of: ValueList.Kind.self)
        if reader.members["type"] == nil { reader.missing("type", "say what the list holds, as `ip`") }
        let id = reader.requiredString("id", "name the list")
        guard let kind, let id else { return nil }
        return ValueListReference(id: id, kind: kind)
      }
      if reader.members["list"] == nil { reader.missing("list", "give the list's `id` and `type`") }
      return reference.map { .list($0) }
    case .nested:
      guard !isNested else {
        reader.error(at: "type", "a nested entry cannot hold another one")
        _ = reader.value("entries")
        return nil
      }
      return .nested(entries(&reader, within: field))
    }
  }
}
