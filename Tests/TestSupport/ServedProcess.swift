import Foundation

/// `martlet serve` in a process of its own, until this is let go of.
public final class ServedProcess: Sendable {
  public let port: Int
  private let process = Process()
  private let scratch: Scratch
  private let logFile: String
  /// Where its settings are; nil where it has none.
  public let settingsFile: String?

  /// Starts it, and returns when it listens. Throws `Failure` with its log where it ends instead.
  ///
  /// - Parameters:
  ///   - data: the folder of events.
  ///   - settings: the text of its settings, in YAML.
  public init(
    data: String, listen: String = "127.0.0.1:0", settings: String? = nil, variables: [String: String] = [:],
    arguments: [String] = []
  ) async throws {
    let scratch = try Scratch()
    self.scratch = scratch
    logFile = try scratch.write("", "log")
    settingsFile = try settings.map { try scratch.write($0, "martlet.yaml") }
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    // It ends in order however busy the machine is.
    process.arguments = ["serve", "--data", data, "--listen", listen, "--ending-time", "7200"] + arguments
    if let settingsFile { process.arguments? += ["--config", settingsFile] }
    process.environment = Tool.environment(variables)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: logFile)
    try process.run()
    while true {
      let text = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
      if let place = text.range(of: "listening at "), text[place.upperBound...].contains("\n") {
        let line = text[place.upperBound...].prefix { $0 != "\n" }
        port = Int(line.prefix { $0 != " " }.split(separator: ":").last ?? "") ?? 0
        return
      }
      // Its last words may have come since.
      guard process.isRunning else {
        throw Failure(log: (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  deinit { if process.isRunning { process.terminate() } }

  public struct Failure: Error, CustomStringConvertible {
    public let log: String
    public var description: String { log }
  }

  /// What it has written so far.
  public var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

  public var id: Int32 { process.processIdentifier }

  /// Sends a signal, such as `SIGHUP`.
  public func signal(_ number: Int32) { Foundation.kill(id, number) }

  /// Waits until the log has some words; false where the process ends before that.
  public func says(_ words: String) async throws -> Bool {
    while !log.contains(words) {
      guard process.isRunning else { return log.contains(words) }
      try await Task.sleep(for: .milliseconds(50))
    }
    return true
  }

  public var url: String { "http://127.0.0.1:\(port)" }

  /// Ends it as systemd does, and returns its status.
  @discardableResult
  public func stop() async throws -> Int32 {
    process.terminate()
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    return process.terminationStatus
  }

  /// Ends it without warning.
  public func kill() async throws {
    Foundation.kill(process.processIdentifier, SIGKILL)
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
  }

  /// Runs another command of the tool to its end: its status, and what it wrote to standard output.
  public static func run(_ arguments: [String]) -> (status: Int32, output: String) {
    (try? Tool.path()).map { PythonServer.run([$0] + arguments) } ?? (-1, "")
  }
}
