import Events
import Query

/// Writes a Sigma rule as a rule of Elastic Security that alerts on the same events: in KQL where it can say it, else in EQL,
/// which compares without regard to case as Sigma does.
///
/// Empty values, which events in ECS do not have, count as none there.
public struct SigmaConversion {
  /// Why a rule cannot be written so, a sentence.
  public struct Refusal: Error, Hashable, Sendable {
    public var reason: String
  }

  private let catalog: FieldCatalog
  private let part: SigmaQuery.Part
  /// What the rule calls fields of events.
  private let names: [String: String]
  /// Fields that events of the log source are said to have, beside those of the catalog.
  private let known: SigmaKnownFields

  /// The types of the fields that are known, those of the mappings that ship among them.
  public static let standardCatalog = SigmaMapping.filling(.standard)

  /// A rule in Elastic's format.
  public struct Converted: Sendable {
    public var rule: Rule
    /// In what it differs from what it was made of; nil where it alerts on the same events.
    public var difference: Difference?
  }

  /// In what a converted rule alerts on other events.
  public struct Difference: Hashable, Sendable {
    /// It misses events that Sigma's rule finds.
    public var isNarrower: Bool
    /// It finds events that Sigma's rule leaves out.
    public var isWider: Bool
    /// A sentence.
    public var reason: String
  }

  /// The rule in Elastic's format; a rule in another language stays as it is.
  ///
  /// - Parameters:
  ///   - names: by fields of events what the rule calls them, for messages.
  ///   - settings: which fields the events of a log source have.
  ///   - catalog: what types they have there.
  public static func elastic(
    _ rule: Rule, names: [String: String] = [:], settings: SigmaSettings = .standard,
    _ catalog: FieldCatalog = standardCatalog
  ) throws(Refusal) -> Converted {
    guard rule.language == .sigma else { return Converted(rule: rule) }
    if let hindrance = rule.hindrance { throw Refusal(reason: hindrance) }
    let query: SigmaQuery
    do {
      query = try SigmaQuery(rule.query ?? "", catalog)
    } catch {
      throw Refusal(reason: SigmaWords.sentence(error.sentence))
    }
    guard case .detection(let part) = query.form else {
      throw Refusal(
        reason:
          "A correlation counts in spans that slide with the events, which no type of Elastic's rules does exactly.")
    }
    let known = SigmaKnownFields(rule.query ?? "", settings)
    let conversion = SigmaConversion(catalog: catalog, part: part, names: names, known: known)
    var (converted, difference): (Rule, Difference?) = (rule, nil)
    let condition = try conversion.whole()
    if let text = condition.kql {
      converted.language = .kuery
      converted.query = text
    } else if let key = condition.leaves.lazy.compactMap(\.field).first(where: \.isFlattened),
      let text = condition.withCase.kql
    {
      converted.language = .kuery
      converted.query = text
      difference = Self.difference(condition, key)
    } else {
      try checkKeys(condition)
      try conversion.checkPresence(condition)
      converted.type = .eql
      converted.language = .eql
      converted.eql = EQLParameters()
      converted.query = condition.eql
    }
    return Converted(rule: converted, difference: difference)
  }

  /// What becomes of a condition that KQL says with regard to case, because of a key that EQL does not know. What stands under
  /// `not` then leaves out fewer events.
  private static func difference(_ condition: Condition, _ key: Field) -> Difference {
    let cased = condition.cased(isNegated: false)
    func list(_ fields: [Field]) -> String {
      var seen: Set<String> = []
      return fields.map(\.asked).filter { seen.insert($0).inserted }.map { "`\($0)`" }.joined(separator: ", ")
    }
    let negated = cased.filter(\.isNegated).map(\.field)
    var reason =
      "`\(key.asked)` is a key of a flattened field there, of which KQL alone can ask, and KQL compares texts with their case, "
      + "as Sigma does not: see that the values of \(list(cased.map(\.field))) are written as events have them."
    if !negated.isEmpty { reason += " What stands under `not` leaves out fewer events then: \(list(negated))." }
    return Difference(isNarrower: cased.contains { !$0.isNegated }, isWider: !negated.isEmpty, reason: reason)
  }

  private init(catalog: FieldCatalog, part: SigmaQuery.Part, names: [String: String], known: SigmaKnownFields) {
    self.catalog = catalog
    self.part = part
    self.names = names
    self.known = known
  }

  /// What is asked of events: that they are of the log source, filters and the detection.
  private func whole() throws(Refusal) -> Condition {
    var parts: [Condition] = []
    if part.isOfTrail {
      let dataset = Field(path: "event.dataset", asked: "event.dataset")
      parts.append(.oneOf(dataset, .text, ["aws.cloudtrail"]))
    }
    if let source = part.source { parts.append(Self.ofSource(try condition(source.expression))) }
    for filter in part.filters { parts.append(try condition(filter.expression)) }
    parts.append(try condition(part.detection.expression))
    let all = Condition.every(parts)
    if all == .never { throw Refusal(reason: impossible(part.whole) ?? "No event can be what it asks for.") }
    return all
  }

  /// Events of several kinds come of several integrations, and what only some of them have may be mapped nowhere.
  private static func ofSource(_ condition: Condition) -> Condition {
    guard case .or(let kinds) = condition, !kinds.isEmpty else { return condition }
    let lists = kinds.map { kind in if case .and(let parts) = kind { parts } else { [kind] } }
    let shared = lists[0].filter { one in lists.allSatisfy { $0.contains(one) } }
    let others = lists.map { $0.filter { !shared.contains($0) } }
    guard others.allSatisfy({ !$0.isEmpty }) else { return .every(shared) }
    let fields = others.map { Set($0.flatMap(\.leaves).compactMap { $0.field?.path }) }
    let common = fields.dropFirst().reduce(fields[0]) { $0.intersection($1) }
    let kind = Condition.some(others.map(Condition.every)).optional { !common.contains($0.path) }
    return .every(shared + [kind])
  }

  /// KQL alone asks for what stands below a flattened field, and compares it with its case.
  private static func checkKeys(_ condition: Condition) throws(Refusal) {
    let leaves = condition.leaves
    guard let key = leaves.first(where: { $0.field?.isFlattened == true })?.field else { return }
    let unsayable = leaves.filter { $0.withCase.predicate == nil }
    let own = unsayable.first { $0.field?.isFlattened == true }
    let asked = own?.field?.asked ?? key.asked
    let lead = "`\(asked)` is a key of a flattened field there, and EQL knows none"
    guard own == nil, let other = unsayable.first?.field else {
      throw Refusal(reason: "\(lead): KQL asks of it whole values, or how they begin, and nothing else.")
    }
    throw Refusal(
      reason: "\(lead): KQL would have to say all of the rule, and cannot what is asked of `\(other.asked)`.")
  }

  /// EQL knows no presence of what is indexed as words, nor of objects.
  private func checkPresence(_ condition: Condition) throws(Refusal) {
    for case .exists(let field) in condition.leaves {
      switch catalog.resolve(field.path).type {
      case .binary:
        throw Refusal(reason: "`\(field.asked)` is kept with events and not indexed, so that no query finds it.")
      case .analyzed: throw Refusal(reason: "It asks whether there is `\(field.asked)`, a text, which EQL cannot.")
      case .object, .nested:
        throw Refusal(reason: "It asks whether there is `\(field.asked)`, an object, which EQL cannot.")
      default: break
      }
    }
  }

  // MARK: Fields

  /// Names of records that have a field of their own in ECS, beside those that are exact.
  private static let own: Set<String> = [
    "eventID", "sharedEventID", "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.accountId", "resources.ARN", "resources.accountId", "resources.type",
    "tlsDetails.cipherSuite",
  ]

  private func field(_ name: String) throws(Refusal) -> Field {
    guard part.fields == .cloudTrail else { return try field(name, asked: names[name] ?? name) }
    if let exact = RecordNames.exact[name] { return try field(exact, asked: name) }
    let roots = ["requestParameters.", "responseElements.", "additionalEventData.", "serviceEventDetails."]
    if Self.own.contains(name) || roots.contains(where: name.hasPrefix), let ecs = RecordNames.ecs(of: name) {
      return try field(ecs, asked: name)
    }
    throw Refusal(reason: "No field of ECS holds exactly what `\(name)` has in a record.")
  }

  private func field(_ path: String, asked: String) throws(Refusal) -> Field {
    let found = catalog.resolve(path)
    // A query in EQL over a field that no index maps is refused as a whole.
    guard found.isKnown || known.contains(path) else {
      throw Refusal(
        reason:
          "No event is known to have `\(asked)`: say in --sigma-mapping what events call it, or in --mapping what "
          + "type it has.")
    }
    if let list = found.nestedPath {
      throw Refusal(reason: "`\(asked)` stands in a list of objects, `\(list)`, which EQL cannot look into.")
    }
    return Field(path: path, asked: asked, isFlattened: found.flattenedRoot != nil)
  }

  // MARK: Conditions

  private func condition(_ expression: SigmaExpression) throws(Refusal) -> Condition {
    guard impossible(expression) == nil else { return .never }
    switch expression {
    case .and(let parts): return .every(try conditions(parts))
    case .or(let parts):
      let condition = Condition.some(try conditions(parts))
      return isOfSeveral(condition) ? condition.optional { _ in true } : condition
    case .not(let part): return .opposite(try condition(part))
    case .absent(let name): return .not(.exists(try field(name)))
    case .reference(let field, let other, _, _):
      throw Refusal(
        reason: "It compares `\(names[field] ?? field)` with `\(names[other] ?? other)`, "
          + "and queries compare fields with constants only.")
    case .test(nil, _):
      throw Refusal(reason: "It looks for a keyword anywhere in an event, which queries do field by field.")
    case .test(let name?, let test): return try self.test(try field(name), test)
    }
  }

  /// True of alternatives on fields of several integrations that one name of the rule stands for.
  private func isOfSeveral(_ condition: Condition) -> Bool {
    guard !part.targets.isEmpty else { return false }
    let asked = Set(condition.leaves.compactMap { $0.field?.path })
    return asked.count > 1
      && part.targets.values.contains { $0.targets.count > 1 && asked.isSubset(of: $0.names) }
  }

  /// Why no event can be what is asked for, a sentence: no value of a field's type is the one, or it is empty. Nil where some
  /// event may be.
  private func impossible(_ expression: SigmaExpression) -> String? {
    switch expression {
    case .and(let parts): return parts.lazy.compactMap(impossible).first
    case .or(let parts):
      let reasons = parts.map(impossible)
      return reasons.contains(nil) ? nil : reasons.first ?? nil
    case .test(let name?, .pattern(let pattern)):
      guard let field = try? field(name) else { return nil }
      guard !pattern.parts.isEmpty else {
        return "`\(field.asked)` is to be empty, and events in ECS have no empty values."
      }
      guard !takes(pattern, field) else { return nil }
      let text = pattern.literal ?? pattern.text
      return "`\(field.asked)` cannot hold “\(text.prefix(60))”."
    case .not, .absent, .reference, .test: return nil
    }
  }

  /// False of what no value of the field's type can be.
  private func takes(_ pattern: WildcardPattern, _ field: Field) -> Bool {
    switch catalog.resolve(field.path).type {
    case .integer, .double, .narrow: return pattern.literal.map(Self.isNumber) ?? true
    case .boolean: return pattern.literal.map { ["true", "false"].contains($0.lowercased()) } ?? true
    case .ip:
      if let text = pattern.literal { return IPAddress(text) != nil }
      return pattern.parts.allSatisfy { part in
        guard case .literal(let text) = part else { return true }
        return text.utf8.allSatisfy { $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 6 || $0 == 0x3A || $0 == 0x2E }
      }
    default: return true
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    text.utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) } && Double(text)?.isFinite == true
  }

  private func conditions(_ parts: [SigmaExpression]) throws(Refusal) -> [Condition] {
    var all: [Condition] = []
    for part in parts { all.append(try condition(part)) }
    return all
  }

  private func test(_ field: Field, _ test: SigmaTest) throws(Refusal) -> Condition {
    let name = field.asked
    let type = catalog.resolve(field.path).type
    let isText: Bool
    switch type {
    case .keyword, .wildcard, .constant, .version, .dynamic: isText = true
    case .analyzed:
      if case .present = test { return .exists(field) }
      throw Refusal(reason: "`\(name)` is a text, which queries compare by its words.")
    case .flattened:
      if case .present = test { return .exists(field) }
      throw Refusal(reason: "`\(name)` is an object, and queries ask for the values of its keys.")
    case .binary:
      throw Refusal(reason: "`\(name)` is kept with events and not indexed, so that no query finds it.")
    default: isText = false
    }
    if case .dynamic = type, takesNumbers(test), !field.path.hasPrefix(Self.eventData) {
      throw Refusal(
        reason: "Whether `\(name)` holds numbers or texts is not known, and queries ask for the one or the other.")
    }
    switch test {
    case .present: return .exists(field)
    case .pattern(let pattern):
      if pattern.matchesEverything { return .exists(field) }
      if isText { return try self.pattern(field, pattern) }
      guard let text = pattern.literal else {
        throw Refusal(reason: "`\(name)` holds no texts, and a pattern is asked of it.")
      }
      return try same(field, text, type)
    case .number(let text): return isText ? .oneOf(field, .fits, [text]) : try same(field, text, type)
    case .boolean(let flag):
      let text = flag ? "true" : "false"
      return isText ? .oneOf(field, .fits, [text]) : try same(field, text, type)
    case .regex(let regex):
      guard isText else { throw Refusal(reason: "`\(name)` holds no texts, and a regular expression is asked of it.") }
      let (pattern, flags) = Self.flagged(regex)
      let ignoresCase = flags.contains("i")
      if ignoresCase { try Self.checkLetters(field, pattern) }
      return .oneOf(field, .regex(ignoresCase: ignoresCase), [try Self.lucene(pattern, flags)])
    case .network(let network):
      let address = field.path == "source.address" ? try self.field("source.ip", asked: name) : field
      guard catalog.resolve(address.path).type == .ip else {
        throw Refusal(reason: "`\(name)` holds no addresses, and a network is asked of it.")
      }
      return .oneOf(address, .network, [try Self.network(network)])
    case .comparison(let kind, let number):
      switch type {
      case .integer, .double, .narrow: return .compares(field, kind.rawValue, number)
      default: throw Refusal(reason: "`\(name)` is not known to hold numbers, and is compared with one.")
      }
    case .part(let part, _, _):
      throw Refusal(
        reason: "It asks for the \(part.rawValue) of a time, of `\(name)`, which queries have no way to say.")
    }
  }

  private func same(_ field: Field, _ text: String, _ type: FieldType) throws(Refusal) -> Condition {
    switch type {
    case .integer where Self.isNumber(text), .double where Self.isNumber(text), .narrow where Self.isNumber(text):
      return .oneOf(field, .plain, [text])
    case .boolean where text.lowercased() == "true" || text.lowercased() == "false":
      return .oneOf(field, .plain, [text.lowercased()])
    case .ip where IPAddress(text) != nil: return .oneOf(field, .address, [text])
    default: throw Refusal(reason: "`\(field.asked)` cannot hold “\(text.prefix(60))”.")
    }
  }

  /// What Windows' events have, whose texts the integrations keep as keywords.
  private static let eventData = "winlog.event_data."

  /// True where a number may pass too, as its text does.
  private func takesNumbers(_ test: SigmaTest) -> Bool {
    switch test {
    case .number: return true
    case .pattern(let pattern): return !pattern.matchesEverything && Self.fitsNumber(test)
    case .regex: return Self.fitsNumber(test)
    default: return false
    }
  }

  private static func fitsNumber(_ test: SigmaTest) -> Bool {
    let isMatch = { (number: String) -> Bool in
      var text = number
      return text.withUTF8 { test.matches(Scalar(.string, $0)) }
    }
    // A pattern may be longer than any number that is tried.
    if case .pattern(let pattern) = test {
      return pattern.parts.allSatisfy { part in
        if case .literal(let text) = part { text.utf8.allSatisfy { "+-.0123456789eE".utf8.contains($0) } } else { true }
      }
    }
    return (0..<1000).contains { isMatch(String($0)) } || ["-1", "1.5", "65535", "1234567"].contains(where: isMatch)
  }

  /// A network as queries write it; a single address is one too.
  private static func network(_ text: String) throws(Refusal) -> String {
    let isSix = text.contains(":")
    let network = text.contains("/") ? text : text + (isSix ? "/128" : "/32")
    // Elasticsearch takes an address of version 4 and the one of version 6 that holds it for the same.
    if isSix, let range = IPAddress.range(cidr: network), let four = IPAddress.range(cidr: "0.0.0.0/0"),
      range.overlaps(four)
    {
      throw Refusal(reason: "The network \(text) of version 6 holds those of version 4 for queries.")
    }
    return network
  }

  private func pattern(_ field: Field, _ pattern: WildcardPattern) throws(Refusal) -> Condition {
    if pattern.ignoresCase { try Self.checkLetters(field, pattern.text) }
    let hasSigns = pattern.parts.contains {
      if case .literal(let text) = $0 { text.contains("*") || text.contains("?") } else { false }
    }
    if hasSigns {
      let regex = pattern.parts.map { part in
        switch part {
        case .literal(let text): Self.escaped(text)
        case .anyRun: ".*"
        case .anyCharacter: "."
        }
      }.joined()
      // A plain text can stand in KQL, which a flattened field needs.
      if let text = pattern.literal, !pattern.ignoresCase || !text.hasCase { return .oneOf(field, .text, [text]) }
      return .oneOf(field, .regex(ignoresCase: pattern.ignoresCase), [regex])
    }
    if pattern.ignoresCase { return .oneOf(field, .fits, [pattern.text]) }
    return pattern.literal.map { .oneOf(field, .text, [$0]) } ?? .oneOf(field, .like, [pattern.text])
  }

  /// Elasticsearch knows no upper and lower case of letters beyond ASCII where it compares without regard to it.
  private static func checkLetters(_ field: Field, _ text: String) throws(Refusal) {
    guard text.hasForeignCase else { return }
    throw Refusal(
      reason: "`\(field.asked)` is compared without regard to case with “\(text.prefix(60))”, and Elasticsearch knows "
        + "upper and lower case of A to Z alone. With `|cased` it can be converted.")
  }
}

extension WildcardPattern {
  /// The text of a pattern without wildcards.
  fileprivate var literal: String? {
    guard parts.count == 1, case .literal(let text) = parts[0] else { return nil }
    return text
  }
}
