import Foundation

/// Headless Chromium, where there is one.
public enum Browser {
  /// The program; nil, with a notice, when none is installed.
  public static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for name in ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: folder + "/" + name) {
        return folder + "/" + name
      }
    }
    print("notice: no Chromium is installed; the tests that look at a report in it are skipped")
    return nil
  }()

  /// The document as it stands once the page has loaded and its script has run.
  public static func document(of file: String) throws -> String {
    let scratch = try Scratch()
    let output = try scratch.write([UInt8](), "dom.html")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "chromium")
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--user-data-dir=" + scratch.path + "/profile", "--virtual-time-budget=5000",
      "--dump-dom", "file://" + file,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    try process.run()
    process.waitUntilExit()
    return try String(contentsOfFile: output, encoding: .utf8)
  }
}
