import Query
import Rules

/// The exceptions of a hunt, sorted by the rules that they are for.
public struct ExceptionSet: Sendable {
  private let items: [LoadedException]
  private let lists: [ListKey: ExceptionList]
  /// Places in `items`, ascending.
  private var ofList: [ListKey: [Int]] = [:]
  private var ofRule: [String: [Int]] = [:]
  private var ofAll: [Int] = []

  struct ListKey: Hashable {
    var id: String
    var namespaceType: String
  }

  public init(_ loaded: ExceptionLoadResult) {
    items = loaded.items
    lists = Dictionary(loaded.lists.map { (ListKey(id: $0.listID, namespaceType: $0.namespaceType), $0) }) { $1 }
    for (at, loaded) in items.enumerated() {
      switch loaded.item.scope {
      case .all: ofAll.append(at)
      case .list(let id, let namespaceType):
        ofList[ListKey(id: id, namespaceType: namespaceType), default: []].append(at)
      case .rules(let names):
        for name in Set(names.flatMap { [$0, $0.lowercased()] }) { ofRule[name, default: []].append(at) }
      }
    }
  }

  /// True when there is no exception at all.
  public var isEmpty: Bool { items.isEmpty }

  /// The exceptions of a rule, in the order in which they were read: those of the lists that it names, those that name
  /// it by id or name, and those for all rules. Expired ones are among them, since time is told by each execution.
  public func items(for rule: Rule) -> [AppliedException] {
    places(for: rule).map { AppliedException(items[$0]) }
  }

  func places(for rule: Rule) -> [Int] {
    var found = Set(ofAll)
    for reference in rule.exceptionLists where !reference.isEndpoint {
      found.formUnion(ofList[ListKey(reference)] ?? [])
    }
    // Names are told without regard to case, ids are not.
    for key in [rule.ruleID, rule.name.lowercased()] {
      for at in ofRule[key] ?? [] where items[at].item.names(rule) { found.insert(at) }
    }
    return found.sorted()
  }

  /// The lists that a rule names and no file holds: what they except still alerts.
  public func missingLists(of rule: Rule) -> [ExceptionListReference] {
    rule.exceptionLists.filter {
      !$0.isEndpoint && lists[ListKey($0)] == nil && ofList[ListKey($0)] == nil
    }
  }

  /// The lists of Elastic's endpoint agent that a rule names; they are not applied.
  public func endpointLists(of rule: Rule) -> [ExceptionListReference] { rule.exceptionLists.filter(\.isEndpoint) }

  /// What a reader of the exceptions should know about them and the rules: lists that no file holds or no rule names,
  /// rules that do not exist, lists that are not applied.
  public func diagnostics(for rules: [LoadedRule]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for loaded in rules {
      for list in missingLists(of: loaded.rule) {
        found.append(
          loaded.warning(
            "\(loaded.rule.name) obeys the exception list “\(list.listID)”, which is in no file: what it excepts still "
              + "alerts. Export it and give it with --exceptions"))
      }
      for list in endpointLists(of: loaded.rule) {
        found.append(
          loaded.warning(
            "\(loaded.rule.name) names “\(list.listID)”, a list for Elastic's endpoint, which is not applied"))
      }
    }
    return found + computed(rules.map(\.rule)) + unused(rules.map(\.rule))
  }

  /// Exceptions on what a query in ES|QL computes, which no event has that it reads.
  private func computed(_ rules: [Rule]) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for rule in rules where rule.type == .esql {
      let places = places(for: rule)
      guard !places.isEmpty, let query = try? ESQLQuery(rule.query ?? ""),
        let bound = try? ESQLRuleQuery(query, .standard, tables: [:])
      else { continue }
      let columns = Set(bound.columns.map(\.name)).subtracting(bound.fieldPaths)
      for item in places.map({ items[$0].item }) {
        for entry in item.entries where columns.contains(entry.field) && found.count < ExceptionLimits.diagnostics {
          found.append(
            item.warning(
              "“\(item.name)” asks for `\(entry.field)`, which the query of “\(rule.name)” computes: exceptions are asked of the events "
                + "that a query reads, and no event has it"))
        }
      }
    }
    return found
  }

  private func unused(_ rules: [Rule]) -> [Diagnostic] {
    let names = Set(rules.flatMap { [$0.ruleID, $0.name.lowercased()] })
    let referenced = Set(rules.flatMap { $0.exceptionLists.map(ListKey.init) })
    var found: [Diagnostic] = []
    var told: Set<ListKey> = []
    var toldNames: Set<String> = []
    for item in items.map(\.item) {
      switch item.scope {
      case .all: break
      case .rules(let wanted):
        for name in wanted where !names.contains(name) && !names.contains(name.lowercased()) {
          // To look for what was meant takes its time.
          guard toldNames.count < ExceptionLimits.diagnostics, toldNames.insert(name).inserted else { continue }
          let meant = Spelling.suggestion(for: name, among: rules.map(\.name)).map { "; did you mean “\($0)”?" } ?? ""
          found.append(
            item.warning("“\(item.name)” is for the rule “\(name)”, which is not among the rules here\(meant)"))
        }
      case .list(let id, let namespaceType):
        let key = ListKey(id: id, namespaceType: namespaceType)
        guard !referenced.contains(key), told.insert(key).inserted else { continue }
        found.append(
          item.warning(
            "No rule here names the exception list “\(id)” (\(namespaceType)), so its exceptions are for no rule; a rule "
              + "names a list in `exceptions_list`"))
      }
    }
    return found
  }
}

extension ExceptionSet.ListKey {
  init(_ reference: ExceptionListReference) {
    self.init(id: reference.listID, namespaceType: reference.namespaceType)
  }
}

extension ExceptionListReference {
  /// True for lists of Elastic's endpoint agent, whose exceptions the agent itself obeys.
  fileprivate var isEndpoint: Bool { type.hasPrefix("endpoint") }
}

extension ExceptionItem {
  /// True when the item names the rule by its id or name.
  fileprivate func names(_ rule: Rule) -> Bool {
    guard case .rules(let names) = scope else { return false }
    return names.contains { $0 == rule.ruleID || $0.lowercased() == rule.name.lowercased() }
  }
}

extension ExceptionItem {
  fileprivate func warning(_ message: String) -> Diagnostic {
    Diagnostic(.warning, file: file, line: line, message)
  }
}

extension LoadedRule {
  fileprivate func warning(_ message: String) -> Diagnostic {
    diagnostic(.warning, at: "exceptions_list", part: .key, message)
  }
}
