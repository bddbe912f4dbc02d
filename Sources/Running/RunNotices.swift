/// Takes what is to be said about work on a folder of events: a command writes it for a person, a service into its log.
///
/// An implementer makes words safe for where they go: names and values in them come from events.
public protocol RunNotices: Sendable {
  /// Takes what somebody should know of and what costs nothing else.
  func warn(_ words: String)
  /// Takes what was done, a sentence without a full stop.
  func close(_ words: String)
  /// Takes what could not be done, and why.
  func fail(_ words: String)
}
