/// Runs commands of this program for whoever asks over HTTP, so that an answer is made by the code that the command line has.
public protocol OperatorCommands: Sendable {
  /// Runs a command to its end. Throws `CommandRefusal` where it cannot be run now, and `CancellationError`.
  ///
  /// - Parameter arguments: without the program's name.
  func run(_ arguments: [String]) async throws -> CommandOutcome
}

/// How a command ended.
public struct CommandOutcome: Sendable, Equatable {
  /// Why it was ended, where it did not end by itself.
  public enum Cut: Sendable, Equatable {
    case tooLong(bytes: Int)
    case tooSlow(Duration)
    /// By a signal, as when memory is refused.
    case signal(Int32)
  }

  /// The exit status; see Documentation/operations.md.
  public var status: Int32
  /// What it wrote to standard output.
  public var output: [UInt8]
  /// What it wrote to standard error, of which the first 64 KiB are kept.
  public var messages: String
  public var cut: Cut?

  public init(status: Int32, output: [UInt8], messages: String, cut: Cut? = nil) {
    self.status = status
    self.output = output
    self.messages = messages
    self.cut = cut
  }
}

/// Why a command was not run.
public enum CommandRefusal: Error, Sendable, Equatable {
  /// As many as may run at once do, and as many as may wait for them.
  case busy
  /// The system does not start it.
  case failed(String)
}
