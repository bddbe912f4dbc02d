import Events
import Query

/// Where the events of a log source are, and what its fields are called there.
public struct SigmaMapping: Sendable {
  public var product: String?
  public var category: String?
  public var service: String?
  /// The data streams that hold the events.
  public var index: [String]
  /// What else must be true of an event, as a search identifier has it: items in a map, or a list of maps any of which will do.
  public var conditions: SigmaNode?
  /// Names of the rule and of events.
  public var fields: [String: SigmaTargets]
  /// What stands before names that are not among `fields` and that no schema knows.
  public var prefix: String?

  public init(
    product: String? = nil, category: String? = nil, service: String? = nil, index: [String],
    conditions: SigmaNode? = nil, fields: [String: SigmaTargets] = [:], prefix: String? = nil
  ) {
    self.product = product
    self.category = category
    self.service = service
    self.index = index
    self.conditions = conditions
    self.fields = fields
    self.prefix = prefix
  }

  /// How many of the parts of a log source it names.
  var weight: Int { [product, category, service].count { $0 != nil } }

  func holds(_ source: SigmaLogSource) -> Bool {
    func agrees(_ mine: String?, _ other: String?) -> Bool { mine == nil || mine == other?.lowercased() }
    return agrees(product, source.product) && agrees(category, source.category) && agrees(service, source.service)
  }

  /// The name of a field in events; of several the first.
  func name(_ field: String) -> String {
    if let known = fields[field] { return known.main }
    guard let prefix, !FieldCatalog.standard.resolve(field).isKnown else { return field }
    return prefix + field
  }
}

/// What a rule is about, as it says itself.
public struct SigmaLogSource: Hashable, Sendable {
  public var product: String?
  public var category: String?
  public var service: String?

  init(_ node: SigmaNode) {
    func text(_ key: String) -> String? { node[key]?.scalarText }
    (product, category, service) = (text("product"), text("category"), text("service"))
  }

  /// `windows/process_creation`; a service stands last.
  var name: String { [product, category, service].compactMap(\.self).joined(separator: "/") }

  /// True where everything that another asks for is here too.
  func contains(_ other: SigmaLogSource) -> Bool {
    func has(_ mine: String?, _ wanted: String?) -> Bool { wanted == nil || mine?.lowercased() == wanted?.lowercased() }
    return has(product, other.product) && has(category, other.category) && has(service, other.service)
  }
}

/// How Sigma's rules are to be understood: where events are, what fields are called, and what placeholders stand for.
public struct SigmaSettings: Sendable {
  public var mappings: [SigmaMapping]
  public var placeholders: [String: [String]]

  public static let standard = SigmaSettings(mappings: SigmaMapping.shipped, placeholders: [:])

  public init(mappings: [SigmaMapping], placeholders: [String: [String]]) {
    self.mappings = mappings
    self.placeholders = placeholders
  }

  /// The mapping of a log source: of those that name most of it the first.
  func mapping(_ source: SigmaLogSource) -> SigmaMapping? {
    var best: SigmaMapping?
    for mapping in mappings where mapping.holds(source) && mapping.weight > best?.weight ?? -1 { best = mapping }
    return best
  }

  /// The settings with those of files over them; a file is YAML:
  ///
  /// ```yaml
  /// mappings:
  ///   - logsource: { product: zeek, service: dns }
  ///     index: [ "logs-zeek.dns-*" ]
  ///     conditions: { event.dataset: zeek.dns }
  ///     fields: { query: dns.question.name, answer: [ dns.answers.data, zeek.dns.answers ] }
  ///     prefix: "zeek.dns."
  /// placeholders:
  ///   Administrators: [ alice, bob ]
  /// ```
  ///
  /// Throws the first fault as a diagnostic.
  public func adding(files: [String]) throws(SigmaSettingsFault) -> SigmaSettings {
    var settings = self
    for file in files {
      let bytes: [UInt8]
      do {
        bytes = try RuleFile.read(file, limit: 1 << 20, kind: "a mapping")
      } catch {
        throw SigmaSettingsFault(Diagnostic(.error, file: file, error.message))
      }
      do throws(SigmaFault) {
        try settings.add(try SigmaYAML.read(bytes[...]))
      } catch {
        throw SigmaSettingsFault(
          Diagnostic(
            .error, file: file, line: error.place.line, column: error.place.column, SigmaWords.sentence(error.message)))
      }
    }
    return settings
  }

  mutating func add(_ node: SigmaNode) throws(SigmaFault) {
    guard let members = node.map else {
      throw SigmaFault("a mapping is a map with `mappings` or `placeholders`", node.place)
    }
    for member in members where member.key != "mappings" && member.key != "placeholders" {
      throw SigmaFault(
        "`\(member.key.prefix(40))` is not known here; there are `mappings` and `placeholders`", member.place)
    }
    if let given = node["placeholders"], !given.isNull {
      guard let members = given.map else {
        throw SigmaFault("`placeholders` must be a map of names and values, and is \(given.kindName)", given.place)
      }
      for member in members { placeholders[member.key] = try Self.values(of: member) }
    }
    var own: [SigmaMapping] = []
    let entries = node["mappings"] ?? SigmaNode(.null)
    guard entries.isNull || entries.list != nil else {
      throw SigmaFault("`mappings` must be a list, and is \(entries.kindName)", entries.place)
    }
    for entry in entries.list ?? [] {
      guard let members = entry.map, let source = entry["logsource"], source.map != nil else {
        throw SigmaFault("an entry of `mappings` needs `logsource`, a map", entry.place)
      }
      let known = ["logsource", "index", "conditions", "fields", "prefix"]
      if let other = members.first(where: { !known.contains($0.key) }) {
        throw SigmaFault(
          "`\(other.key.prefix(40))` is not known in a mapping; there are \(known.joined(separator: ", "))", other.place
        )
      }
      guard let index = entry["index"]?.texts, !index.isEmpty else {
        throw SigmaFault("an entry of `mappings` needs `index`, the data streams that hold the events", entry.place)
      }
      if let conditions = entry["conditions"] {
        let maps = conditions.list ?? [conditions]
        guard !maps.isEmpty, maps.allSatisfy({ $0.map?.isEmpty == false }) else {
          throw SigmaFault("`conditions` must be a map of fields and values, or a list of such", conditions.place)
        }
        try check(conditions)
      }
      if let fields = entry["fields"], fields.map == nil, !fields.isNull {
        throw SigmaFault(
          "`fields` must be a map of the rule's names and those of events, and is \(fields.kindName)", fields.place)
      }
      var fields: [String: SigmaTargets] = [:]
      for field in entry["fields"]?.map ?? [] { fields[field.key] = try SigmaTargets(field.value) }
      let parts = SigmaLogSource(source)
      own.append(
        SigmaMapping(
          product: parts.product?.lowercased(), category: parts.category?.lowercased(),
          service: parts.service?.lowercased(),
          index: index, conditions: entry["conditions"], fields: fields, prefix: entry["prefix"]?.scalarText))
    }
    mappings = own + mappings
  }

  private static func values(of member: SigmaNode.Member) throws(SigmaFault) -> [String] {
    for value in member.value.list ?? [member.value] where value.scalarText == nil {
      throw SigmaFault(
        "the placeholder `\(member.key.prefix(40))` must be a value or a list of values, and "
          + (member.value.list == nil ? "is " : "holds ") + value.kindName, value.place)
    }
    return member.value.texts
  }

  /// What is wrong with conditions is told where they stand, and not at each rule that they are added to.
  private func check(_ conditions: SigmaNode) throws(SigmaFault) {
    do throws(SigmaFault) {
      _ = try SigmaDetection(source: conditions, placeholders: placeholders)
    } catch {
      // What is right and cannot be done hinders rules; values of placeholders may follow.
      guard error.isUnsupported else { throw error }
    }
  }
}

/// What is wrong with a mapping of a user.
public struct SigmaSettingsFault: Error, Sendable {
  public var diagnostic: Diagnostic
  init(_ diagnostic: Diagnostic) { self.diagnostic = diagnostic }
}

enum SigmaWords {
  /// A clause as a sentence.
  static func sentence(_ clause: String) -> String {
    guard let first = clause.first else { return clause }
    let text = String(first).uppercased() + clause.dropFirst()
    return text.hasSuffix(".") ? text : text + "."
  }
}
