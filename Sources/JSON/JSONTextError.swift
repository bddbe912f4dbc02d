/// Text that should be one JSON value and is not.
public struct JSONTextError: Error, Hashable, Sendable, CustomStringConvertible {
  public var fault: JSONFault
  /// The byte in the text at which it was noticed, from 0; simdjson does not tell for faults that it finds by itself.
  public var offset: Int?

  public init(fault: JSONFault, offset: Int?) {
    self.fault = fault
    self.offset = offset
  }

  public var description: String { fault.explanation + (offset.map { " (at byte \($0))" } ?? "") }
}
