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
        folder.sink, scratch.path + "/events", clock, log: folder.log, metrics: folder.metrics, health: folder.health,
        options: options)
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
      folder.sink, scratch.path + "/events", clock, log: folder.log, metrics: folder.metrics, health: folder.health,
      options: HealthWatch.Options())
    var streams: [String: HealthWatch.Stream] = [:]
    folder.health.set("road x", "it is gone")
    #expect(watch.look(&streams).isEmpty)
    clock.move(by: 301)
    #expect(watch.look(&streams) == ["trouble road x": "road x: it is gone"])
    folder.health.set("road x", nil)
    #expect(watch.look(&streams).isEmpty)
    await folder.end()
  }
}
