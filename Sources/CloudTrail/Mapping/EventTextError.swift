import Events
import JSON

/// Why an event that was read could not be written or read again.
public struct EventTextError: Error, CustomStringConvertible {
  /// The event's identity.
  public var id: EventID
  public var fault: JSONFault

  public init(id: EventID, fault: JSONFault) {
    self.id = id
    self.fault = fault
  }

  public var description: String {
    "event \(id.text) cannot be looked at again: \(fault.explanation); let the process have more memory, or use fewer "
      + "workers (--threads)"
  }
}
