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
  private let fields: SigmaFields

  /// The rule in Elastic's format; a rule in another language stays as it is.
  public static func elastic(_ rule: Rule, _ catalog: FieldCatalog = .standard) throws(Refusal) -> Rule {
    guard rule.language == .sigma else { return rule }
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
    let conversion = SigmaConversion(catalog: catalog, fields: part.fields)
    var converted = rule
    let source: [Condition] = part.isOfTrail ? [.same(field: "event.dataset", "aws.cloudtrail", isText: true)] : []
    let condition = Condition.every(source + [try conversion.condition(part.whole)])
    if let text = condition.kql {
      converted.language = .kuery
      converted.query = text
    } else {
      try conversion.checkPresence(condition.existing)
      converted.type = .eql
      converted.language = .eql
      converted.eql = EQLParameters()
      converted.query = "any where " + condition.lines
    }
    return converted
  }

  /// EQL knows no presence of what is indexed as words, nor of objects.
  private func checkPresence(_ names: [String]) throws(Refusal) {
    for name in names {
      switch catalog.resolve(name).type {
      case .text: throw Refusal(reason: "It asks whether there is `\(name)`, a text, which EQL cannot.")
      case .object, .nested: throw Refusal(reason: "It asks whether there is `\(name)`, an object, which EQL cannot.")
      default: break
      }
    }
  }

  private init(catalog: FieldCatalog, fields: SigmaFields) {
    self.catalog = catalog
    self.fields = fields
  }

  // MARK: Fields

  /// Names of records that have a field of their own in ECS, beside those that are exact.
  private static let own: Set<String> = [
    "eventID", "sharedEventID", "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.accountId", "resources.ARN", "resources.accountId", "resources.type",
    "tlsDetails.cipherSuite",
  ]

  private func name(_ field: String) throws(Refusal) -> String {
    guard fields == .cloudTrail else { return field }
    if let exact = RecordNames.exact[field] { return exact }
    let roots = ["requestParameters.", "responseElements.", "additionalEventData.", "serviceEventDetails."]
    if Self.own.contains(field) || roots.contains(where: field.hasPrefix), let ecs = RecordNames.ecs(of: field) {
      return ecs
    }
    throw Refusal(reason: "No field of ECS holds exactly what `\(field)` has in a record.")
  }

  // MARK: Conditions

  /// A condition as both languages have it.
  private indirect enum Condition {
    case and([Condition])
    case or([Condition])
    case not(Condition)
    case same(field: String, String, isText: Bool)
    case fits(field: String, [String])
    case exactly(field: String, WildcardPattern)
    case regex(field: String, String, ignoresCase: Bool)
    case exists(String)
    case network(field: String, String)
    case compares(field: String, String, String)

    static func every(_ parts: [Condition]) -> Condition {
      let flat = parts.flatMap { part -> [Condition] in if case .and(let inner) = part { inner } else { [part] } }
      return flat.count == 1 ? flat[0] : .and(flat)
    }

    /// Alternatives on one field are one list.
    static func some(_ parts: [Condition]) -> Condition {
      var joined: [Condition] = []
      for part in parts.flatMap({ part -> [Condition] in if case .or(let inner) = part { inner } else { [part] } }) {
        if case .fits(let field, let values) = part, case .fits(let last, let before)? = joined.last, last == field {
          joined[joined.count - 1] = .fits(field: field, before + values)
        } else {
          joined.append(part)
        }
      }
      return joined.count == 1 ? joined[0] : .or(joined)
    }

    /// The fields whose presence is asked for.
    var existing: [String] {
      switch self {
      case .and(let parts), .or(let parts): parts.flatMap(\.existing)
      case .not(let part): part.existing
      case .exists(let field): [field]
      default: []
      }
    }

    // MARK: EQL

    /// In EQL, a condition a line where one line would be long.
    var lines: String {
      let text = eql(isInner: false)
      guard text.count > 90, case .and(let parts) = self else { return text }
      return parts.map { $0.eql(isInner: true) }.joined(separator: "\n  and ")
    }

    func eql(isInner: Bool) -> String {
      func group(_ parts: [Condition], _ word: String) -> String {
        let text = parts.map { $0.eql(isInner: true) }.joined(separator: " \(word) ")
        return isInner ? "(\(text))" : text
      }
      switch self {
      case .and(let parts): return group(parts, "and")
      case .or(let parts): return group(parts, "or")
      case .not(.exists(let field)): return "?\(Self.name(field)) == null"
      case .not(let part): return "not " + part.eql(isInner: true)
      case .same(let field, let value, let isText):
        return "\(Self.name(field)) == \(isText ? Self.quoted(value) : value)"
      case .fits(let field, let values):
        let list = values.map(Self.quoted).joined(separator: ", ")
        return "\(Self.name(field)) : \(values.count == 1 ? list : "(\(list))")"
      case .exactly(let field, let pattern):
        if let text = pattern.literal { return "\(Self.name(field)) == \(Self.quoted(text))" }
        return "\(Self.name(field)) like \(Self.quoted(pattern.text))"
      case .regex(let field, let pattern, let ignoresCase):
        return "\(Self.name(field)) regex\(ignoresCase ? "~" : "") \(Self.quoted(pattern))"
      case .exists(let field): return "?\(Self.name(field)) != null"
      case .network(let field, let network): return "cidrMatch(\(Self.name(field)), \(Self.quoted(network)))"
      case .compares(let field, let sign, let number): return "\(Self.name(field)) \(sign) \(number)"
      }
    }

    /// A field that is no plain word stands in backquotes.
    private static func name(_ field: String) -> String {
      let isPlain = field.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        part.utf8.first.map { ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") } == true
          && part.utf8.dropFirst().allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == UInt8(ascii: "_") }
      }
      return isPlain ? field : "`\(field)`"
    }

    private static func quoted(_ text: String) -> String {
      var output = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": output += "\\\""
        case "\\": output += "\\\\"
        case "\n": output += "\\n"
        case "\r": output += "\\r"
        case "\t": output += "\\t"
        default: output.unicodeScalars.append(scalar)
        }
      }
      return output + "\""
    }

    // MARK: KQL

    /// The condition in KQL; nil where that cannot say it, since it compares texts with their case.
    var kql: String? { predicate.flatMap { KQL.text($0.simplified()) } }

    private var predicate: Predicate? {
      func all(_ parts: [Condition]) -> [Predicate]? {
        let found = parts.compactMap(\.predicate)
        return found.count == parts.count ? found : nil
      }
      switch self {
      case .and(let parts): return all(parts).map { .and($0) }
      case .or(let parts): return all(parts).map { .or($0) }
      case .not(let part): return part.predicate.map { .not($0) }
      case .same(let field, let value, _): return .test(.named(field), .phrase(value))
      case .fits(let field, let values):
        guard values.allSatisfy({ !$0.contains(where: \.isLetter) && !$0.contains("?") && !$0.contains("*") }) else {
          return nil
        }
        return .or(values.map { .test(.named(field), .phrase($0)) })
      case .exactly(let field, let pattern):
        guard let text = pattern.literal else { return nil }
        return .test(.named(field), .phrase(text))
      case .exists(let field): return .exists(.named(field))
      case .network(let field, let network): return .test(.named(field), .match(network))
      case .compares(let field, let sign, let number):
        let bound = RangeBound(number, inclusive: sign.hasSuffix("="))
        return .test(
          .named(field), sign.hasPrefix("<") ? .range(lower: nil, upper: bound) : .range(lower: bound, upper: nil))
      case .regex: return nil
      }
    }
  }

  private func condition(_ expression: SigmaExpression) throws(Refusal) -> Condition {
    switch expression {
    case .and(let parts): return .every(try conditions(parts))
    case .or(let parts):
      let possible = parts.filter { !isImpossible($0) }
      return .some(try conditions(possible.isEmpty ? parts : possible))
    case .not(let part): return .not(try condition(part))
    case .absent(let field): return .not(.exists(try name(field)))
    case .reference(let field, let other, _, _):
      throw Refusal(reason: "It compares `\(field)` with `\(other)`, and queries compare fields with constants only.")
    case .test(nil, _):
      throw Refusal(reason: "It looks for a keyword anywhere in an event, which queries do field by field.")
    case .test(let field?, let test): return try self.test(field, test)
    }
  }

  /// True of what no value of the field's type can be, which is no alternative to anything.
  private func isImpossible(_ expression: SigmaExpression) -> Bool {
    guard case .test(let field?, .pattern(let pattern)) = expression, let name = try? name(field) else { return false }
    switch catalog.resolve(name).type {
    case .integer, .double, .narrow: return pattern.literal.map { !Self.isNumber($0) } ?? false
    case .boolean: return pattern.literal.map { !["true", "false"].contains($0.lowercased()) } ?? false
    case .ip:
      return pattern.parts.contains { part in
        guard case .literal(let text) = part else { return false }
        return !text.utf8.allSatisfy { $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 6 || $0 == 0x3A || $0 == 0x2E }
      }
    default: return false
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

  private func test(_ field: String, _ test: SigmaTest) throws(Refusal) -> Condition {
    let name = try name(field)
    let type = catalog.resolve(name).type
    let isText: Bool
    switch type {
    case .keyword, .wildcard, .constant, .version, .flattened: isText = true
    case .dynamic: isText = true
    case .text:
      if case .present = test { return .exists(name) }
      throw Refusal(reason: "`\(name)` is a text, which queries compare by its words.")
    default: isText = false
    }
    if case .dynamic = type, takesNumbers(test), !name.hasPrefix(Self.eventData) {
      throw Refusal(
        reason: "Whether `\(name)` holds numbers or texts is not known, and queries ask for the one or the other.")
    }
    switch test {
    case .present: return .exists(name)
    case .pattern(let pattern):
      if pattern.matchesEverything { return .exists(name) }
      guard !pattern.parts.isEmpty else {
        throw Refusal(reason: "`\(field)` is to be empty, and events in ECS have no empty values.")
      }
      if isText { return try self.pattern(name, pattern) }
      guard let text = pattern.literal else {
        throw Refusal(reason: "`\(name)` holds no texts, and a pattern is asked of it.")
      }
      return try same(name, text, type)
    case .number(let text): return isText ? .fits(field: name, [text]) : try same(name, text, type)
    case .boolean(let flag):
      let text = flag ? "true" : "false"
      return isText ? .fits(field: name, [text]) : try same(name, text, type)
    case .regex(let regex):
      guard isText else { throw Refusal(reason: "`\(name)` holds no texts, and a regular expression is asked of it.") }
      return .regex(field: name, try Self.lucene(regex), ignoresCase: regex.flags.contains("i"))
    case .network(let network):
      let address = name == "source.address" ? "source.ip" : name
      guard catalog.resolve(address).type == .ip else {
        throw Refusal(reason: "`\(name)` holds no addresses, and a network is asked of it.")
      }
      return .network(field: address, try Self.network(network))
    case .comparison(let kind, let number):
      switch type {
      case .integer, .double, .narrow: return .compares(field: name, kind.rawValue, number)
      default: throw Refusal(reason: "`\(name)` is not known to hold numbers, and is compared with one.")
      }
    case .part(let part, _, _):
      throw Refusal(reason: "It asks for the \(part.rawValue) of a time, which queries have no way to say.")
    }
  }

  private func same(_ name: String, _ text: String, _ type: FieldType) throws(Refusal) -> Condition {
    switch type {
    case .integer where Self.isNumber(text), .double where Self.isNumber(text), .narrow where Self.isNumber(text):
      return .same(field: name, text, isText: false)
    case .boolean where text.lowercased() == "true" || text.lowercased() == "false":
      return .same(field: name, text.lowercased(), isText: false)
    case .ip where IPAddress(text) != nil: return .same(field: name, text, isText: true)
    default: throw Refusal(reason: "`\(name)` cannot hold “\(text.prefix(60))”.")
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

  private func pattern(_ name: String, _ pattern: WildcardPattern) throws(Refusal) -> Condition {
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
      return .regex(field: name, regex, ignoresCase: pattern.ignoresCase)
    }
    return pattern.ignoresCase ? .fits(field: name, [pattern.text]) : .exactly(field: name, pattern)
  }
}

extension WildcardPattern {
  /// The text of a pattern without wildcards.
  fileprivate var literal: String? {
    guard parts.count == 1, case .literal(let text) = parts[0] else { return nil }
    return text
  }
}
