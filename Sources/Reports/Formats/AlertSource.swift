/// Where alerts come from: a hunt, or a file in which they were saved.
public protocol AlertSource {
  var alertCount: Int { get }

  /// Hands over the JSON text of alerts, an object on one line each: those at the places of `order`, or all in their own
  /// order.
  func forEachAlert(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws

  /// The same with the alerts that others are put together of, each before the one that it is a part of.
  func forEachDocument(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws
}

extension AlertSource {
  public func forEachDocument(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    try forEachAlert(in: order, body)
  }
}

/// Alerts that were saved, held in memory.
public struct SavedAlerts: AlertSource {
  public var alerts: [AlertDocument]

  public init(_ alerts: [AlertDocument]) { self.alerts = alerts }

  public var alertCount: Int { alerts.count }

  public func forEachAlert(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws {
    for place in order ?? Array(alerts.indices) { try body(alerts[place].json) }
  }
}
