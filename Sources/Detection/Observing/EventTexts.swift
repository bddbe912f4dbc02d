import CloudTrail
import Events

/// Gives the source texts of events that rules matched, by number.
///
/// Whoever implements it gives the same event for the same number for as long as it is held, and may be asked by several
/// tasks at once. It keeps what is needed for that: a number is never one of an event that is gone.
public protocol EventTexts: Sendable {
  /// About how many bytes an event's text has.
  func length(of number: UInt32) -> Int

  /// Calls `body` with an event as a row, whose text is borrowed for the call and has 64 zeros behind it.
  ///
  /// Throws what `body` throws, and errors that tell a person why the text cannot be had.
  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result

  /// When an event was taken in, where that is to be told and the event does not say it itself.
  func ingestionTime(of number: UInt32) throws -> Timestamp?
}

extension EventTexts {
  public func ingestionTime(of number: UInt32) throws -> Timestamp? { nil }
}

/// Gives the source texts of documents that are indicators.
public protocol IndicatorTexts: EventTexts {
  /// The identity of a document, which tells which of two comes first. Throws what `withRow` throws.
  func id(of number: UInt32) throws -> EventID
}

/// An event that is kept, or can be had again: who has it, by its place in `HuntFindings.texts`, and its number there.
struct KeptReference: Hashable, Sendable {
  var source: UInt32 = 0
  var number: UInt32

  /// In the order of which events lie beside each other.
  var place: UInt64 { UInt64(source) << 32 | UInt64(number) }
}
