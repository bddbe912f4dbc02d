import Outputs
import Rules

/// Says which of Sigma's rules have no form in Elastic's format, and which alert on other events in it.
enum SigmaNotice {
  /// Makes rules of Elastic of Sigma's and leaves out those that cannot be written so, each by its name and reason; false where
  /// there are such.
  static func convert(_ rules: inout [LoadedRule], _ settings: SigmaSettings = .standard) -> Bool {
    let remarks = SigmaConversion.convert(&rules, settings)
    for one in remarks { StandardError.write(line: Terminal.safe(one.description)) }
    let refused = remarks.count(where: \.isRefusal)
    guard refused > 0 else { return true }
    StandardError.write(line: "martlet: \(CountText.count(refused, "rule")) cannot be converted exactly")
    return false
  }
}
