import Events
import JSON
import Query
import Rules

/// Reads exceptions as people write them: a table `[[exception]]` for each.
enum TOMLExceptionReader {
  /// Calls `take` with each exception, its path in the file and whether all of it could be read.
  static func read(
    _ members: [String: JSONValue], file: String, places: [SourcePosition], notes: RuleNotes,
    take: (ExceptionItem, RuleKeyPath) -> Void
  ) {
    var reader = ObjectReader(members, path: RuleKeyPath(), notes: notes)
    var at = -1
    var names: Set<String> = []
    if members["exception"]?.objectValue != nil {
      reader.error(at: "exception", "`exception` is one table: write [[exception]], with two brackets")
      _ = reader.value("exception")
    } else {
      _ = reader.objects("exception") { reader -> Bool in
        at += 1
        let line = at < places.count ? places[at].line : 1
        let errors = notes.errorCount
        if let item = item(&reader, file: file, line: line), notes.errorCount == errors {
          if !names.insert(item.itemID).inserted {
            notes.add(.warning, reader.path, .key, "“\(item.itemID)” names another exception of this file too")
          }
          take(item, reader.path)
        }
        return true
      }
    }
    if members["exception"] == nil {
      notes.add(.warning, RuleKeyPath(), .key, "The file holds no exception: a table [[exception]] was looked for")
    }
    reader.noteUnknown()
  }

  private static func item(_ reader: inout ObjectReader, file: String, line: Int) -> ExceptionItem? {
    let name = reader.requiredString("name", "say in a few words what is excepted")
    let id = reader.string("id")
    let scope = scope(&reader)
    var item = ExceptionItem(
      itemID: id ?? name ?? "", name: name ?? "", scope: scope ?? .rules([]), entries: [], file: file, line: line)
    item.description = reader.string("reason") ?? ""
    item.tags = reader.strings("tags") ?? []
    item.expires = ExpiryDate.read("expires", &reader)
    item.entries = entries(&reader, within: nil)
    return scope == nil ? nil : item
  }

  private static func scope(_ reader: inout ObjectReader) -> ExceptionScope? {
    let problems = reader.members["rule"] != nil && reader.members["rules"] != nil
    if problems { reader.error(at: "rules", "`rule` and `rules` say the same: keep one of them") }
    if reader.members["rule"] != nil {
      let name = reader.string("rule")
      _ = reader.value("rules")
      return name.map { .rules([$0]) }
    }
    if case .string(let word)? = reader.value("rules") {
      if word == "all" { return .all }
      reader.error(at: "rules", "`rules` is a list of ids or names, or \"all\"; for one rule write `rule`")
      return nil
    }
    if reader.members["rules"] == nil {
      reader.missing("rules", "give the ids or names of the rules it is for, or \"all\"")
      return nil
    }
    let names = reader.strings("rules") ?? []
    if reader.members["rules"]?.arrayValue?.isEmpty == true {
      reader.error(at: "rules", "`rules` names no rule; for all rules write \"all\"")
    }
    return .rules(names)
  }

  private static func entries(_ reader: inout ObjectReader, within nested: String?) -> [ExceptionEntry] {
    let entries = reader.objects("entries") { entry(&$0, within: nested) } ?? []
    if reader.members["entries"] == nil {
      reader.missing("entries", "list the conditions that an event must satisfy")
    } else if reader.members["entries"]?.arrayValue?.isEmpty == true {
      reader.error(at: "entries", "`\(reader.path.appending("entries"))` is empty: it would hold for every event")
    }
    return entries
  }

  private static let tests = ["match", "match_any", "exists", "wildcard", "value_list", "nested"]

  private static func entry(_ reader: inout ObjectReader, within nested: String?) -> ExceptionEntry? {
    let present = tests.filter { reader.members[$0] != nil }
    let isExcluded = reader.bool("excluded") ?? false
    guard present.count == 1, let test = present.first else {
      for key in tests + ["field", "entries", "list_type"] { _ = reader.value(key) }
      reader.error(
        at: present.last ?? "field",
        present.isEmpty
          ? "`\(reader.path)` asks nothing: give one of \(ObjectReader.list(tests))"
          : "`\(reader.path)` asks for more than one thing: make an entry each of \(ObjectReader.list(present))")
      return nil
    }
    if test == "nested" { return nestedEntry(&reader, within: nested, isExcluded: isExcluded) }
    let field = reader.requiredString("field", "name the field")
    guard let read = read(test, &reader), let field else { return nil }
    return ExceptionEntry(
      field: nested.map { "\($0).\(field)" } ?? field, read.test, isExcluded: isExcluded != read.isExcluded)
  }

  private static func nestedEntry(
    _ reader: inout ObjectReader, within nested: String?, isExcluded: Bool
  ) -> ExceptionEntry? {
    let field = reader.string("nested")
    guard nested == nil else {
      reader.error(at: "nested", "a nested entry cannot hold another one")
      _ = reader.value("entries")
      return nil
    }
    let inner = entries(&reader, within: field ?? "")
    return field.map { ExceptionEntry(field: $0, .nested(inner), isExcluded: isExcluded) }
  }

  private static func read(_ test: String, _ reader: inout ObjectReader) -> (test: ExceptionTest, isExcluded: Bool)? {
    switch test {
    case "match": return EntryValue.one("match", &reader).map { (.match($0), false) }
    case "match_any": return EntryValue.several("match_any", &reader).map { (.matchAny($0), false) }
    case "wildcard": return EntryValue.one("wildcard", &reader).map { (.wildcard($0), false) }
    // `exists = false`: the field is missing.
    case "exists": return reader.bool("exists").map { (.exists, !$0) }
    default:
      let kind = reader.word("list_type", of: ValueList.Kind.self)
      if reader.members["list_type"] == nil {
        reader.missing("list_type", "say what the list holds: `keyword`, `ip`, `ip_range` or `text`")
      }
      guard let path = reader.string("value_list"), let kind else { return nil }
      return (.list(ValueListReference(id: path, kind: kind)), false)
    }
  }
}
