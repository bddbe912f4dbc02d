import Foundation

/// Packages of PyPI that tests use, each set in a folder of its own under `.build`, so that versions stand beside each other.
public struct PythonPackages: Sendable {
  /// What `PYTHONPATH` is to be.
  public let path: String

  /// Elastic's client of version 9, and OpenSearch's.
  public static let clients9 = PythonPackages("clients9", ["elasticsearch==9.5.1", "opensearch-py==3.2.0"])
  /// Elastic's client of version 8.
  public static let clients8 = PythonPackages("clients8", ["elasticsearch==8.19.3"])

  /// Installs them where they are not; nil where they cannot be had, as without a network.
  private init?(_ name: String, _ packages: [String]) {
    let folder =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/.build/python"
    path = folder + "/" + name
    let done = path + "/.done"
    let wanted = packages.joined(separator: "\n")
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Tests of several processes may want them at once.
    let lock = open(folder + "/" + name + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else { return nil }
    defer { close(lock) }
    if (try? String(contentsOfFile: done, encoding: .utf8)) == wanted { return }
    try? FileManager.default.removeItem(atPath: path)
    let install = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", path]
    guard PythonServer.run(install + packages).status == 0,
      (try? wanted.write(toFile: done, atomically: true, encoding: .utf8)) != nil
    else { return nil }
  }

  /// Runs a script of `Tests/TestSupport/Python` to its end: its status and what it printed.
  public func run(_ script: String, _ arguments: [String] = []) -> (status: Int32, output: String) {
    PythonServer.run(["env", "PYTHONPATH=\(path)", "python3", PythonServer.script(script)] + arguments)
  }
}
