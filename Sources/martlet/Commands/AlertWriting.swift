import Foundation
import Outputs
import Reports

/// Writes alerts to the places that they go to.
enum AlertWriting {
  /// What came of it.
  struct Outcome {
    /// False when a file could not be written; told on standard error.
    var isWhole = true
    var notices: [String] = []
    var emptyFields: [String] = []

    mutating func add(_ view: AlertView.Outcome) {
      // Of several formats each would say the same.
      for notice in view.notices where !notices.contains(notice) { notices.append(notice) }
      for field in view.emptyFields where !emptyFields.contains(field) { emptyFields.append(field) }
    }
  }

  /// Writes all alerts to each place, reports aside.
  static func write(_ source: some AlertSource, _ view: AlertView, to destinations: [AlertDestination]) -> Outcome {
    var outcome = Outcome()
    for destination in destinations {
      do {
        switch destination {
        case .standardOutput(let format):
          let output = StandardOutput()
          var view = view
          view.width = Terminal.tableWidth
          view.usesColour = Terminal.usesColour(STDOUT_FILENO)
          outcome.add(try view.write(source, as: format) { try output.write($0) })
        case .file(let file, let format):
          outcome.add(
            try file.write { output in
              try withoutActuallyEscaping(output) { try view.write(source, as: format, to: $0) }
            })
        case .page: break
        }
      } catch is StandardOutput.Closed {
        // Whoever read the alerts has seen enough.
      } catch let error as PlacedFile.Failure {
        outcome.isWhole = false
        if case .file(let file, _) = destination {
          StandardError.write(line: Terminal.safe("martlet: alerts cannot be written to \(file.path): \(error.reason)"))
        }
      } catch {
        outcome.isWhole = false
        StandardError.write(line: Terminal.safe("martlet: alerts cannot be written: \(error)"))
      }
    }
    return outcome
  }
}
