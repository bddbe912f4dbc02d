import ArgumentParser
import Foundation
import Inputs
import Outputs

/// How a run that reads events ended, and the exit status that follows.
struct RunOutcome {
  /// Some input, rule or file could not be read or written.
  var hasTrouble = false
  /// Why nothing was looked at; nil where something was.
  var nothing: String?

  /// The status, nil for 0. Trouble comes first: it tells that there was something that could not be read.
  var status: ExitCode? {
    hasTrouble || LostAlerts.areMet || DamagedAlerts.areMet ? ExitCode(1) : nothing == nil ? nil : ExitCode(2)
  }

  /// Whether a file stands in a place that is not empty.
  static func isWorthKeeping(_ path: String) -> Bool {
    ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0) > 0
  }

  /// Says of files that would have come to hold nothing that they were not written.
  static func tell(unwritten paths: [String]) {
    var seen: Set<String> = []
    for path in paths where seen.insert(path).inserted {
      StandardError.write(line: Terminal.safe("martlet: \(path) is left as it was"))
    }
  }

  /// Why there was nothing to read in the input; nil where there were events.
  static func nothing(in summary: ReadingSummary, _ paths: [String]) -> String? {
    guard summary.events == 0 else { return nil }
    if summary.container == .segment { return "no event that is asked for is stored" }
    guard summary.files > 0 else {
      if let sentence = summary.passedOver.sentence { return sentence }
      return "there are no files to read in \(paths.prefix(5).joined(separator: ", "))\(paths.count > 5 ? ", …" : "")"
    }
    return "\(CountText.count(summary.files, "file")) \(summary.files == 1 ? "holds" : "hold") no event"
  }

  /// What was read, as closing lines begin: events, files, duplicates, span.
  static func reading(_ summary: ReadingSummary) -> String {
    var line =
      "\(CountText.count(summary.events, "event")) in \(CountText.count(summary.files, summary.container.rawValue))"
    if summary.duplicates > 0 { line += " (\(CountText.count(summary.duplicates, "duplicate")) left out)" }
    if let first = summary.earliest, let last = summary.latest { line += ", \(first.iso8601) to \(last.iso8601)" }
    return line
  }
}
