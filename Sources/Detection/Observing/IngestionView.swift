/// When events count as taken in, for rules that go by `event.ingested`. Of an event that says it itself that counts in any case.
public enum IngestionView: Sendable {
  /// When they happened: as if the engine had been running all along, and had been told of each event at once.
  case replayed
  /// When the store took them in.
  case stored
}
