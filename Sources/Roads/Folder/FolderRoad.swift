import Events
import Foundation
import Intake

/// Watches a folder, and hands over files that are new or have changed once they are written to their end.
///
/// It looks at the folder again and again rather than ask the system for news: that works on every file system, also on those of other
/// machines, and nothing is missed while the process is away. The store knows what was read, so that there is no state besides.
public struct FolderRoad: IngestionRoad {
  public let settings: FolderSettings
  private let now: @Sendable () -> ContinuousClock.Instant
  private let sleep: @Sendable (Duration) async throws -> Void

  public var name: String { settings.name }

  /// - Parameters:
  ///   - now: tells how long a file has been as it is; the clock of the day does not matter.
  ///   - sleep: waits so long; throws when the task is cancelled.
  public init(
    _ settings: FolderSettings, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.settings = settings
    self.now = now
    self.sleep = sleep
  }

  public func run(into sink: any IngestionSink, reporting report: any RoadReporter) async throws {
    guard settings.path.hasPrefix("/") else {
      throw FolderRoadError(description: "\(settings.path) is no path from / on")
    }
    let watch = FolderWatch(settings, sink, report)
    while !Task.isCancelled {
      await watch.look(at: now())
      do { try await sleep(settings.interval) } catch { return }
    }
  }
}

/// A folder that cannot be watched, whatever is done.
public struct FolderRoadError: Error, Sendable, CustomStringConvertible {
  public let description: String
}
