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

  /// How many pages the document is printed on.
  public static func pages(of file: String) throws -> Int {
    let pdf = try until({ !$0.isEmpty }) { scratch in
      let output = try scratch.write([UInt8](), "out.pdf")
      try run(
        ["--virtual-time-budget=5000", "--no-pdf-header-footer", "--print-to-pdf=" + output, "file://" + file], scratch)
      return try Data(contentsOf: URL(fileURLWithPath: output))
    }
    // The root of the tree of pages counts them all; Chromium writes it as plain text.
    let counts = String(decoding: pdf, as: UTF8.self).matches(of: /\/Type \/Pages\s[^>]*?\/Count ([0-9]+)/)
    return counts.compactMap { Int($0.1) }.max() ?? 0
  }

  /// The document as it stands once the page has loaded and its script has run.
  public static func document(of file: String) throws -> String {
    try until({ $0.contains("</html>") }) { scratch in
      let output = try scratch.write([UInt8](), "dom.html")
      try run(
        ["--virtual-time-budget=5000", "--dump-dom", "file://" + file], scratch,
        output: FileHandle(forWritingAtPath: output))
      return try String(contentsOfFile: output, encoding: .utf8)
    }
  }

  /// What comes of some work, which is tried again while it is not whole: a browser whose parts wait too long for each other on a busy machine
  /// ends without a word.
  private static func until<Value>(_ isWhole: (Value) -> Bool, _ work: (Scratch) throws -> Value) throws -> Value {
    var value = try work(Scratch())
    for _ in 0..<10 where !isWhole(value) { value = try work(Scratch()) }
    return value
  }

  private static func run(_ arguments: [String], _ scratch: Scratch, output: FileHandle? = nil) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "chromium")
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--user-data-dir=" + scratch.path + "/profile",
      ] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardOutput = output ?? FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
  }
}
