import Foundation
import Inputs

/// A line on standard error that says how far the reading is; silent when standard error is no terminal.
public struct ProgressLine: Sendable {
  private let progress: ReadingProgress
  private let paths: [String]

  public init(_ progress: ReadingProgress, paths: [String]) {
    self.progress = progress
    self.paths = paths
  }

  /// Runs `body` and shows the line while it runs.
  public func show<Result: Sendable>(while body: @Sendable () async throws -> Result) async throws -> Result {
    guard Terminal.isTerminal(STDERR_FILENO) else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        await draw()
        return nil
      }
      defer {
        group.cancelAll()
        StandardError.write("\r\u{1B}[K")
      }
      // The line's own task waits on the same pool, so the work runs here.
      return try await body()
    }
  }

  private func draw() async {
    let started = ContinuousClock.now
    let total = await Task.detached(priority: .utility) { [paths] in InputSize.bytes(of: paths) }.value
    while !Task.isCancelled {
      let elapsed = max(0.001, (ContinuousClock.now - started).seconds)
      let bytes = progress.bytes
      var line = "\(progress.files) files, \(progress.records) events"
      line += ", \(Int(Double(progress.records) / elapsed)) events/s"
      line += ", \(Int(Double(progress.textBytes) / elapsed / 1e6)) MB/s"
      if let total, total > 0, bytes > 0 {
        let left = elapsed * Double(max(0, total - bytes)) / Double(bytes)
        line += ", \(min(100, bytes * 100 / total)) %, \(Int(left.rounded(.up))) s left"
      }
      StandardError.write("\r\u{1B}[K\(line)")
      try? await Task.sleep(for: .milliseconds(200))
    }
  }
}

extension Duration {
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
