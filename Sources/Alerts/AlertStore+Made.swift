import Events
import Foundation
import GRDB

/// An alert as it was made, by its number: of two the later one has the greater.
public struct MadeAlert: Sendable {
  public var number: Int64
  public var document: [UInt8]
}

extension AlertStore {
  /// The greatest number of an alert; nil where there is none. Numbers may begin anew once all alerts have been deleted.
  public func lastNumber() throws -> Int64? {
    try reading { try Int64.fetchOne($0, sql: "SELECT max(number) FROM alerts") }
  }

  /// Alerts that were made behind a number, in the order in which they were made, as many as have so many bytes, at least one.
  ///
  /// - Parameter time: only those that were made at it or later.
  /// - Returns: also those among them that are damaged.
  public func made(
    behind number: Int64, since time: Timestamp = .earliest, bytes: Int
  ) throws -> (alerts: [MadeAlert], damaged: [DamagedAlert]) {
    try reading { database in
      var alerts: [MadeAlert] = []
      var damaged: [DamagedAlert] = []
      var size = 0
      let rows = try Row.fetchCursor(
        database, sql: "SELECT * FROM alerts WHERE number > ? AND made_at >= ? ORDER BY number",
        arguments: [number, time.milliseconds])
      while size < bytes, let row = try rows.next() {
        if let damage = Self.damage(row) {
          damaged.append(damage)
          continue
        }
        let document: Data = row["document"]
        size += document.count
        alerts.append(MadeAlert(number: row["number"], document: Array(document)))
      }
      return (alerts, damaged)
    }
  }
}
