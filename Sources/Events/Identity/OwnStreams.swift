/// Data streams that the program keeps itself: into these it writes alone, and a document that names one is no event.
///
/// What is there bears witness: the audit log is compared with its events, and rules over alerts believe that an alert was made by a rule.
public enum OwnStreams {
  /// Entries of the audit log.
  public static let audit = "logs-martlet.audit-default"
  /// Alarms of the service about itself.
  public static let health = "logs-martlet.health-default"
  /// The log of runs, as patterns of retention name it.
  public static let runs = ".martlet-runs-default"
  /// Alerts, by the name under which they are searched: this and the space.
  public static let alerts = ".alerts-security.alerts-"

  /// What names of the program's own begin with. Alerts are reserved as a whole, since whoever searches alerts means these.
  private static let beginnings = ["logs-martlet.", ".alerts-", ".martlet-"]

  /// True for the name of such a data stream, of any namespace or space.
  public static func isOwn(_ dataStream: String) -> Bool {
    // Most names begin otherwise.
    guard let first = dataStream.utf8.first, first == UInt8(ascii: "l") || first == UInt8(ascii: ".") else {
      return false
    }
    return beginnings.contains { dataStream.hasPrefix($0) }
  }

  /// All other data streams, hidden ones among them.
  public static let others = IndexPattern(["*", ".*"] + beginnings.map { "-\($0)*" })
}
