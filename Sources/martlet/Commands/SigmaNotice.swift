import Events
import Outputs
import Rules

/// Says which of Sigma's rules have no form in Elastic's format, and which alert on other events in it.
enum SigmaNotice {
  /// Makes rules of Elastic of Sigma's and leaves out those that cannot be written so, each by its name and reason; false where
  /// there are such.
  ///
  /// - Parameter catalog: what types fields have, where something is given that says it.
  static func convert(
    _ rules: inout [LoadedRule], _ settings: SigmaSettings = .standard, catalog: FieldCatalog? = nil
  ) -> Bool {
    let remarks = SigmaConversion.convert(&rules, settings, catalog: catalog)
    for one in remarks { StandardError.write(line: Terminal.safe(one.description)) }
    let refused = remarks.count(where: \.isRefusal)
    guard refused > 0 else { return true }
    StandardError.write(line: "martlet: \(CountText.count(refused, "rule")) cannot be converted exactly")
    return false
  }
}
