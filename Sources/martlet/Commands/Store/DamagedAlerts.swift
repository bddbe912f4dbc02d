import Alerts
import ArgumentParser
import Outputs
import Synchronization

/// Alerts that are damaged and that a command goes without: it says so once, and ends with status 1.
enum DamagedAlerts {
  private static let state = Mutex<Set<DamagedAlert>>([])

  /// True once some were left out.
  static var areMet: Bool { state.withLock { !$0.isEmpty } }

  /// Says that alerts are left out; nothing of those that it was said of before.
  static func tell(_ damaged: [DamagedAlert], in folder: String) {
    let new = state.withLock { known in
      let new = damaged.filter { !known.contains($0) }
      known.formUnion(new)
      return new
    }
    guard let sentence = DamagedAlert.sentence(new, in: folder) else { return }
    StandardError.write(line: Terminal.safe("martlet: \(sentence)"))
  }

  /// Ends the command with status 1 where some were left out.
  static func end() throws { if areMet { throw ExitCode(1) } }
}
