import JSON

extension AlertStore {
  /// What executions looked at, of what there is and has been: of all else they show nothing.
  public struct Sight {
    /// Whether a rule, by its id, reads a data stream.
    public var reads: (_ ruleID: String, _ dataStream: String) -> Bool
    /// Rules whose executions left out data streams that they read else.
    public var narrowed: Set<String>
    /// Whether the executions of such a rule looked at all that an alert stands on, by its document.
    public var shows: (JSONValue) -> Bool

    /// By itself they looked at everything.
    public init(
      reads: @escaping (_ ruleID: String, _ dataStream: String) -> Bool = { _, _ in true },
      narrowed: Set<String> = [], shows: @escaping (JSONValue) -> Bool = { _ in true }
    ) {
      self.reads = reads
      self.narrowed = narrowed
      self.shows = shows
    }

    func saw(_ document: [UInt8], of ruleID: String) -> Bool {
      guard narrowed.contains(ruleID) else { return true }
      return (try? JSONValue(parsing: document[...])).map(shows) ?? false
    }
  }
}
