import Outputs
import Rules

/// Says which of Sigma's rules have no exact form in Elastic's format.
enum SigmaNotice {
  /// Makes rules of Elastic of Sigma's and leaves out those that cannot be written so, each by its name and reason; false where
  /// there are such.
  static func convert(_ rules: inout [LoadedRule], _ settings: SigmaSettings = .standard) -> Bool {
    let refused = SigmaConversion.convert(&rules, settings)
    for one in refused { StandardError.write(line: Terminal.safe(one.description)) }
    guard !refused.isEmpty else { return true }
    StandardError.write(line: "martlet: \(CountText.count(refused.count, "rule")) cannot be converted exactly")
    return false
  }
}
