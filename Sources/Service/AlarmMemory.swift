import Events
import Foundation
import JSON
import Parallel
import Synchronization

/// What is known of data streams and of alarms, beyond the watch that found it: over settings that are read again, and, in `health.json`
/// of the folder, over the end of the process.
public final class AlarmMemory: Sendable {
  struct Kept: Equatable, Sendable {
    var streams: [String: HealthWatch.Stream] = [:]
    /// Subjects of alarms that have been told and are not over.
    var alarms: Set<String> = []
    /// How often in a row rules have failed.
    var failures: [String: Int] = [:]
  }

  /// What only watches of one process hand on to each other.
  struct Passing: Sendable {
    /// Subjects of alarms that an earlier watch has told, and since when it is waited for their troubles to show again.
    var carried: [String: Timestamp] = [:]
    /// Sentences of alarms that are in the log and could not be stored yet, by subject.
    var unstored: [String: String] = [:]
    /// Subjects of alarms whose end is in the log and could not be stored yet.
    var unended: Set<String> = []
  }

  private let file: String
  private let state: Mutex<(kept: Kept, written: Kept, passing: Passing)>

  /// - Parameter data: the folder of events.
  public init(data: String) {
    file = data + "/health.json"
    let kept = Self.read(file)
    state = Mutex((kept, kept, Passing()))
  }

  var kept: Kept { state.withLock { $0.kept } }
  var passing: Passing {
    get { state.withLock { $0.passing } }
    set { state.withLock { $0.passing = newValue } }
  }
  /// How often in a row rules have failed; written with the rest when a watch keeps that.
  var failures: [String: Int] {
    get { state.withLock { $0.kept.failures } }
    set { state.withLock { $0.kept.failures = newValue } }
  }

  /// Remembers, and writes what is otherwise than in the file. Gives why that could not be written; the next time it is tried again.
  func keep(streams: [String: HealthWatch.Stream], alarms: Set<String>) -> String? {
    let (kept, isWritten) = state.withLock { state in
      (state.kept.streams, state.kept.alarms) = (streams, alarms)
      return (state.kept, state.written == state.kept)
    }
    guard !isWritten else { return nil }
    if let cause = write(kept) { return cause }
    state.withLock { $0.written = kept }
    return nil
  }

  private static func read(_ file: String) -> Kept {
    guard let data = FileManager.default.contents(atPath: file), data.count < 16 << 20,
      let value = try? JSONValue(parsing: Array(data)[...])
    else { return Kept() }
    return Kept(
      streams: (value["streams"]?.objectValue ?? [:]).compactMapValues { stream in
        guard let last = stream["last"]?.integerValue, let longest = stream["longest"]?.integerValue else { return nil }
        return HealthWatch.Stream(last: last, longest: max(0, longest))
      }, alarms: Set((value["alarms"]?.arrayValue ?? []).compactMap(\.stringValue)),
      failures: (value["failures"]?.objectValue ?? [:]).compactMapValues { count in
        count.integerValue.flatMap { 1...1_000_000 ~= $0 ? Int($0) : nil }
      })
  }

  private func write(_ kept: Kept) -> String? {
    let value: JSONValue = [
      "streams": .object(kept.streams.mapValues { ["last": .integer($0.last), "longest": .integer($0.longest)] }),
      "alarms": .array(kept.alarms.sorted().map { .string($0) }),
      "failures": .object(kept.failures.mapValues { .integer(Int64($0)) }),
    ]
    let draft = file + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return SystemError.words() }
    defer { close(descriptor) }
    var rest = Array(value.text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        let cause = SystemError.words()
        unlink(draft)
        return cause
      }
      rest = rest.dropFirst(count)
    }
    return rename(draft, file) == 0 ? nil : SystemError.words()
  }
}
