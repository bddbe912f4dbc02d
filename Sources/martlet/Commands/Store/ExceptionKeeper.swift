import Alerts
import Exceptions
import Foundation
import JSON
import Outputs
import Query
import Rules
import Running

/// Puts exceptions into a folder in Elastic's own form: items of lists, which rules obey by naming the list.
struct ExceptionKeeper {
  /// Why an exception is not taken, for a person.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  private let changes: AlertStore.DocumentChanges
  /// The folder's rules, with the lists that they obey.
  private(set) var rules: [LoadedRule]
  /// Value lists that were taken here, by id.
  private var taken: [String: String] = [:]
  /// Keys of the exceptions there are; looked up once.
  private var keys: Set<String>?
  private(set) var items = Done.Counts()
  private(set) var lists = Done.Counts()
  private(set) var valueLists = Done.Counts()

  /// - Parameter rules: the folder's rules as `FolderRules` loads them.
  init(_ changes: AlertStore.DocumentChanges, rules: [LoadedRule]) {
    self.changes = changes
    self.rules = rules
  }

  /// Takes what was loaded from files. Returns why what was not taken was not.
  mutating func take(_ loaded: ExceptionLoadResult) throws -> [String] {
    var refusals: [String] = []
    for list in loaded.lists where !list.isEndpoint {
      try keep(list)
      // That list is one that all rules obey wherever it is.
      if list.listID == FolderExceptions.listOfAllRules, list.namespaceType == "single" { _ = try listOfAllRules() }
    }
    for exception in loaded.items {
      do {
        try take(exception)
      } catch let refusal as Refusal {
        refusals.append(
          "\(exception.item.file):\(exception.item.line): “\(exception.item.name)” is not taken: \(refusal)")
      }
    }
    return refusals
  }

  /// Keeps an exception in the lists that it is for.
  ///
  /// - Parameter scope: what it is for, where it does not say so itself.
  mutating func take(_ exception: LoadedException, for scope: ExceptionScope? = nil) throws {
    var item = exception.item
    switch scope ?? item.scope {
    case .list(let id, let namespaceType):
      guard try changes.current(.exceptionList, FolderExceptions.key(list: id, namespaceType)) != nil else {
        throw Refusal("its list “\(id)” (\(namespaceType)) is neither in the folder nor in the files")
      }
      item.entries = try keep(exception.valueLists, namedIn: item.entries)
      try keep(item, list: id, namespaceType)
    case .rules(let names):
      var chosen: [LoadedRule] = []
      for name in names {
        let found = rules.filter { $0.rule.ruleID == name || $0.rule.name.lowercased() == name.lowercased() }
        guard !found.isEmpty else { throw Refusal("the rule “\(name)” is not among the folder's") }
        chosen += found.filter { rule in !chosen.contains { $0.rule.ruleID == rule.rule.ruleID } }
      }
      item.entries = try keep(exception.valueLists, namedIn: item.entries)
      for rule in chosen {
        let list = try ownList(of: rule)
        try keep(item, list: list.listID, list.namespaceType)
      }
    case .all:
      item.entries = try keep(exception.valueLists, namedIn: item.entries)
      let list = try listOfAllRules()
      try keep(item, list: list.listID, list.namespaceType)
    }
  }

  /// What was taken beside exceptions, for programs.
  var more: [String: JSONValue] { ["lists": lists.json, "value_lists": valueLists.json] }

  /// What was taken, for a person.
  var summary: String {
    var line = items.sentence("exception")
    if lists.new > 0 { line += "; \(CountText.count(lists.new, "list")) made" }
    let values = valueLists.new + valueLists.changed
    if values > 0 { line += "; \(CountText.count(values, "value list")) taken along" }
    return line
  }

  // MARK: Lists

  /// Keeps a list.
  mutating func keep(_ list: ExceptionList) throws {
    lists.note(
      try changes.keep(
        .exceptionList, FolderExceptions.key(list: list.listID, list.namespaceType), list.json.text), of: list.listID)
  }

  /// True where a rule of the folder obeys a list.
  func isObeyed(_ list: ExceptionList) -> Bool {
    rules.contains { rule in
      rule.rule.exceptionLists.contains { $0.listID == list.listID && $0.namespaceType == list.namespaceType }
    }
  }

  /// The shared list of an id, which is made where there is none.
  mutating func sharedList(_ id: String) throws -> ExceptionListReference {
    for namespaceType in ["single", "agnostic"] {
      guard let kept = try changes.current(.exceptionList, FolderExceptions.key(list: id, namespaceType)),
        let value = kept.text.flatMap({ try? JSONValue(parsing: $0) })
      else { continue }
      return ExceptionListReference(
        id: id, listID: id, type: value["type"]?.stringValue ?? "detection", namespaceType: namespaceType)
    }
    try keep(
      ExceptionList(listID: id, name: id, description: "Exceptions that rules share", tags: [], file: "", line: 1))
    return ExceptionListReference(id: id, listID: id)
  }

  /// Has a rule obey a list, or all rules where it is nil; a rule that does so already is left as it is.
  mutating func link(_ rule: LoadedRule?, to list: ExceptionListReference) throws {
    _ = try changes.keep(
      .exceptionLink, FolderExceptions.key(link: rule?.rule.ruleID, list: list.listID, list.namespaceType),
      list.json.text)
    for place in rules.indices where rule == nil || rules[place].rule.ruleID == rule?.rule.ruleID {
      let isThere = rules[place].rule.exceptionLists.contains {
        $0.listID == list.listID && $0.namespaceType == list.namespaceType
      }
      if !isThere { rules[place].rule.exceptionLists.append(list) }
    }
  }

  /// The list of a rule's own exceptions, as Kibana has one for each rule that has any; it is made where there is none.
  private mutating func ownList(of rule: LoadedRule) throws -> ExceptionListReference {
    let known = rules.first { $0.rule.ruleID == rule.rule.ruleID }?.rule.exceptionLists
      .first { $0.type == "rule_default" }
    let id = known?.listID ?? UUID().uuidString.lowercased()
    let reference =
      known ?? ExceptionListReference(id: id, listID: id, type: "rule_default", namespaceType: "single")
    if try changes.current(.exceptionList, FolderExceptions.key(list: id, reference.namespaceType)) == nil {
      try keep(
        ExceptionList(
          listID: id, namespaceType: reference.namespaceType, type: "rule_default",
          name: "Exceptions of \(rule.rule.name)", description: "Exceptions of the rule \(rule.rule.ruleID)", tags: [],
          file: "", line: 1))
    }
    if known == nil { try link(rule, to: reference) }
    return reference
  }

  private mutating func listOfAllRules() throws -> ExceptionListReference {
    let id = FolderExceptions.listOfAllRules
    let list = ExceptionListReference(id: id, listID: id)
    if try changes.current(.exceptionList, FolderExceptions.key(list: id, "single")) == nil {
      try keep(
        ExceptionList(
          listID: id, name: "All rules", description: "Exceptions of all rules", tags: [], file: "", line: 1))
    }
    try link(nil, to: list)
    return list
  }

  private mutating func keep(_ item: ExceptionItem, list: String, _ namespaceType: String) throws {
    let key = FolderExceptions.key(item: item.itemID, list: list, namespaceType)
    keys = try keys ?? Set(changes.current(.exception).map(\.key))
    guard keys?.contains(key) ?? false || keys?.count ?? 0 < ExceptionLimits.items else {
      throw Refusal("a folder holds \(ExceptionLimits.items) exceptions at most; remove some, or use a value list")
    }
    keys?.insert(key)
    items.note(
      try changes.keep(.exception, key, item.json(list: list, namespaceType: namespaceType).text), of: item.itemID)
  }

  // MARK: Value lists

  /// Keeps the value lists that entries name, and gives the entries with the ids that they have here: a list that was named
  /// by its path goes by the name of its file.
  private mutating func keep(
    _ values: [ValueListReference: ValueList], namedIn entries: [ExceptionEntry]
  ) throws -> [ExceptionEntry] {
    try entries.map { entry in
      var entry = entry
      switch entry.test {
      case .list(var reference):
        guard let list = values[reference] else { return entry }
        reference.id = String(reference.id.split(separator: "/").last ?? "")
        try keep(list, as: reference.id)
        entry.test = .list(reference)
      case .nested(let inner): entry.test = .nested(try keep(values, namedIn: inner))
      default: break
      }
      return entry
    }
  }

  private mutating func keep(_ list: ValueList, as id: String) throws {
    let text = ValueListDocument.text(list)
    if let before = taken[id] {
      guard before == text else {
        throw Refusal("another value list goes by the name “\(id)” too; give one of the files another name")
      }
      return
    }
    if let kept = try changes.current(.valueList, id).map(FolderExceptions.valueList), kept.kind != list.kind.rawValue {
      throw Refusal("the folder has a value list “\(id)” of the type \(kept.kind); give the file another name")
    }
    let known = try changes.current(.valueList).map(\.key)
    guard known.contains(id) || known.count < ExceptionLimits.lists else {
      throw Refusal("a folder holds \(ExceptionLimits.lists) value lists at most; join some")
    }
    taken[id] = text
    valueLists.note(try ValueListDocument.keep(list, as: id, changes), of: id)
  }
}

extension Done.Counts {
  /// Counts what became of a document that was to be kept.
  mutating func note(_ keeping: Keeping, of id: String) {
    switch keeping {
    case .new: new += 1
    case .changed: changed += 1
    case .same:
      same += 1
      return
    }
    note(id)
  }

  /// What was added of things, for a person.
  func sentence(_ noun: String) -> String {
    "\(CountText.count(new, noun)) added, \(changed) in a new version, \(same) \(same == 1 ? "was" : "were") there as "
      + (same == 1 ? "it is" : "they are")
  }
}

/// Value lists as a folder keeps them.
enum ValueListDocument {
  /// So many versions of a list are kept with their values.
  private static let versions = 10

  /// The type, and a value a line.
  static func text(_ list: ValueList) -> String {
    ([list.kind.rawValue] + list.values).joined(separator: "\n") + "\n"
  }

  static func keep(_ list: ValueList, as id: String, _ changes: AlertStore.DocumentChanges) throws -> Keeping {
    let keeping = try changes.keep(.valueList, id, text(list))
    try changes.forgetContents(.valueList, id, but: versions)
    return keeping
  }

  /// True for what may be the id of a value list: the name of a file.
  static func isID(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 200 && !id.contains("/") && !id.utf8.contains(0) && id != "." && id != ".."
  }
}
