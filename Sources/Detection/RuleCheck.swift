import Events
import JSON
import Query
import Rules
import Synchronization

/// Everything that can be said of rules without running them.
public struct RuleCheck: Sendable {
  /// A rule that loads and does not run.
  public struct Unsupported: Sendable {
    public var ruleID: String
    public var name: String
    public var file: String
    public var reason: String
    /// True where Elasticsearch would not run the rule either.
    public var isRefused = false
  }

  public let files: Int
  /// Rules that could be read, those that are wrong otherwise too.
  public let rules: Int
  public let runnable: Int
  public let rulesOfType: [String: Int]
  /// Errors and warnings, by file and place.
  public let diagnostics: [Diagnostic]
  public let unsupported: [Unsupported]

  public var errorCount: Int { diagnostics.count { $0.severity == .error } }

  /// - Parameter others: what else was found about the files, as about exceptions that exports hold.
  public init(
    _ loaded: RuleLoadResult, now: Timestamp, catalog: FieldCatalog = .standard, tables: [String: ESQLTable] = [:],
    others: [Diagnostic] = []
  ) {
    let meant = MeantFields(catalog)
    let validator = RuleValidator(
      knowledge: RuleKnowledge(
        isKnownField: { !FieldNotice.isUnknown($0, catalog) }, suggestField: { meant.field(by: $0) },
        resolveField: { catalog.resolve($0) }, attack: AttackCatalog.enterprise,
        inspectQuery: { Self.inspect($0, catalog, tables) }))
    let found = loaded.diagnostics + validator.validate(loaded.rules, now: now) + others
    diagnostics = found.sorted { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
    // What is wrong with one document of a file says nothing of the others.
    let wrong = Dictionary(grouping: found.filter { $0.severity == .error }, by: \.file)
    var unsupported: [Unsupported] = []
    var runnable = 0
    var types: [String: Int] = [:]
    for rule in loaded.rules {
      types[rule.rule.type.rawValue, default: 0] += 1
      let inspection = Self.inspect(rule.rule, catalog, tables)
      if let reason = rule.rule.runnability.reason ?? inspection.unsupportedReason {
        unsupported.append(
          Unsupported(
            ruleID: rule.rule.ruleID, name: rule.rule.name, file: rule.file, reason: reason,
            isRefused: rule.rule.runnability.reason == nil && inspection.isRefused))
      } else {
        let errors = wrong[rule.file] ?? []
        let lines = errors.isEmpty ? 0...0 : rule.source.lines
        if !errors.contains(where: { lines.contains($0.line) }) { runnable += 1 }
      }
    }
    files = loaded.files
    rules = loaded.rules.count
    self.runnable = runnable
    rulesOfType = types
    self.unsupported = unsupported
  }

  /// Why a rule cannot be kept to run: its schedule, its parameters, or a query or filter that cannot be read.
  public static func obstacles(
    _ loaded: LoadedRule, now: Timestamp, catalog: FieldCatalog = .standard
  ) -> [Diagnostic] {
    RuleValidator.obstacles(loaded, now: now) { inspect($0, catalog) }
  }

  /// What the language's parser says of a rule's query and filters.
  static func inspect(
    _ rule: Rule, _ catalog: FieldCatalog, _ tables: [String: ESQLTable] = [:]
  ) -> QueryInspection {
    guard rule.language != nil, rule.hindrance == nil else { return QueryInspection() }
    if rule.type == .esql { return inspectRows(rule, catalog, tables) }
    // That a rule of another type has a query in ES|QL, the rule itself tells.
    guard rule.language != .esql else { return QueryInspection() }
    var inspection = QueryInspection()
    var predicates: [Predicate] = []
    var query: KQLQuery?
    var filters: Predicate?
    do {
      let read = try RuleQuery.read(rule, catalog)
      predicates.append(read.predicate)
      query = read
    } catch let error as QuerySyntaxError {
      inspection.errors.append(.init(message: error.sentence, line: error.line, column: error.column))
    } catch {
      inspection.unsupportedReason = (error as? UnrunnableRule)?.reason ?? "\(error)"
      inspection.isRefused = (error as? UnrunnableRule)?.isRefused ?? false
    }
    do {
      let read = try RuleFilters.predicate(rule.filters, catalog)
      predicates.append(read)
      filters = read
    } catch {
      if error.isUnsupported {
        inspection.unsupportedReason = RuleQuery.refusal(unsupported: error).sentence
      } else {
        inspection.errors.append(.init(message: "in \(error)", line: 1, column: 1))
      }
    }
    if inspection.unsupportedReason == nil,
      let refusal = RuleQuery.refusal(query, filters, catalog) ?? RuleQuery.refusal(ofTerms: rule, catalog)
    {
      inspection.unsupportedReason = refusal.sentence
      inspection.isRefused = true
    }
    inspectIndicators(rule, catalog, &inspection)
    for predicate in predicates {
      inspection.fields += predicate.fields.compactMap(\.text)
    }
    return inspection
  }

  /// What is said of the query and filters that choose indicators.
  private static func inspectIndicators(_ rule: Rule, _ catalog: FieldCatalog, _ inspection: inout QueryInspection) {
    guard rule.type == .threatMatch, rule.threatMatch != nil else { return }
    do {
      _ = try RuleQuery.indicators(rule, catalog)
    } catch let error as QuerySyntaxError {
      var problem = QueryInspection.Problem(message: error.sentence, line: error.line, column: error.column)
      problem.isOfIndicators = true
      inspection.errors.append(problem)
    } catch let error as UnrunnableRule {
      if inspection.unsupportedReason == nil { inspection.unsupportedReason = error.reason }
    } catch {
      var problem = QueryInspection.Problem(message: "in threat_filters: \(error)", line: 1, column: 1)
      problem.isOfIndicators = true
      inspection.errors.append(problem)
    }
  }

  /// The same for a rule in ES|QL.
  private static func inspectRows(
    _ rule: Rule, _ catalog: FieldCatalog, _ tables: [String: ESQLTable]
  ) -> QueryInspection {
    var inspection = QueryInspection()
    do {
      let query = try RuleQuery.parsedRows(rule)
      inspection.fields = query.fieldNames(tables) { catalog.resolve($0).isKnown }
      inspection.rows = rows(query, catalog, tables)
      _ = try RuleQuery.rows(rule, catalog, tables)
    } catch let error as ESQLError {
      inspection.errors = error.problems.map { .init(message: $0.sentence, line: $0.line, column: $0.column) }
    } catch {
      inspection.unsupportedReason = (error as? UnrunnableRule)?.reason ?? "\(error)"
      inspection.isRefused = (error as? UnrunnableRule)?.isRefused ?? false
    }
    return inspection
  }

  /// What a query gives, whether or not something keeps it from running.
  private static func rows(
    _ query: ESQLQuery, _ catalog: FieldCatalog, _ tables: [String: ESQLTable]
  ) -> QueryInspection.Rows {
    guard let bound = try? ESQLRuleQuery(query, catalog, tables: tables) else {
      return QueryInspection.Rows(columns: query.definedNames.sorted(), areWhole: false)
    }
    let columns = bound.columns.map(\.name)
    return QueryInspection.Rows(columns: columns, areWhole: query.isAggregating || !columns.contains("_id"))
  }

  /// The check as JSON, for tools.
  public var json: JSONValue {
    func list(_ severity: Diagnostic.Severity) -> JSONValue {
      .array(
        diagnostics.filter { $0.severity == severity }.map {
          [
            "file": .string($0.file), "line": .integer(Int64($0.line)), "column": .integer(Int64($0.column)),
            "message": .string($0.message),
          ]
        })
    }
    return [
      "files": .integer(Int64(files)), "rules": .integer(Int64(rules)), "runnable": .integer(Int64(runnable)),
      "by_type": .object(rulesOfType.mapValues { .integer(Int64($0)) }), "errors": list(.error),
      "warnings": list(.warning),
      "unsupported": .array(
        unsupported.map {
          ["rule_id": .string($0.ruleID), "file": .string($0.file), "reason": .string($0.reason)]
        }),
    ]
  }
}

/// Looks for the field that was probably meant once for each name: it takes going through all fields, and thousands of
/// rules may have one name wrong.
private final class MeantFields: Sendable {
  private let catalog: FieldCatalog
  private let known = Mutex<[String: String?]>([:])
  /// Names that are remembered.
  private static let most = 10_000

  init(_ catalog: FieldCatalog) { self.catalog = catalog }

  func field(by name: String) -> String? {
    if let found = known.withLock({ $0[name] }) { return found }
    let found = FieldNotice.meant(name, catalog)
    known.withLock { if $0.count < Self.most { $0[name] = .some(found) } }
    return found
  }
}
