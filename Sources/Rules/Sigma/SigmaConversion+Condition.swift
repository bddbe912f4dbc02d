import Events
import Query

extension SigmaConversion {
  /// A field that a condition is about.
  struct Field: Hashable {
    var path: String
    /// What the rule calls it.
    var asked: String
    /// True of one that may be mapped nowhere, since other events have another in its place.
    var isOptional = false
    /// True of what stands below a flattened field, and of such a field itself.
    var isFlattened = false

    static func == (one: Field, other: Field) -> Bool { one.path == other.path && one.isOptional == other.isOptional }

    func hash(into hasher: inout Hasher) {
      hasher.combine(path)
      hasher.combine(isOptional)
    }
  }

  /// How values are asked of a field.
  enum Kind: Hashable {
    /// Texts and patterns without regard to case.
    case fits
    /// Texts as they are written.
    case text
    /// Patterns as they are written.
    case like
    case regex(ignoresCase: Bool)
    /// Numbers and booleans.
    case plain
    case address
    case network
  }

  /// A condition as both languages have it.
  indirect enum Condition: Hashable {
    case and([Condition])
    case or([Condition])
    case not(Condition)
    /// Some value of a field is one of those asked for.
    case oneOf(Field, Kind, [String])
    case exists(Field)
    case compares(Field, String, String)

    // MARK: Joining

    /// What holds of every event, and what of none.
    static var always: Condition { .and([]) }
    static var never: Condition { .or([]) }

    static func every(_ parts: [Condition]) -> Condition {
      var seen: Set<Condition> = []
      let flat = parts.flatMap { part -> [Condition] in if case .and(let inner) = part { inner } else { [part] } }
      guard !flat.contains(.never) else { return .never }
      let unique = flat.filter { seen.insert($0).inserted }
      return unique.count == 1 ? unique[0] : .and(unique)
    }

    private struct List: Hashable {
      var field: Field
      var kind: Kind
    }

    /// Alternatives on one field are one list, in the place of the first.
    static func some(_ parts: [Condition]) -> Condition {
      guard !parts.contains(.always) else { return .always }
      var joined: [Condition] = []
      var seen: Set<Condition> = []
      var lists: [List: (place: Int, values: [String], known: Set<String>)] = [:]
      for part in parts.flatMap({ part -> [Condition] in if case .or(let inner) = part { inner } else { [part] } }) {
        guard case .oneOf(let field, let kind, let values) = part else {
          if seen.insert(part).inserted { joined.append(part) }
          continue
        }
        let list = List(field: field, kind: kind)
        if lists[list] == nil {
          lists[list] = (joined.count, [], [])
          joined.append(part)
        }
        for value in values where lists[list]?.known.insert(value).inserted == true {
          lists[list]?.values.append(value)
        }
      }
      for (list, found) in lists { joined[found.place] = .oneOf(list.field, list.kind, found.values) }
      return joined.count == 1 ? joined[0] : .or(joined)
    }

    static func opposite(_ part: Condition) -> Condition {
      switch part {
      case .always: .never
      case .never: .always
      case .not(let inner): inner
      default: .not(part)
      }
    }

    /// The same whose fields may be mapped nowhere. What stands under `not` stays: of a field that is mapped nowhere EQL takes a
    /// condition and its opposite for false.
    func optional(_ isOptional: (Field) -> Bool) -> Condition {
      func changed(_ field: Field) -> Field {
        var copy = field
        if isOptional(field) { copy.isOptional = true }
        return copy
      }
      return switch self {
      case .and(let parts): .and(parts.map { $0.optional(isOptional) })
      case .or(let parts): .or(parts.map { $0.optional(isOptional) })
      case .oneOf(let field, let kind, let values): .oneOf(changed(field), kind, values)
      case .compares(let field, let sign, let number): .compares(changed(field), sign, number)
      case .not, .exists: self
      }
    }

    /// The same with regard to case.
    var withCase: Condition {
      switch self {
      case .and(let parts): .and(parts.map(\.withCase))
      case .or(let parts): .or(parts.map(\.withCase))
      case .not(let part): .not(part.withCase)
      case .oneOf(let field, .fits, let values): .oneOf(field, .like, values)
      case .oneOf, .exists, .compares: self
      }
    }

    /// The fields whose texts have letters that are compared without regard to case, and whether that is under `not`.
    func cased(isNegated: Bool) -> [(field: Field, isNegated: Bool)] {
      switch self {
      case .and(let parts), .or(let parts): parts.flatMap { $0.cased(isNegated: isNegated) }
      case .not(let part): part.cased(isNegated: !isNegated)
      case .oneOf(let field, .fits, let values): values.contains(where: \.hasCase) ? [(field, isNegated)] : []
      case .oneOf, .exists, .compares: []
      }
    }

    // MARK: Parts

    /// The conditions on one field each.
    var leaves: [Condition] {
      switch self {
      case .and(let parts), .or(let parts): parts.flatMap(\.leaves)
      case .not(let part): part.leaves
      case .oneOf, .exists, .compares: [self]
      }
    }

    /// The field of a condition on one.
    var field: Field? {
      switch self {
      case .and, .or, .not: nil
      case .oneOf(let field, _, _), .exists(let field), .compares(let field, _, _): field
      }
    }

    // MARK: EQL

    /// The words of ECS for what events are about, which stand in lower case.
    private static let categories: Set<String> = [
      "api", "authentication", "configuration", "database", "driver", "email", "file", "host", "iam",
      "intrusion_detection", "library", "malware", "network", "package", "process", "registry", "session", "threat",
      "vulnerability", "web",
    ]

    /// A query in EQL: the category before `where` where one is asked for.
    var eql: String {
      var parts = if case .and(let parts) = self { parts } else { [self] }
      var category = "any"
      let place = parts.firstIndex { part in
        guard case .oneOf(let field, .fits, let values) = part else { return false }
        return field.path == "event.category" && values.count == 1 && Self.categories.contains(values[0])
      }
      if let place, case .oneOf(_, _, let values) = parts.remove(at: place) { category = values[0] }
      return "\(category) where " + (parts.isEmpty ? "true" : Condition.every(parts).lines)
    }

    /// A condition a line where one line would be long.
    private var lines: String {
      let text = eql(isInner: false)
      guard text.count > 90, case .and(let parts) = self else { return text }
      return parts.map { $0.eql(isInner: true) }.joined(separator: "\n  and ")
    }

    private func eql(isInner: Bool) -> String {
      func group(_ parts: [String], _ word: String) -> String {
        let text = parts.joined(separator: " \(word) ")
        return isInner && parts.count > 1 ? "(\(text))" : text
      }
      switch self {
      case .and(let parts): return group(parts.map { $0.eql(isInner: true) }, "and")
      case .or(let parts): return group(parts.map { $0.eql(isInner: true) }, "or")
      case .not(.exists(let field)): return "?\(Self.name(field.path)) == null"
      case .not(let part): return "not " + part.eql(isInner: true)
      case .exists(let field): return "?\(Self.name(field.path)) != null"
      case .compares(let field, let sign, let number): return "\(Self.name(field)) \(sign) \(number)"
      case .oneOf(let field, let kind, let values):
        let name = Self.name(field)
        let texts = values.map(Self.quoted)
        func list(_ items: [String]) -> String { items.count == 1 ? items[0] : "(\(items.joined(separator: ", ")))" }
        func equal(_ items: [String]) -> String {
          items.count == 1 ? "\(name) == \(items[0])" : "\(name) in \(list(items))"
        }
        switch kind {
        case .fits: return "\(name) : \(list(texts))"
        case .like: return "\(name) like \(list(texts))"
        case .regex(let ignoresCase): return "\(name) regex\(ignoresCase ? "~" : "") \(list(texts))"
        case .text: return equal(texts)
        case .plain: return equal(values)
        case .address: return group(texts.map { "\(name) == \($0)" }, "or")
        case .network: return "cidrMatch(\(name), \(texts.joined(separator: ", ")))"
        }
      }
    }

    private static func name(_ field: Field) -> String { (field.isOptional ? "?" : "") + name(field.path) }

    /// A field that is no plain word stands in backquotes.
    private static func name(_ path: String) -> String {
      let isPlain = path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
        part.utf8.first.map { ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "@") } == true
          && part.utf8.dropFirst().allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == UInt8(ascii: "_") }
      }
      return isPlain ? path : "`\(path)`"
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

    var predicate: Predicate? {
      func all(_ parts: [Condition]) -> [Predicate]? {
        let found = parts.compactMap(\.predicate)
        return found.count == parts.count ? found : nil
      }
      switch self {
      case .and(let parts): return all(parts).map { .and($0) }
      case .or(let parts): return all(parts).map { .or($0) }
      case .not(let part): return part.predicate.map { .not($0) }
      case .exists(let field): return .exists(.named(field.path))
      case .compares(let field, let sign, let number):
        let bound = RangeBound(number, inclusive: sign.hasSuffix("="))
        return .test(
          .named(field.path), sign.hasPrefix("<") ? .range(lower: nil, upper: bound) : .range(lower: bound, upper: nil))
      case .oneOf(let field, let kind, let values):
        let tests = values.compactMap { Self.test($0, kind, field) }
        guard tests.count == values.count else { return nil }
        return .or(tests.map { .test(.named(field.path), $0) })
      }
    }

    private static func test(_ value: String, _ kind: Kind, _ field: Field) -> ValueTest? {
      switch kind {
      case .plain, .address, .text: return .phrase(value)
      case .network: return .match(value)
      case .regex: return nil
      case .fits where value.hasCase: return nil
      case .fits, .like:
        guard value.contains("*") || value.contains("?") else { return .phrase(value) }
        // Blanks part a pattern where its field is no keyword.
        guard !value.contains("?"), !value.contains(where: \.isWhitespace) else { return nil }
        let pattern = WildcardPattern(stars: value)
        let isBeginning = pattern.parts.count == 2 && pattern.parts[1] == .anyRun
        return isBeginning || !field.isFlattened ? .wildcard(pattern) : nil
      }
    }
  }
}

extension String {
  /// True where some letter has an upper and a lower case.
  var hasCase: Bool { unicodeScalars.contains(where: \.hasCase) }

  /// True where some letter has an upper and a lower case and is none of A to Z.
  var hasForeignCase: Bool { unicodeScalars.contains { $0.value > 0x7F && $0.hasCase } }
}

extension Unicode.Scalar {
  fileprivate var hasCase: Bool {
    properties.lowercaseMapping.unicodeScalars.first != self || properties.uppercaseMapping.unicodeScalars.first != self
  }
}
