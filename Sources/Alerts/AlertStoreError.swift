import Foundation

/// Why alerts could not be read or written, a sentence for a person that names the file.
public struct AlertStoreError: Error, CustomStringConvertible, Sendable {
  public enum Kind: Sendable {
    /// The folder has had alerts, and has them no longer.
    case gone
    /// What is there cannot be read as alerts.
    case damaged
    /// The system refused, or a later version made the file.
    case other
  }

  public let kind: Kind
  public let description: String

  init(_ kind: Kind = .other, description: String) {
    self.kind = kind
    self.description = description
  }

  /// True where what was kept is not to be had again but from a backup. Whoever needs none of it can go on without.
  public var isLoss: Bool { kind != .other }

  static func gone(_ path: String, _ how: String) -> AlertStoreError {
    AlertStoreError(
      .gone,
      description:
        "\(path) \(how), and with it are gone the alerts and what was done with them, the log of runs, and the folder's rules, exceptions, "
        + "value lists, keys, mapping and bounds of retention; \(advice(path))")
  }

  /// - Parameter words: what is wrong, a sentence without a full stop.
  static func damaged(_ path: String, _ words: String) -> AlertStoreError {
    AlertStoreError(.damaged, description: "\(words); \(advice(path))")
  }

  private static func advice(_ path: String) -> String {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    // SQLite would take the log for one of the file that is put there.
    let size = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
    let log = size ?? 0 > 0 ? ", once \(path)-wal is moved away" : ""
    return "put it back from a backup of the folder\(log), or begin with none: "
      + "martlet verify --data \(folder) --repair --forget-alerts"
  }
}
