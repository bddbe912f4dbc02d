import Foundation

/// An attack among the generated records, and how to find it.
public struct PlantedAttack: Sendable, Equatable {
  /// Which attack.
  public var attack: Attack
  /// The account that was attacked: twelve digits.
  public var account: String
  /// When the decisive call was made.
  public var time: Date
  /// The `eventID` of each record of the sequence, in the order of their times.
  public var eventIDs: [String]
  /// The `eventID` of the decisive call: the one that a rule is to alert on. A sweep has several; this is the first.
  public var decisiveEventID: String
  /// The ARN of the principal that made the decisive call.
  public var who: String
  /// One sentence that tells what happened.
  public var what: String
}
