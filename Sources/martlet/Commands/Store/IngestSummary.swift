import CloudTrail
import Foundation
import Inputs
import JSON
import Outputs
import SegmentStore
import Store

/// What an ingestion came to.
struct IngestSummary {
  var reading = ReadingSummary()
  var outcome = AppendOutcome()
  var seconds = 0.0
  /// How often files were looked for.
  var rounds = 0

  mutating func add(_ round: IngestSummary) {
    let known = rounds == 0 ? round.reading.known : reading.known
    reading.merge(round.reading)
    reading.known = known
    outcome = outcome + round.outcome
    seconds += round.seconds
    rounds += round.rounds
  }

  var sentence: String {
    var parts = ["\(RunOutcome.reading(reading)); \(CountText.count(outcome.stored, "event")) stored"]
    if outcome.duplicates > 0 {
      parts.append("\(outcome.duplicates) \(outcome.duplicates == 1 ? "was" : "were") there already")
    }
    if outcome.replaced > 0 { parts.append("\(outcome.replaced) of them in place of an earlier text") }
    if outcome.expired > 0 {
      parts.append("\(outcome.expired) left out as old as what retention has deleted")
    }
    if reading.known > 0 {
      parts.append(
        "\(CountText.count(reading.known, "file")) \(reading.known == 1 ? "was" : "were") read before and left out")
    }
    return parts.joined(separator: ", ") + String(format: ", %.2f s", seconds)
  }

  var json: JSONValue {
    var rejected: [String: JSONValue] = [:]
    for (cause, count) in reading.problems.counts { rejected[cause.rawValue] = .integer(Int64(count)) }
    return [
      "read": .integer(Int64(reading.records)), "stored": .integer(Int64(outcome.stored)),
      "duplicates": .integer(Int64(outcome.duplicates)), "replaced": .integer(Int64(outcome.replaced)),
      "expired": .integer(Int64(outcome.expired)),
      "rejected": .object(rejected), "files": .integer(Int64(reading.files)),
      "known_files": .integer(Int64(reading.known)), "seconds": .double((seconds * 1000).rounded() / 1000),
    ]
  }
}
