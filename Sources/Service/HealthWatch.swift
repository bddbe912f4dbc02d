import Alerts
import Events
import Foundation
import Intake
import JSON
import Outputs
import Rules
import SegmentStore
import Settings

/// Raises alarms about the service itself: a data stream that fell silent, rules that fail, roads and channels in trouble, growing lag.
///
/// An alarm is a line of the log, a number in the metrics, and a document of the data stream `logs-martlet.health-default`, which is searched
/// and on which rules run as on any other.
public struct HealthWatch: Sendable {
  /// When alarms are raised.
  public struct Options: Sendable {
    /// How long any data stream may be silent, in milliseconds; nil for twice as long as it ever was, and an hour at least.
    public var silence: Int64?
    /// The same for data streams that patterns name; nil for those of which no alarm is raised.
    public var streams: [(pattern: String, silence: Int64?)] = []
    /// False where no alarm is raised of silence.
    public var tellsSilence = true
    /// How long a trouble lasts before it is an alarm, in milliseconds.
    public var patience: Int64 = 300_000

    public init() {}

    /// Reads the part `health` of settings. Throws `SettingsFault`.
    mutating func read(_ keys: SettingsReader) throws {
      guard let part = keys.object("health") else { return }
      try part.begin()
      switch try part.text("silence") {
      case nil, "auto"?: break
      case "off"?: tellsSilence = false
      default: silence = try Self.silence(part, "silence", "auto, off")
      }
      for (pattern, value) in try part.values("streams").sorted(by: { $0.key < $1.key }) {
        guard value.stringValue != "off" else {
          streams.append((pattern, nil))
          continue
        }
        let one = SettingsReader([pattern: value], at: "health.streams")
        streams.append((pattern, try Self.silence(one, pattern, "off")))
      }
      if let patience = try part.duration("patience") { self.patience = patience.components.seconds * 1000 }
      try part.finish()
    }

    /// A time, in milliseconds, where words may stand too.
    private static func silence(_ keys: SettingsReader, _ key: String, _ words: String) throws -> Int64? {
      do {
        return try keys.duration(key).map { $0.components.seconds * 1000 }
      } catch is SettingsFault {
        throw keys.wrong(key, "it is \(words), or a time such as 90s, 15m, 24h or 7d")
      }
    }
  }

  /// What is known of a data stream.
  struct Stream: Equatable, Sendable {
    var last: Int64
    /// The longest time between two arrivals that ended.
    var longest: Int64
  }

  /// The data stream of alarms.
  public static let dataStream = OwnStreams.health
  private static let floor: Int64 = 3_600_000

  private let sink: StoreSink
  private let clock: any ServiceClock
  private let log: ServiceLog
  private let metrics: Metrics
  private let health: ServiceHealth
  private let options: Options
  private let memory: AlarmMemory

  /// - Parameter memory: what is known of data streams and alarms, which outlives the watch.
  public init(
    _ sink: StoreSink, _ clock: any ServiceClock, log: ServiceLog, metrics: Metrics, health: ServiceHealth,
    options: Options, memory: AlarmMemory
  ) {
    self.sink = sink
    self.clock = clock
    self.log = log
    self.metrics = metrics
    self.health = health
    self.options = options
    self.memory = memory
  }

  /// Looks every ten seconds until the task is cancelled.
  public func run() async {
    var rounds = Rounds(memory, at: clock.now)
    var looks = 0
    while !Task.isCancelled {
      await round(&rounds)
      if looks % 6 == 0 { keep(rounds) }
      looks += 1
      try? await clock.sleep(for: .seconds(10))
    }
    keep(rounds)
  }

  /// Where a watch stands.
  struct Rounds {
    var streams: [String: Stream]
    /// Subjects of alarms that have been told and are not over.
    var raised: Set<String>
    /// What it hands on to the next.
    var passing: AlarmMemory.Passing
    let begun: Timestamp

    init(_ memory: AlarmMemory, at now: Timestamp) {
      let kept = memory.kept
      (streams, raised, passing, begun) = (kept.streams, kept.alarms, memory.passing, now)
      // Where settings are read again and again, each time goes on to be counted from where it began.
      for subject in raised where subject.hasPrefix(HealthWatch.trouble) && passing.carried[subject] == nil {
        passing.carried[subject] = now
      }
    }
  }

  /// Looks once, and tells what is otherwise than before.
  func round(_ rounds: inout Rounds) async {
    sink.trouble.lookForRoom()
    sink.tellOfMoreRefused()
    let alarms = look(&rounds.streams, raised: rounds.raised)
    // Parts that begin anew are well until they have tried; whether a trouble is over shows after a while. One that was there before may
    // be seen once more and end, and come again at once.
    for trouble in health.troubles where trouble.since >= rounds.begun {
      rounds.passing.carried[Self.trouble + trouble.part] = nil
    }
    let now = clock.now.milliseconds
    rounds.passing.carried = rounds.passing.carried.filter { now - $0.value.milliseconds <= options.patience }
    let before = rounds.raised
    await tell(alarms, &rounds)
    memory.passing = rounds.passing
    if rounds.raised != before { keep(rounds) }
  }

  private func keep(_ rounds: Rounds) {
    if let cause = memory.keep(streams: rounds.streams, alarms: rounds.raised) {
      log.fail("how long data streams were silent, and which alarms go on, could not be kept: \(cause)")
    }
  }

  private static let trouble = "trouble "

  /// What is to be an alarm now, by its subject.
  ///
  /// - Parameter raised: alarms that were told: a trouble that comes again while its alarm is not over is the same alarm at once.
  func look(_ streams: inout [String: Stream], raised: Set<String> = []) -> [String: String] {
    let now = clock.now.milliseconds
    var alarms: [String: String] = [:]
    // What the service tells of itself comes when there is something to tell.
    for (name, arrival) in sink.arrivals where !OwnStreams.isOwn(name) {
      let at = arrival.at.milliseconds
      var stream = streams[name] ?? Stream(last: at, longest: 0)
      if at > stream.last {
        stream.longest = max(stream.longest, at - stream.last)
        stream.last = at
      }
      streams[name] = stream
      if let newest = arrival.newest {
        metrics.set(
          "martlet_data_stream_delay_seconds", Double(at - newest.milliseconds) / 1000, ["data_stream": name])
      }
    }
    for (name, var stream) in streams {
      // A clock that was set back.
      if stream.last > now { stream.last = now }
      streams[name] = stream
      let silent = now - stream.last
      metrics.set("martlet_data_stream_silent_seconds", Double(silent) / 1000, ["data_stream": name])
      guard let bound = bound(name, stream), silent > bound else { continue }
      alarms["silence \(name)"] =
        "nothing of \(name) has come for \(DurationText.text(silent)), longer than \(DurationText.text(bound))"
    }
    for trouble in health.troubles {
      let subject = Self.trouble + trouble.part
      guard raised.contains(subject) || now - trouble.since.milliseconds > options.patience else { continue }
      alarms[subject] = "\(trouble.part): \(trouble.reason)"
    }
    return alarms
  }

  /// How long a data stream may be silent.
  private func bound(_ name: String, _ stream: Stream) -> Int64? {
    if let own = options.streams.last(where: { IndexPattern($0.pattern).matches(name) }) { return own.silence }
    guard options.tellsSilence else { return nil }
    return options.silence ?? max(Self.floor, 2 * stream.longest)
  }

  private func tell(_ alarms: [String: String], _ rounds: inout Rounds) async {
    let carried = rounds.raised.intersection(rounds.passing.carried.keys)
    metrics.set("martlet_alarms", Double(carried.union(alarms.keys).count))
    // One that could not be stored is tried again, also when it is over meanwhile: its end follows.
    for (subject, sentence) in rounds.passing.unstored.merging(alarms, uniquingKeysWith: { $1 }).sorted(by: { $0 < $1 })
    where !rounds.raised.contains(subject) {
      let isFirst = rounds.passing.unstored.updateValue(sentence, forKey: subject) == nil
      if isFirst { log.tell(.warning, "alarm: \(sentence)", ["alarm": subject]) }
      guard await keep(subject, sentence, "alarm-raised", tells: isFirst) else { continue }
      rounds.raised.insert(subject)
      rounds.passing.unstored[subject] = nil
    }
    for subject in rounds.passing.unended.intersection(alarms.keys).sorted() {
      rounds.passing.unended.remove(subject)
      log.tell(.warning, "alarm: \(alarms[subject] ?? subject)", ["alarm": subject])
    }
    for subject in rounds.raised.subtracting(alarms.keys).subtracting(carried).sorted() {
      let isFirst = rounds.passing.unended.insert(subject).inserted
      if isFirst { log.tell(.notice, "the alarm is over: \(subject)", ["alarm": subject]) }
      guard await keep(subject, "the alarm is over: \(subject)", "alarm-ended", tells: isFirst) else { continue }
      rounds.raised.remove(subject)
      rounds.passing.unended.remove(subject)
    }
  }

  /// Stores an event of an alarm; false where that could not be done, which is said in the log when `tells`.
  private func keep(_ subject: String, _ sentence: String, _ action: String, tells: Bool) async -> Bool {
    let time = clock.now
    let id = UUID().uuidString.lowercased()
    let document: JSONValue = [
      "@timestamp": .string(time.iso8601), "message": .string(sentence),
      "event": [
        "id": .string(id), "kind": .string(action == "alarm-raised" ? "alert" : "state"), "module": "martlet",
        "dataset": "martlet.health", "action": .string(action), "reason": .string(sentence),
      ],
      "data_stream": ["type": "logs", "dataset": "martlet.health", "namespace": "default"],
      "martlet": ["health": ["alarm": .string(subject)]], "ecs": ["version": "8.11.0"],
    ]
    do {
      _ = try await sink.take(
        .bytes(Array(document.text.utf8)), from: IngestionSource(road: .service, name: "martlet health"))
      return true
    } catch {
      if tells { log.fail("an alarm could not be stored, which is tried again: \(error)") }
      return false
    }
  }
}
