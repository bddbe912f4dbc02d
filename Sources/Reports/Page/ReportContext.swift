import Events
import Rules

/// What a report says of the search that its alerts come from.
public struct ReportContext: Sendable {
  /// A rule that took part.
  public struct RuleRun: Sendable {
    public var id: String
    public var name: String
    public var severity: Severity
    public var executions: Int
    public var alerts: Int

    public init(id: String, name: String, severity: Severity, executions: Int, alerts: Int) {
      self.id = id
      self.name = name
      self.severity = severity
      self.executions = executions
      self.alerts = alerts
    }
  }

  /// The files and directories that were named.
  public var inputs: [String] = []
  public var files = 0
  public var events = 0
  public var duplicates = 0
  /// The times of the first and the last event.
  public var earliest: Timestamp?
  public var latest: Timestamp?
  public var rules: [RuleRun] = []
  /// What limits the result: rules that did not take part, caps that were hit.
  public var warnings: [String] = []
  /// Input that could not be used, a line each.
  public var problems: [String] = []
  /// The options that chose alerts, rules and times, as they were given.
  public var asked: [String] = []
  /// Alerts that there were and that were not asked for.
  public var alertsNotAsked = 0
  /// Rules that were not asked for and did not run.
  public var rulesNotAsked = 0
  /// Rules that were asked for and took no part.
  public var rulesNotRun = 0
  /// Events of data streams that no rule reads.
  public var eventsUnread = 0
  /// Rules and files of them that could not be read or are wrong.
  public var rulesUnread = 0
  /// Alerts that were asked for and had no room.
  public var alertsWithoutRoom = 0
  /// Pieces of input that could not be used; `problems` has a line for each cause in each file.
  public var unread = 0
  /// Why nothing was looked at; nil where something was.
  public var nothing: String?
  /// True of a report over alerts that were saved: nothing is known of the events that were searched.
  public var isOfSavedAlerts = false
  /// When the report was made.
  public var created: Timestamp
  /// The program's version.
  public var version: String

  public init(created: Timestamp, version: String) {
    self.created = created
    self.version = version
  }
}
