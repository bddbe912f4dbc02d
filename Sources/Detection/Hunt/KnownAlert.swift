import Events

/// An alert that there is already, as rules over alerts read it.
public struct KnownAlert: Sendable {
  public var id: String
  /// The rule that raised it.
  public var ruleID: String
  /// When the execution that made it was scheduled.
  public var tick: Timestamp
  /// A JSON object on one line.
  public var document: [UInt8]

  public init(id: String, ruleID: String, tick: Timestamp, document: [UInt8]) {
    self.id = id
    self.ruleID = ruleID
    self.tick = tick
    self.document = document
  }
}
