/// Why something could not be done with a folder of events, for a person: what was being done, the cause, and what to do.
public struct StoreError: Error, CustomStringConvertible, Sendable {
  public enum Kind: Sendable {
    /// There is no folder of events at the path.
    case missing
    /// The path holds something else.
    case foreign
    /// Another process writes to the folder.
    case busy
    /// A later version of Martlet made the folder.
    case newer
    /// The system or the disk refused.
    case io
    /// What is in the folder contradicts itself.
    case damaged
  }

  public let kind: Kind
  /// A sentence without a full stop, which names the folder or the file.
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
