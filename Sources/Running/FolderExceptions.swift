import Alerts
import Exceptions
import JSON
import Rules

/// The exceptions of a folder of events, the rules that obey them, and the value lists that they name.
public enum FolderExceptions {
  /// The list for exceptions of all rules.
  public static let listOfAllRules = "all-rules"

  public static func key(list id: String, _ namespaceType: String) -> String {
    key([.string(namespaceType), .string(id)])
  }

  public static func key(item id: String, list: String, _ namespaceType: String) -> String {
    key([.string(namespaceType), .string(list), .string(id)])
  }

  /// - Parameter rule: the id of the rule that obeys the list; nil for all rules.
  public static func key(link rule: String?, list: String, _ namespaceType: String) -> String {
    key([rule.map { .string($0) } ?? .null, .string(namespaceType), .string(list)])
  }

  private static func key(_ parts: [JSONValue]) -> String { JSONValue.array(parts).text }

  /// The parts of a key.
  public static func parts(_ key: String) -> [JSONValue] { (try? JSONValue(parsing: key))?.arrayValue ?? [] }

  /// Adds what a folder keeps of exceptions to rules that were loaded, as if it came along with them, and has rules obey
  /// the lists that they were told to obey.
  ///
  /// - Parameter onlyNamed: only the lists that one of the rules obeys.
  public static func add(_ store: AlertStore, to result: inout RuleLoadResult, onlyNamed: Bool) throws {
    add(try store.current([.exceptionList, .exception, .exceptionLink, .valueList]), to: &result, onlyNamed: onlyNamed)
  }

  public static func add(_ documents: [KeptDocument], to result: inout RuleLoadResult, onlyNamed: Bool) {
    for document in documents where document.isDamaged {
      let what = document.kind.rawValue.replacing("_", with: " ")
      let names = parts(document.key).compactMap(\.stringValue)
      let place = document.kind == .valueList ? document.key : names.dropFirst().first ?? document.key
      result.diagnostics.append(
        FolderRules.damage(
          names.count > 2 ? "\(what) “\(names[2])”" : what, in: FolderPlace.exceptions(ofList: place)))
    }
    let documents = documents.filter { !$0.isDamaged }
    for document in documents where document.kind == .exceptionLink {
      guard let reference = reference(document) else { continue }
      let rule = parts(document.key).first?.stringValue
      for place in result.rules.indices where rule == nil || result.rules[place].rule.ruleID == rule {
        let isThere = result.rules[place].rule.exceptionLists.contains {
          $0.listID == reference.listID && $0.namespaceType == reference.namespaceType
        }
        if !isThere { result.rules[place].rule.exceptionLists.append(reference) }
      }
    }
    let named = Set(result.rules.flatMap { $0.rule.exceptionLists.map { key(list: $0.listID, $0.namespaceType) } })
    let items = Dictionary(grouping: documents.filter { $0.kind == .exception }) { listKey(ofItem: $0) }
    for list in documents where list.kind == .exceptionList && (!onlyNamed || named.contains(list.key)) {
      let lines = [list] + (items[list.key] ?? [])
      let loaded = RuleLoader.load(
        text: lines.compactMap(\.text).joined(separator: "\n"),
        file: FolderPlace.exceptions(ofList: parts(list.key).last?.stringValue ?? ""))
      result.exportedLists += loaded.exportedLists
      result.exportedItems += loaded.exportedItems
      result.diagnostics += loaded.diagnostics
    }
    result.valueLists += documents.filter { $0.kind == .valueList }.map(valueList)
  }

  public static func listKey(ofItem item: KeptDocument) -> String {
    let parts = parts(item.key)
    return parts.count == 3 ? key(Array(parts.prefix(2))) : ""
  }

  public static func reference(_ link: KeptDocument) -> ExceptionListReference? {
    guard let value = link.text.flatMap({ try? JSONValue(parsing: $0) }), let id = value["list_id"]?.stringValue else {
      return nil
    }
    return ExceptionListReference(
      id: value["id"]?.stringValue ?? id, listID: id, type: value["type"]?.stringValue ?? "detection",
      namespaceType: value["namespace_type"]?.stringValue ?? "single")
  }

  public static func valueList(_ document: KeptDocument) -> KeptValueList {
    let parts = (document.text ?? "").split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    return KeptValueList(
      id: document.key, kind: parts.first.map(String.init) ?? "",
      text: parts.count > 1 ? String(parts[1]) : "")
  }
}

extension ExceptionListReference {
  /// The reference as Kibana exports it.
  public var json: JSONValue {
    [
      "id": .string(id), "list_id": .string(listID), "type": .string(type), "namespace_type": .string(namespaceType),
    ]
  }
}
