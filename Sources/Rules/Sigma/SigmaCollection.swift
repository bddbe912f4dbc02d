import Events
import Hashing
import Query

/// Makes rules of the Sigma documents that were read together: joins rules with the filters that name them and correlations
/// with the rules that they name.
struct SigmaCollection {
  let documents: [SigmaDocument]
  let settings: SigmaSettings
  var diagnostics: [Diagnostic] = []
  /// Rules and correlations by their ids and names.
  private var places: [String: Int] = [:]

  /// Adds the rules of the documents of a result.
  static func resolve(_ result: inout RuleLoadResult, _ settings: SigmaSettings) {
    guard !result.sigma.isEmpty else { return }
    var collection = SigmaCollection(documents: result.sigma, settings: settings)
    result.rules += collection.rules()
    result.diagnostics += collection.diagnostics
    result.sigma = []
  }

  private init(documents: [SigmaDocument], settings: SigmaSettings) {
    self.documents = documents
    self.settings = settings
  }

  mutating func error(_ document: SigmaDocument, _ place: SigmaNode.Place, _ clause: String) {
    diagnostics.append(document.diagnostic(.error, place, clause))
  }

  mutating func warn(_ document: SigmaDocument, _ place: SigmaNode.Place, _ clause: String) {
    diagnostics.append(document.diagnostic(.warning, place, clause))
  }

  // MARK: Joining

  private mutating func rules() -> [LoadedRule] {
    var isSound = documents.map { _ in true }
    for at in documents.indices {
      isSound[at] = check(documents[at])
      let id = documents[at].id
      for key in Set([id, id?.lowercased(), documents[at].name].compactMap(\.self)) where documents[at].kind != .filter
      {
        if let other = places[key] {
          let place = documents[at].node[documents[at].id == key ? "id" : "name"]?.place ?? documents[at].node.place
          error(
            documents[at], place, "“\(key)” is taken by “\(documents[other].title)” (\(documents[other].source.file))")
          isSound[at] = false
        } else {
          places[key] = at
        }
      }
    }
    let filters = documents.indices.filter {
      documents[$0].kind == .filter && isSound[$0] && checkFilter(documents[$0])
    }
    var parts: [Int: Part] = [:]
    for at in documents.indices where documents[at].kind == .rule && isSound[at] {
      parts[at] = part(documents[at], filters)
    }
    // What correlations alone look at does not alert by itself.
    var (fed, generated): (Set<Int>, Set<Int>) = ([], [])
    var made: [LoadedRule?] = documents.map { _ in nil }
    var looked: [Int: Set<Int>] = [:]
    for at in documents.indices where documents[at].kind == .correlation && isSound[at] {
      do throws(SigmaFault) {
        var within: Set<Int> = []
        made[at] = try correlation(at, parts, &within, &generated)
        looked[at] = within
        fed.formUnion(within)
      } catch {
        self.error(documents[at], error.place, error.message)
      }
    }
    // Nor does what a correlation names that is wrong itself.
    for at in documents.indices where documents[at].kind == .correlation && made[at] == nil {
      guard let node = documents[at].node["correlation"], !isGenerating(documents[at]) else { continue }
      fed.formUnion((node["rules"]?.texts ?? []).compactMap { place(of: $0) })
    }
    for at in documents.indices {
      if fed.contains(at), !generated.contains(at) {
        made[at] = nil
      } else if let part = parts[at] {
        made[at] = rule(documents[at], part)
      }
    }
    for (at, within) in looked {
      made[at]?.fed = within.subtracting(generated).sorted().map { documents[$0].title }
    }
    return made.compactMap(\.self)
  }

  /// The document that a name or an id means; ids are the same in upper and lower case.
  func place(of name: String) -> Int? {
    places[name]
      ?? places[name.lowercased()].flatMap { documents[$0].id?.lowercased() == name.lowercased() ? $0 : nil }
  }

  /// Whether the rules that a correlation names alert by themselves, which it or its document says.
  private func isGenerating(_ document: SigmaDocument) -> Bool {
    [document.node, document.node["correlation"]].contains { node in
      node.map { (try? SigmaCorrelation.generates($0)) ?? false } ?? false
    }
  }

  // MARK: Rules

  private func applies(_ filter: SigmaDocument, to rule: SigmaDocument) -> Bool {
    guard let rules = filter.node["filter"]?["rules"], rule.logSource.contains(filter.logSource) else { return false }
    let names = rules.texts
    return names.isEmpty
      || names.contains { $0.lowercased() == "any" || $0 == rule.name || $0.lowercased() == rule.id?.lowercased() }
  }

  /// A rule, ready to be asked: as a part of a query, and why it cannot be where it cannot.
  private struct Part {
    var node: SigmaNode
    var index: [String]
    var hindrance: String?
  }

  private mutating func part(_ document: SigmaDocument, _ filters: [Int]) -> Part? {
    let source = document.logSource
    let mapping = settings.mapping(source)
    let detection = document.node["detection"] ?? SigmaNode(.map([]), document.node.place)
    let added = filters.filter { applies(documents[$0], to: document) }.compactMap { at in
      documents[at].node["filter"]?.map.map { members in
        SigmaNode(.map(members.filter { $0.key != "rules" }), documents[at].node.place)
      }
    }
    // Two names of one field would be one key twice: the names stay then, and what they stand for is written beside.
    let keepsNames =
      mapping.map { mapping in ([detection] + added).contains { SigmaNames.collide($0, mapping) } } ?? false
    func renamed(_ node: SigmaNode) -> SigmaNode {
      keepsNames ? node : mapping.map { SigmaNames.renamed(node, $0) } ?? node
    }
    var members: [SigmaNode.Member] = []
    func put(_ key: String, _ value: SigmaNode) {
      members.append(SigmaNode.Member(key: key, place: value.place, value: value))
    }
    let parts = (document.node["logsource"]?.map ?? []).filter { ["product", "category", "service"].contains($0.key) }
    put("logsource", SigmaNode(.map(parts)))
    if let conditions = mapping?.conditions { put("source", conditions) }
    put("detection", renamed(detection))
    let own = added.map(renamed)
    if !own.isEmpty { put("filters", SigmaNode(.list(own))) }
    let asked = Set(([renamed(detection)] + own).flatMap(SigmaNames.fields).map(\.name))
    let entries = asked.sorted().compactMap { name -> SigmaNode.Member? in
      guard let mapping, let targets = SigmaNames.targets(name, mapping, all: keepsNames) else { return nil }
      return SigmaNode.Member(key: name, place: detection.place, value: targets.node)
    }
    if !entries.isEmpty { put("fields", SigmaNode(.map(entries))) }
    let named = SigmaNames.placeholders(SigmaNode(.map(members)))
    let known = named.sorted().compactMap { name in
      settings.placeholders[name].map { values in
        SigmaNode.Member(
          key: name, place: detection.place, value: SigmaNode(.list(values.map { SigmaNode(.text($0)) })))
      }
    }
    if !known.isEmpty { put("placeholders", SigmaNode(.map(known))) }
    var part = Part(node: SigmaNode(.map(members), document.node.place), index: mapping?.index ?? [])
    do throws(SigmaFault) {
      let read = try SigmaQuery(part.node)
      if case .detection(let query) = read.form { warn(of: query, document, mapping) }
    } catch {
      let message = message(of: error, detection)
      guard error.isUnsupported else {
        self.error(document, error.place, message)
        return nil
      }
      part.hindrance = SigmaWords.sentence(message)
    }
    if mapping == nil {
      part.hindrance =
        "No data source for \(source.name) is known; name its data streams and fields in --sigma-mapping."
    }
    return part
  }

  /// What is wrong, with the names that the rule has for its fields where they are what is wrong.
  private func message(of fault: SigmaFault, _ detection: SigmaNode) -> String {
    do throws(SigmaFault) {
      _ = try SigmaDetection(detection, placeholders: settings.placeholders)
      return fault.message
    } catch {
      return error.place == fault.place ? error.message : fault.message
    }
  }

  private mutating func warn(of query: SigmaQuery.Part, _ document: SigmaDocument, _ mapping: SigmaMapping?) {
    for (name, place) in query.detection.unused {
      warn(document, place, "no condition names the search identifier “\(name)”")
    }
    for (key, place) in query.detection.idleAll {
      warn(document, place, "`\(key.prefix(80))` has one value, and `all` nothing to join")
    }
    if query.fields == .cloudTrail {
      for (key, place) in SigmaNames.presences(document.node["detection"] ?? SigmaNode(.map([]))) {
        warn(
          document, place,
          "`\(key.prefix(80))` takes a null in a record for no value, where Sigma asks for the presence of the field alone"
        )
      }
    }
    guard let mapping else { return }
    for (name, place) in SigmaNames.compared(document.node["detection"] ?? SigmaNode(.map([]))) {
      guard let targets = mapping.fields[name], targets.wholes.count < targets.targets.count, !targets.wholes.isEmpty
      else {
        continue
      }
      let wholes = targets.wholes.map { "`\($0)`" }.joined(separator: ", ")
      warn(document, place, "of `\(name.prefix(60))` only \(wholes) is compared with another field, not its parts")
    }
    // What the mapping names is there, and below its prefix may be anything.
    let known = Set(mapping.fields.values.flatMap(\.names))
    let negated = query.whole.negatedFields
    var told: Set<String> = []
    for (name, place) in SigmaNames.fields(document.node["detection"] ?? SigmaNode(.map([]))) {
      let field = mapping.name(name)
      guard mapping.fields[name] == nil, mapping.prefix.map(field.hasPrefix) != true, !known.contains(field),
        !query.fields.isKnown(field, .standard), told.insert(field).inserted
      else { continue }
      let what = query.fields == .cloudTrail ? "no record of CloudTrail is" : "no event is"
      let note = negated.contains(field) ? ", so that what is asked of it under `not` holds of every event" : ""
      warn(document, place, "\(what) known to have `\(field.prefix(80))`\(note)")
    }
  }

  private mutating func rule(_ document: SigmaDocument, _ part: Part) -> LoadedRule {
    var rule = SigmaRuleMaker.rule(document, type: .query)
    rule.query = SigmaText.yaml(part.node)
    rule.index = part.index
    rule.hindrance = part.hindrance
    noteStatus(document)
    if let fields = document.node["fields"]?.texts {
      let mapping = settings.mapping(document.logSource)
      rule.investigationFields = fields.map { mapping?.name($0) ?? $0 }.map { name in
        SigmaFields(product: document.logSource.product, service: document.logSource.service) == .cloudTrail
          ? RecordNames.ecs(of: name) ?? name : name
      }
    }
    return LoadedRule(rule: rule, source: document.source)
  }

  private mutating func noteStatus(_ document: SigmaDocument) {
    guard let status = document.node["status"],
      ["deprecated", "unsupported"].contains(status.scalarText?.lowercased() ?? "")
    else { return }
    warn(document, status.place, "the rule is \(status.scalarText ?? "") by its status, and is switched off")
  }

  // MARK: Correlations

  private static let mostDepth = 8
  /// Seconds from one execution to the next, of a correlation whose condition may cease to hold.
  private static let shortestInterval: Int64 = 10

  private mutating func correlation(
    _ at: Int, _ parts: [Int: Part], _ within: inout Set<Int>, _ generated: inout Set<Int>
  ) throws(SigmaFault) -> LoadedRule {
    let document = documents[at]
    var (index, hindrance): ([String], String?) = ([], nil)
    var rules: [SigmaNode.Member] = []
    func collect(_ document: SigmaDocument, _ path: [Int]) throws(SigmaFault) {
      guard let node = document.node["correlation"] else { return }
      guard path.count <= Self.mostDepth else {
        throw SigmaFault("correlations stand within each other deeper than \(Self.mostDepth) levels", node.place)
      }
      let correlation = try SigmaCorrelation(node)
      for name in correlation.rules {
        guard let place = place(of: name) else {
          throw SigmaFault(
            "the correlation refers to “\(name.prefix(60))”, and there is no such rule",
            node["rules"]?.place ?? node.place)
        }
        guard !path.contains(place) else {
          throw SigmaFault(
            "the correlation “\(document.title)” refers to itself by way of “\(name.prefix(60))”", node.place)
        }
        within.insert(place)
        if isGenerating(document) { generated.insert(place) }
        let member: SigmaNode
        if documents[place].kind == .correlation {
          guard let inner = documents[place].node["correlation"] else { continue }
          try collect(documents[place], path + [place])
          member = SigmaNode(
            .map([SigmaNode.Member(key: "correlation", place: inner.place, value: inner)]), inner.place)
        } else {
          guard let part = parts[place] else {
            throw SigmaFault(
              "the correlation refers to “\(name.prefix(60))”, which is wrong itself",
              node["rules"]?.place ?? node.place)
          }
          member = part.node
          for pattern in part.index where !index.contains(pattern) { index.append(pattern) }
          if hindrance == nil, let reason = part.hindrance {
            hindrance = "It refers to “\(documents[place].title)”. \(reason)"
          }
        }
        if !rules.contains(where: { $0.key == name }) {
          rules.append(SigmaNode.Member(key: name, place: node.place, value: member))
        }
      }
    }
    try collect(document, [at])
    guard let own = document.node["correlation"] else {
      throw SigmaFault("there is no `correlation`", document.node.place)
    }
    let node = SigmaNode(
      .map([
        SigmaNode.Member(key: "correlation", place: own.place, value: mapped(own, document)),
        SigmaNode.Member(
          key: "rules", place: own.place,
          value: SigmaNode(
            .map(
              rules.map { member in
                var copy = member
                if let inner = member.value["correlation"], let place = place(of: member.key) {
                  copy.value = SigmaNode(
                    .map([
                      SigmaNode.Member(key: "correlation", place: inner.place, value: mapped(inner, documents[place]))
                    ]))
                }
                return copy
              }))),
      ]), own.place)
    var rule = SigmaRuleMaker.rule(document, type: .correlation)
    rule.query = SigmaText.yaml(node)
    rule.index = index
    rule.hindrance = hindrance
    if hindrance == nil, let plan = try SigmaQuery(node).correlation {
      // What began a span before the execution is seen with the rest of it.
      if let from = try? DateMath("now-\(plan.reach / 1000 + 360)s") { rule.schedule.from = from }
      // The span before an execution leaves no gap to that of the execution before.
      if plan.outermost.isJudgedByExecution, plan.outermost.timespan < rule.schedule.interval.milliseconds {
        let seconds = max(plan.outermost.timespan / 1000, Self.shortestInterval)
        if let interval = try? Interval("\(seconds)s") { rule.schedule.interval = interval }
        if plan.outermost.timespan < Self.shortestInterval * 1000 {
          warn(
            document, own["timespan"]?.place ?? own.place,
            "a condition that may cease to hold is asked every \(Self.shortestInterval) seconds, "
              + "of no more than the timespan before: what lies between is not seen")
        }
      }
    }
    noteStatus(document)
    warn(ofGroups: document, own)
    return LoadedRule(rule: rule, source: document.source)
  }

  /// Tells of names whose values are taken of one field although they may stand in several.
  private mutating func warn(ofGroups document: SigmaDocument, _ node: SigmaNode) {
    guard let correlation = try? SigmaCorrelation(node) else { return }
    var told: Set<String> = []
    for name in correlation.rules {
      guard let place = place(of: name), documents[place].kind == .rule,
        let mapping = settings.mapping(documents[place].logSource)
      else { continue }
      for group in correlation.groupBy + correlation.fields {
        let field = correlation.aliases[group]?[name] ?? group
        guard let targets = mapping.fields[field], Set(targets.names).count > 1, told.insert(field).inserted else {
          continue
        }
        warn(
          document, node["group-by"]?.place ?? node.place,
          "`\(field.prefix(60))` stands for \(targets.names.joined(separator: ", ")); "
            + "a correlation takes `\(targets.main)` alone")
      }
    }
  }

  /// A correlation whose fields have the names that they have in events: an alias where rules call one field differently.
  private func mapped(_ node: SigmaNode, _ document: SigmaDocument) -> SigmaNode {
    guard let correlation = try? SigmaCorrelation(node), var members = node.map else { return node }
    var aliases = correlation.aliases
    for name in Set(correlation.groupBy + correlation.fields) {
      for rule in correlation.rules {
        guard let place = place(of: rule), documents[place].kind == .rule,
          let mapping = settings.mapping(documents[place].logSource)
        else {
          if aliases[name] != nil, let place = place(of: rule), documents[place].kind == .correlation,
            aliases[name]?[rule] == nil
          {
            aliases[name]?[rule] = name
          }
          continue
        }
        let field = correlation.aliases[name]?[rule] ?? (correlation.aliases[name] == nil ? name : nil)
        guard let field else { continue }
        let real = mapping.name(field)
        if real != field || aliases[name] != nil { aliases[name, default: [:]][rule] = real }
      }
      // Where one rule calls a field differently, all say what they call it.
      if aliases[name] != nil, correlation.aliases[name] == nil {
        for rule in correlation.rules where aliases[name]?[rule] == nil { aliases[name]?[rule] = name }
      }
    }
    guard !aliases.isEmpty else { return node }
    let place = node.place
    let map = aliases.sorted { $0.key < $1.key }.map { alias in
      SigmaNode.Member(
        key: alias.key, place: place,
        value: SigmaNode(
          .map(
            alias.value.sorted { $0.key < $1.key }.map {
              SigmaNode.Member(key: $0.key, place: place, value: SigmaNode(.text($0.value)))
            })))
    }
    members.removeAll { $0.key == "aliases" }
    members.append(SigmaNode.Member(key: "aliases", place: place, value: SigmaNode(.map(map))))
    return SigmaNode(.map(members), place)
  }
}
