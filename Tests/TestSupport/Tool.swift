import Foundation

/// The command line tool that was built beside the tests.
public enum Tool {
  /// Where it is: beside the bundle of tests, wherever that was copied to, or where a build puts it.
  ///
  /// - Throws: `NotBuilt`.
  public static func path() throws -> String {
    guard let found else { throw NotBuilt() }
    return found
  }

  /// The variables of the environment that a started tool has: those of the tests, less what would have it behave otherwise than on a
  /// machine where nobody has set anything, which are its own settings and the width of a terminal.
  ///
  /// Whoever runs the tests may have set either; the build's own variables begin with the same word, and CI sets one.
  ///
  /// - Parameter variables: those that a test sets.
  public static func environment(_ variables: [String: String] = [:]) -> [String: String] {
    ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" && !$0.key.hasPrefix("MARTLET_") }
      .merging(variables) { $1 }
  }

  public struct NotBuilt: Error, CustomStringConvertible {
    public let description = "the tool has not been built"
  }

  private static let found: String? = {
    let bundles = Bundle.allBundles.map(\.bundlePath) + [CommandLine.arguments[0], Bundle.main.bundlePath]
    let folder =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let places = bundles.map { ($0 as NSString).deletingLastPathComponent } + bundles + [folder + "/.build/debug"]
    return places.map { $0 + "/martlet" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()
}
