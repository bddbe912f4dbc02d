import Events
import Rules

/// Folds alike alerts into rows: those of one rule and principal with one outcome, within an hour of the first of them.
///
/// Alerts are handed in by event time, and rows come out by the time of their first alert. No more is held than the rows
/// of an hour:
///
///     var folding = AlertFolding()
///     for line in lines { for row in folding.add(line) { print(row) } }
///     for row in folding.finish() { print(row) }
public struct AlertFolding {
  /// How long after the first alert of a row another may be to join it, in milliseconds.
  public static let span: Int64 = 3_600_000

  /// What is equal in the alerts of a row.
  private struct Key: Hashable {
    var ruleID: String
    var rule: String
    var severity: Severity
    var principal: String
    var outcome: String?
    var account: String?
    var status: String?
  }

  private let folds: Bool
  private let byStatus: Bool
  private var place = 0
  /// Rows that may still grow, by the time of their first alert, and where the first of them stands.
  private var open: [AlertRow] = []
  private var start = 0
  /// Rows that were given out: numbers of rows count on from there.
  private var given = 0
  private var numbers: [Key: Int] = [:]

  /// A folding of alerts; with `folds` false every alert is a row by itself.
  ///
  /// - Parameter byStatus: alerts of one status alone are in one row.
  public init(folds: Bool = true, byStatus: Bool = false) {
    self.folds = folds
    self.byStatus = byStatus
  }

  /// Takes an alert that is not before those that were taken; gives the rows that no later alert can join.
  public mutating func add(_ line: AlertLine) -> [AlertRow] {
    defer { place += 1 }
    var complete: [AlertRow] = []
    while start < open.count, isOver(open[start], at: line.time) {
      complete.append(open[start])
      forget(open[start])
      start += 1
      given += 1
    }
    if start > 1024, start * 2 > open.count {
      open.removeSubrange(..<start)
      start = 0
    }
    // An alert that does not say who, or when, is like no other.
    if let key = key(line), let number = numbers[key] {
      open[start + number - given].add(line, place: place)
    } else {
      if let key = key(line) { numbers[key] = given + open.count - start }
      open.append(AlertRow(line, place: place))
    }
    return complete
  }

  /// Gives the rows that are left.
  public mutating func finish() -> [AlertRow] {
    defer {
      open = []
      start = 0
      numbers = [:]
    }
    return Array(open[start...])
  }

  /// Folds alerts in any order; rows are by time, and their members are places in `lines`. Alerts without a time come
  /// last.
  public static func rows(_ lines: [AlertLine], folds: Bool = true, byStatus: Bool = false) -> [AlertRow] {
    let order = lines.indices.sorted { left, right in
      let (one, other) = (lines[left].time?.milliseconds ?? .max, lines[right].time?.milliseconds ?? .max)
      return one != other ? one < other : left < right
    }
    var folding = AlertFolding(folds: folds, byStatus: byStatus)
    var rows = order.flatMap { folding.add(lines[$0]) } + folding.finish()
    for at in rows.indices { rows[at].members = rows[at].members.map { order[$0] } }
    return rows
  }

  private func key(_ line: AlertLine) -> Key? {
    guard folds, line.time != nil, let principal = line.principal else { return nil }
    return Key(
      ruleID: line.ruleID, rule: line.rule, severity: line.severity, principal: principal, outcome: line.outcome,
      account: line.account, status: byStatus ? line.status : nil)
  }

  private func isOver(_ row: AlertRow, at time: Timestamp?) -> Bool {
    guard folds, let time, let first = row.first.time else { return true }
    return time.milliseconds - first.milliseconds > Self.span
  }

  private mutating func forget(_ row: AlertRow) {
    guard let key = key(row.first), numbers[key] == given else { return }
    numbers[key] = nil
  }
}
