import Events
import TestSupport
import Testing

@testable import Service

@Suite("Alarms of a service") struct HealthWatchTests {
  @Test("A data stream that is silent for longer than it ever was, or than is set, is an alarm until something comes")
  func silence() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    func watch(_ options: HealthWatch.Options) -> HealthWatch {
      HealthWatch(
        folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health, options: options,
        memory: AlarmMemory(data: scratch.path + "/events"))
    }
    let plain = watch(HealthWatch.Options())
    var streams: [String: HealthWatch.Stream] = [:]
    // It was silent for forty minutes once.
    _ = try await folder.changeTrust(1, at: clock.now)
    #expect(plain.look(&streams).isEmpty)
    clock.move(by: 2400)
    _ = try await folder.changeTrust(2, at: clock.now)
    #expect(plain.look(&streams).isEmpty)
    clock.move(by: 4700)
    #expect(plain.look(&streams).isEmpty)
    var set = HealthWatch.Options()
    set.streams = [("logs-aws.*", 3_600_000)]
    #expect(watch(set).look(&streams).keys.sorted() == ["silence logs-aws.cloudtrail-default"])
    var never = HealthWatch.Options()
    never.streams = [("logs-aws.*", nil)]
    clock.move(by: 200)
    #expect(watch(never).look(&streams).isEmpty)
    #expect(plain.look(&streams).keys.sorted() == ["silence logs-aws.cloudtrail-default"])
    _ = try await folder.changeTrust(3, at: clock.now)
    #expect(plain.look(&streams).isEmpty)
    await folder.end()
  }

  @Test("A trouble is an alarm once it has lasted, and is none when it is over")
  func trouble() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    let watch = HealthWatch(
      folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health,
      options: HealthWatch.Options(), memory: AlarmMemory(data: scratch.path + "/events"))
    var streams: [String: HealthWatch.Stream] = [:]
    folder.health.set("road x", "it is gone")
    #expect(watch.look(&streams).isEmpty)
    clock.move(by: 301)
    #expect(watch.look(&streams) == ["trouble road x": "road x: it is gone"])
    folder.health.set("road x", nil)
    #expect(watch.look(&streams).isEmpty)
    await folder.end()
  }

  @Test("An alarm is an alert within two minutes, whenever in a minute it begins", arguments: [1.0, 29, 31, 59])
  func alert(second: Double) async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    // The rule that ships.
    let rule = "a6d22333-770b-4d25-9aeb-2604eda2b26f"
    let folder = try ServedFolder(scratch.path + "/events", clock, also: [rule])
    let memory = AlarmMemory(data: scratch.path + "/events")
    let watch = HealthWatch(
      folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health,
      options: HealthWatch.Options(), memory: memory)
    try await folder.runDue()
    folder.health.set("road x", "it is gone")
    clock.move(by: 360 + second)
    try await folder.runDue()
    var rounds = HealthWatch.Rounds(memory, at: clock.now)
    await watch.round(&rounds)
    for _ in 0..<12 where try folder.alertIDs().isEmpty {
      clock.move(by: 10)
      try await folder.runDue()
    }
    #expect(try folder.alertIDs().count == 1)
    await folder.end()
  }

  @Test(
    "A trouble that was told before settings were read again, or before a restart, is the same alarm, and over once")
  func carried() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(data, clock)
    func watch(_ memory: AlarmMemory) -> (HealthWatch, HealthWatch.Rounds) {
      (
        HealthWatch(
          folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health,
          options: HealthWatch.Options(), memory: memory), HealthWatch.Rounds(memory, at: clock.now)
      )
    }
    func told(_ words: String) -> Int { folder.lines.all.withLock { $0.filter { $0.contains(words) }.count } }
    folder.health.set("road x", "it is gone")
    clock.move(by: 301)
    let memory = AlarmMemory(data: data)
    var (first, rounds) = watch(memory)
    await first.round(&rounds)
    #expect(told("alarm: road x") == 1)
    // A road that begins anew is well until it has tried; the second memory is that of another process.
    for memory in [memory, AlarmMemory(data: data)] {
      folder.health.set("road x", nil)
      var (watch, rounds) = watch(memory)
      await watch.round(&rounds)
      #expect(folder.metrics.value("martlet_alarms") == 1)
      clock.move(by: 20)
      folder.health.set("road x", "it is gone still")
      await watch.round(&rounds)
      #expect(told("alarm: road x") == 1 && told("the alarm is over") == 0)
    }
    folder.health.set("road x", nil)
    (first, rounds) = watch(AlarmMemory(data: data))
    await first.round(&rounds)
    #expect(told("the alarm is over") == 0)
    clock.move(by: 301)
    await first.round(&rounds)
    await first.round(&rounds)
    #expect(told("the alarm is over") == 1 && folder.metrics.value("martlet_alarms") == 0)
    (first, rounds) = watch(AlarmMemory(data: data))
    await first.round(&rounds)
    #expect(told("the alarm is over") == 1)
    await folder.end()
  }

  @Test("An alarm that could not be stored is in the log once, and stored when that works again, though it is over")
  func unstored() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let memory = AlarmMemory(data: scratch.path + "/events")
    func told(_ folder: ServedFolder, _ words: String) -> Int {
      folder.lines.all.withLock { $0.filter { $0.contains(words) }.count }
    }
    func watch(_ folder: ServedFolder) -> HealthWatch {
      HealthWatch(
        folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health,
        options: HealthWatch.Options(), memory: memory)
    }
    let full = try ServedFolder(scratch.path + "/events", clock)
    full.health.set("road x", "it is gone")
    clock.move(by: 301)
    // Its sink takes nothing any more.
    await full.end()
    var rounds = HealthWatch.Rounds(memory, at: clock.now)
    for _ in 0..<3 { await watch(full).round(&rounds) }
    #expect(told(full, "alarm: road x") == 1 && told(full, "could not be stored") == 1)
    #expect(rounds.raised.isEmpty && memory.kept.alarms.isEmpty)
    #expect(full.metrics.value("martlet_alarms") == 1)
    let other = try ServedFolder(scratch.path + "/other", clock)
    rounds = HealthWatch.Rounds(memory, at: clock.now)
    for _ in 0..<2 { await watch(other).round(&rounds) }
    #expect(told(other, "alarm: road x") == 0 && told(other, "the alarm is over") == 1)
    #expect(other.metrics.value("martlet_events_stored_total", ["road": "service"]) == 2)
    await other.end()
  }

  @Test("A trouble ends with patience counted from the first of many reloads; a flap of one is no news")
  func reloads() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(data, clock)
    let memory = AlarmMemory(data: data)
    let watch = HealthWatch(
      folder.sink, clock, log: folder.log, metrics: folder.metrics, health: folder.health,
      options: HealthWatch.Options(), memory: memory)
    func told(_ words: String) -> Int { folder.lines.all.withLock { $0.filter { $0.contains(words) }.count } }
    folder.health.set("road x", "it is gone")
    clock.move(by: 301)
    var rounds = HealthWatch.Rounds(memory, at: clock.now)
    await watch.round(&rounds)
    // The first look after a reload still sees what was there before it.
    clock.move(by: 10)
    rounds = HealthWatch.Rounds(memory, at: clock.now)
    await watch.round(&rounds)
    folder.health.set("road x", nil)
    clock.move(by: 10)
    await watch.round(&rounds)
    #expect(told("the alarm is over") == 0)
    for _ in 0..<4 {
      clock.move(by: 100)
      rounds = HealthWatch.Rounds(memory, at: clock.now)
      await watch.round(&rounds)
    }
    #expect(told("alarm: road x") == 1 && told("the alarm is over") == 1)
    await folder.end()
  }

  @Test("How often rules have failed is known beyond a restart, and forgotten of those that run well or not at all")
  func failing() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let data = scratch.path + "/events"
    let folder = try ServedFolder(data, clock)
    let id = "4c0138eb-7408-4072-9301-adec056ede49"
    let memory = AlarmMemory(data: data)
    memory.failures = [id: 3, "gone": 4]
    #expect(memory.keep(streams: [:], alarms: []) == nil)
    folder.progress.failures = AlarmMemory(data: data).failures
    #expect(folder.progress.failures == [id: 3, "gone": 4])
    _ = try await folder.scheduler.round(&folder.progress)
    let trouble = folder.health.troubles.first { $0.part == "failing rules" }
    #expect(trouble?.reason == "1 rule has failed three times or more: \(id)")
    let interval = try #require(ServedFolder.rules[id]).schedule.interval.milliseconds
    clock.move(by: Double(3 * interval / 1000))
    try await folder.runDue()
    #expect(folder.progress.failures.isEmpty && folder.health.troubles.allSatisfy { $0.part != "failing rules" })
    await folder.end()
  }

  @Test("A service raises an alarm that goes on once, however often its settings are read again or it begins anew")
  func once() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let file = try scratch.write("health: {streams: {\"logs-aws.*\": 1m}}", "martlet.yaml")
    let settings = try ServiceSettings(file: file, data: data, variables: [:])
    let clock = SimulatedClock("2026-02-01T00:00:00Z")
    let lines = ServedFolder.Lines()
    func told(_ words: String) -> Int { lines.all.withLock { $0.filter { $0.contains(words) }.count } }
    let came = clock.now.milliseconds
    /// Waits until the watch has looked again.
    func look(_ service: MartletService) async throws {
      clock.move(by: 30)
      let silent = Double(clock.now.milliseconds - came) / 1000
      #expect(
        try await eventually {
          service.metrics.value(
            "martlet_data_stream_silent_seconds", ["data_stream": "logs-aws.cloudtrail-default"]) ?? 0 >= silent
        })
    }
    func serve(_ body: (MartletService) async throws -> Void) async throws {
      var opened: MartletService?
      // An earlier one may not have let go of the folder yet.
      #expect(
        try await eventually {
          opened = try? MartletService(
            data: data, settings, variables: [:], clock: clock,
            log: ServiceLog(clock) { line in lines.all.withLock { $0.append(line) } })
          return opened != nil
        })
      let service = try #require(opened)
      let running = Task { await service.run() }
      try await body(service)
      service.stop()
      await running.value
    }
    try await serve { service in
      _ = try await ServedFolder.changeTrust(1, at: clock.now, into: service.sink)
      clock.move(by: 120)
      #expect(try await eventually { told("alarm: nothing of logs-aws.cloudtrail-default") == 1 })
      for _ in 0..<10 {
        service.reload(settings)
        try await look(service)
      }
    }
    try await serve { service in
      for _ in 0..<3 { try await look(service) }
      #expect(told("alarm: nothing of logs-aws.cloudtrail-default") == 1)
      #expect(told("the alarm is over") == 0)
      _ = try await ServedFolder.changeTrust(2, at: clock.now, into: service.sink)
      #expect(try await eventually { told("the alarm is over") == 1 })
    }
  }
}
