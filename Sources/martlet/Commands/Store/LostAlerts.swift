import Alerts
import Outputs
import Synchronization

/// Alerts of a folder that are gone or damaged, for commands that have something to do without them: they do it, say once what they went
/// without, and end with status 1.
enum LostAlerts {
  private static let state = Mutex<(error: AlertStoreError?, isTold: Bool)>((nil, false))

  /// True once something was left out for it.
  static var areMet: Bool { error != nil }

  /// Why something was left out; nil where that was not so.
  static var error: AlertStoreError? { state.withLock { $0.error } }

  /// Gives what `body` gives; nil, taking note of it, where it needs alerts that are gone or damaged.
  static func goingOn<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch let error as AlertStoreError where error.isLoss {
      state.withLock { $0.error = $0.error ?? error }
      return nil
    }
  }

  /// Says why something was left out, and what; nothing where that was not so, and nothing the second time.
  static func tell(_ lacks: Lack) {
    let error = state.withLock { state -> AlertStoreError? in
      guard let error = state.error, !state.isTold else { return nil }
      state.isTold = true
      return error
    }
    guard let error else { return }
    StandardError.write(line: Terminal.safe("martlet: \(error). \(lacks.words)"))
  }

  /// What a command goes without.
  enum Lack {
    case search, events, rules, ingestion, status

    /// A sentence without a full stop.
    var words: String {
      switch self {
      case .search:
        "Events are searched: alerts are not, and fields have the types of the schema or of --mapping, whatever the folder remembered"
      case .events:
        "Events are read: fields have the types of the schema or of --mapping, whatever the folder remembered"
      case .rules:
        "Rules that ship or are given as files are asked, with exceptions that are given as files: what the folder kept of rules, "
          + "switches, exceptions and types of fields does not count"
      case .ingestion:
        "Events are stored all the same: the folder's rules are asked about them by a later run, and retention neither deletes events "
          + "nor leaves out those that it has deleted"
      case .status: "What is told is what is known without them"
      }
    }
  }
}
