import Detection
import Events
import Foundation
import Intake
import JSON
import Outside
import Settings

/// The settings of a service, out of a file in YAML and variables; everything has a default.
public struct ServiceSettings: Sendable {
  /// `HOST:PORT`.
  public var listen = "localhost:9200"
  /// The files in PEM of the certificate that the listener shows, and of its key; nil for no TLS.
  public var tls: (certificate: String, key: String)?
  /// The version of Elasticsearch as which the listener answers: shippers refuse one that is older than they are.
  public var elasticVersion = "9.99.0"
  /// The namespace of the data stream of CloudTrail's events.
  public var namespace = "default"
  /// Databases of places and networks.
  public var geoDatabases: [String] = []
  /// Lists of indicators beside those that are stored, each `NAME=FILE`, by their names.
  public var indicators: [String] = []
  public var logFormat = ServiceLog.Format.text
  public var logLevel = ReportLevel.info
  public var rules = RuleScheduler.Options()
  public var ingestion = StoreSink.Bounds()
  public var health = HealthWatch.Options()
  /// What one client of the listener may ask for.
  public var rates = Rates()
  /// What no line of the log may hold.
  public var secrets: [String] = []
  public internal(set) var outside: OutsideConnections

  /// Keys that can also be set by a variable, which counts before the file: `MARTLET_LISTEN` is `listen`, `MARTLET_LOG_FORMAT` is
  /// `log.format`.
  public static let variables = [
    "MARTLET_LISTEN": ["listen"], "MARTLET_TLS_CERTIFICATE": ["tls", "certificate"], "MARTLET_TLS_KEY": ["tls", "key"],
    "MARTLET_NAMESPACE": ["namespace"], "MARTLET_LOG_FORMAT": ["log", "format"],
    "MARTLET_LOG_LEVEL": ["log", "level"], "MARTLET_RULES_SPREAD": ["rules", "spread"],
    "MARTLET_RULES_CATCH_UP": ["rules", "catch_up"], "MARTLET_RULES_LATE_EVENTS": ["rules", "late_events"],
    "MARTLET_RULES_MAX_ALERTS": ["rules", "max_alerts"],
    "MARTLET_INGESTION_MEMORY": ["ingestion", "memory_mb"], "MARTLET_HEALTH_SILENCE": ["health", "silence"],
    "MARTLET_LIMITS_REQUESTS": ["limits", "requests_per_second"],
    "MARTLET_LIMITS_BYTES": ["limits", "bytes_per_second"],
  ]

  /// Those of variables whose values are numbers; all others are texts, whatever they look like.
  private static let numbers: Set<String> = [
    "MARTLET_RULES_SPREAD", "MARTLET_RULES_MAX_ALERTS", "MARTLET_INGESTION_MEMORY", "MARTLET_LIMITS_REQUESTS",
    "MARTLET_LIMITS_BYTES",
  ]

  /// Reads settings and looks that they are right, without doing anything. Throws `SettingsFault`, which names the key.
  ///
  /// - Parameters:
  ///   - file: in YAML; nil where there is none.
  ///   - data: the folder of events.
  ///   - variables: of the process.
  public init(file: String?, data: String, variables: [String: String]) throws {
    do {
      self = try Self(reading: file, data: data, variables: variables)
    } catch let fault as SettingsFault {
      throw Self.named(fault, variables)
    }
  }

  /// A fault of a key that a variable has set is that variable's.
  public static func named(_ fault: SettingsFault, _ variables: [String: String]) -> SettingsFault {
    guard let key = fault.key,
      let name = Self.variables.first(where: { $0.value.joined(separator: ".") == key })?.key,
      text(name, variables) != nil
    else { return fault }
    return SettingsFault(fault.reason, key: "\(key), which the variable \(name) sets")
  }

  /// Variables whose names begin as those of settings do, and that are none and named by none: a slip, mostly.
  public private(set) var strangeVariables: [String] = []

  private init(reading file: String?, data: String, variables: [String: String]) throws {
    var root = try file.map { try YAMLSettings.value(ofFile: $0) } ?? [:]
    for (name, path) in Self.variables.sorted(by: { $0.key < $1.key }) {
      guard let text = Self.text(name, variables) else { continue }
      // What is no number is told as that by whoever reads the key.
      let number = Self.numbers.contains(name) ? Int64(text).map { JSONValue.integer($0) } : nil
      root = try Self.setting(path, 0, in: root, to: number ?? .string(text), name)
    }
    let keys = SettingsReader(root, at: "")
    try keys.begin()
    keys.leave(OutsideConnections.parts)
    outside = try OutsideConnections(root, data: data, variables: variables)
    listen = try keys.text("listen") ?? listen
    if let part = keys.object("tls") {
      try part.begin()
      tls = try Self.tls(part)
      try part.finish()
    }
    if let version = try keys.text("elastic_version") {
      let parts = version.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.utf8.count) && UInt16($0) != nil }),
        parts[0] == "8" || parts[0] == "9"
      else { throw keys.wrong("elastic_version", "it is a version 8 or 9 such as 9.99.0, which shippers know") }
      elasticVersion = version
    }
    namespace = try keys.text("namespace") ?? namespace
    guard namespace.utf8.count <= 100, namespace == namespace.lowercased(),
      !namespace.contains(where: { $0.isWhitespace || #"*\/?"<>|,#:"#.contains($0) })
    else { throw keys.wrong("namespace", "it is a name in lower case without blanks and *\\/?\"<>|,#:") }
    geoDatabases = try keys.texts("geoip")
    indicators = try keys.values("indicators").sorted { $0.key < $1.key }.map { name, path in
      guard !name.isEmpty, !name.contains("="), let path = path.stringValue, !path.isEmpty else {
        throw keys.wrong("indicators", "it names a file for each index, as `logs-ti_*: /etc/martlet/addresses.csv`")
      }
      return "\(name)=\(path)"
    }
    try readLog(keys)
    try readRules(keys)
    if let part = keys.object("ingestion") {
      try part.begin()
      if let megabytes = try part.number("memory_mb", 8...65_536) { ingestion.mostBytes = megabytes << 20 }
      try part.finish()
    }
    try rates.read(keys)
    try health.read(keys)
    try keys.finish()
    secrets = Self.secrets(root, variables)
    let named = Self.namedVariables(root)
    strangeVariables = variables.keys.filter {
      $0.hasPrefix("MARTLET_") && Self.variables[$0] == nil && !named.contains($0)
        && !Self.isOfKubernetes($0, variables[$0] ?? "")
    }.sorted()
  }

  /// Whether a variable is one of those that Kubernetes gives to every container for each of its services, one of which is called
  /// `martlet`, or begins so.
  private static func isOfKubernetes(_ name: String, _ value: String) -> Bool {
    if name.hasSuffix("_PORT"), value.contains("://") { return true }
    return name.wholeMatch(
      of:
        #/MARTLET(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)/#
    ) != nil
  }

  /// The variables that settings name as those that hold secrets.
  private static func namedVariables(_ value: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for (key, member) in value.objectValue ?? [:] {
      if key.hasSuffix("_env"), let name = member.stringValue { names.insert(name) }
      names.formUnion(namedVariables(member))
    }
    for element in value.arrayValue ?? [] { names.formUnion(namedVariables(element)) }
    return names
  }

  /// What a variable says, without blanks around it; nil where it says nothing.
  private static func text(_ name: String, _ variables: [String: String]) -> String? {
    let text = variables[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return text.isEmpty ? nil : text
  }

  /// Settings in which a key is another.
  ///
  /// - Parameter depth: how many names of the key's path lead to `value`.
  private static func setting(
    _ path: [String], _ depth: Int, in value: JSONValue, to new: JSONValue, _ name: String
  ) throws -> JSONValue {
    guard depth < path.count else { return new }
    // A part of which nothing is set but its name is none.
    guard var members = value == .null ? [:] : value.objectValue else {
      throw SettingsFault(
        "it should be an object; the variable \(name) sets \(path[depth]) in it",
        key: path[..<depth].joined(separator: "."))
    }
    members[path[depth]] = try setting(path, depth + 1, in: members[path[depth]] ?? [:], to: new, name)
    return .object(members)
  }

  private mutating func readLog(_ keys: SettingsReader) throws {
    guard let part = keys.object("log") else { return }
    try part.begin()
    if let text = try part.text("format") {
      guard let format = ServiceLog.Format(rawValue: text) else { throw part.wrong("format", "it is text or json") }
      logFormat = format
    }
    if let text = try part.text("level") {
      guard let level = ReportLevel(rawValue: text) else {
        throw part.wrong("level", "it is one of \(ReportLevel.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      logLevel = level
    }
    try part.finish()
  }

  private mutating func readRules(_ keys: SettingsReader) throws {
    guard let part = keys.object("rules") else { return }
    try part.begin()
    if let percent = try part.number("spread", 0...100) { rules.spread = TickSpread(fraction: Double(percent) / 100) }
    if let age = try part.duration("catch_up") {
      let milliseconds = age.components.seconds * 1000
      rules.catchUp = .init(text: try part.text("catch_up") ?? "", value: milliseconds)
    }
    if let age = try part.duration("late_events") {
      rules.lateBound = .init(text: try part.text("late_events") ?? "", value: age.components.seconds * 1000)
    }
    if let most = try part.number("max_alerts", 1...1_000_000) { rules.mostAlerts = most }
    try part.finish()
  }

  /// What files and variables hold that settings name as secrets, and what variables hold whose names say so.
  private static func secrets(_ root: JSONValue, _ variables: [String: String]) -> [String] {
    var found: [String] = []
    func walk(_ value: JSONValue) {
      for (key, member) in value.objectValue ?? [:] {
        if key.hasSuffix("_file"), !key.hasPrefix("template"), let path = member.stringValue,
          let text = try? SecretSource.file(path).read(variables)
        {
          found.append(text)
        } else if key.hasSuffix("_env"), let name = member.stringValue, let text = variables[name] {
          found.append(text)
        } else {
          walk(member)
        }
      }
      for element in value.arrayValue ?? [] { walk(element) }
    }
    walk(root)
    for (name, value) in variables
    where ["SECRET", "PASSWORD", "TOKEN", "API_KEY"].contains(where: name.uppercased().contains)
      && !name.uppercased().hasSuffix("_FILE")
    {
      found.append(value)
    }
    return found
  }
}
