/// The tactics and techniques of MITRE ATT&CK, to check what a rule names.
///
///     AttackCatalog.enterprise.technique("T1078.004")?.name  // "Cloud Accounts"
///     AttackCatalog.enterprise.technique("T9999")            // nil: there is no such technique
///
/// Techniques that ATT&CK has revoked or deprecated are held too, marked by their status: a rule that names one is out
/// of date rather than wrong.
public struct AttackCatalog: Sendable {
  /// ATT&CK for Enterprise. It is built at first use.
  public static let enterprise = AttackCatalog(
    version: AttackTable.version, tactics: AttackTable.tactics, techniques: AttackTable.techniques)

  /// The version of ATT&CK, as `18.1`.
  public let version: String
  /// All tactics, in the order of ATT&CK's matrix.
  public let tactics: [AttackTactic]
  /// All techniques and sub-techniques, sorted by identifier.
  public let techniques: [AttackTechnique]

  private let tacticPlaces: [String: Int]
  private let techniquePlaces: [String: Int]

  /// The tactic of an identifier (`TA0004`), or nil when there is none; letter case counts.
  public func tactic(_ id: String) -> AttackTactic? {
    tacticPlaces[id].map { tactics[$0] }
  }

  /// The technique or sub-technique of an identifier (`T1078`, `T1078.004`), or nil when there is none; letter case
  /// counts.
  public func technique(_ id: String) -> AttackTechnique? {
    techniquePlaces[id].map { techniques[$0] }
  }

  /// The sub-techniques of a technique, sorted by identifier; none for an identifier that has none or does not exist.
  public func subtechniques(of id: String) -> [AttackTechnique] {
    techniques.filter { $0.parentID == id }
  }

  init(version: String, tactics: String, techniques: String) {
    self.version = version
    self.tactics = Self.rows(tactics).compactMap { columns in
      columns.count == 3 ? AttackTactic(id: columns[0], name: columns[1], shortName: columns[2]) : nil
    }
    self.techniques = Self.rows(techniques).compactMap(Self.technique)
    tacticPlaces = Dictionary(zip(self.tactics.map(\.id), 0...), uniquingKeysWith: { first, _ in first })
    techniquePlaces = Dictionary(zip(self.techniques.map(\.id), 0...), uniquingKeysWith: { first, _ in first })
  }

  private static func technique(_ columns: [String]) -> AttackTechnique? {
    guard columns.count >= 3 else { return nil }
    let status: AttackTechnique.Status =
      switch columns.count > 3 ? columns[3] : "" {
      case "revoked": .revoked(replacedBy: columns.count > 4 ? columns[4] : nil)
      case "deprecated": .deprecated
      default: .current
      }
    let tacticIDs = columns[2].utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
    return AttackTechnique(id: columns[0], name: columns[1], tacticIDs: tacticIDs, status: status)
  }

  /// The lines of a table, each split at its tabs.
  private static func rows(_ table: String) -> [[String]] {
    table.utf8.split(separator: UInt8(ascii: "\n")).map { line in
      line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
  }
}
