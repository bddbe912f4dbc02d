import AWS
import Events
import Foundation
import Intake
import JSON
import TestSupport
import Testing
import Transfers

@testable import Roads

@Suite("Events come from S3 by way of SQS", .enabled(if: hasMoto, "Python has no moto[server] and boto3"), .serialized)
struct QueueRoadTests {
  @Test("What a bucket tells a queue of is stored, every message is deleted then, and strangers are left")
  func notified() async throws {
    let cloud = try await Cloud(["--notify"])
    var expected: Set<String> = []
    for number in 0..<25 {
      let lines = (0..<4).map { "event \(number).\($0)" }
      expected.formUnion(lines)
      try await cloud.put("AWSLogs/1/CloudTrail/a b+=ä/\(number).json", lines)
    }
    try await cloud.put("AWSLogs/1/CloudTrail-Digest/x.json", ["digest"])
    try await cloud.put("elsewhere", ["wrapped"])
    let gone =
      #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"trail"},"object":{"key":"never+there","size":1}}}]}"#
    try await cloud.queue.send(gone)
    try await cloud.queue.send(#"{"s3Bucket":"trail","s3ObjectKey":["elsewhere","elsewhere"]}"#)
    try await cloud.queue.send("what is this?")
    let sink = LineSink()
    let notes = Notes()
    var settings = cloud.queueSettings
    // Nothing comes a second time, however long a busy machine takes.
    settings.visibility = 36_000
    let road = QueueRoad(settings, cloud.access.surroundings)
    #expect(
      try await run(road, sink, notes) {
        let (waiting, held) = try await cloud.messages()
        return notes["messages_strange_total"] > 0 && waiting == 0 && held == 1
      })
    expected.insert("wrapped")
    #expect(sink.lines == expected)
    #expect(notes["objects_gone_total"] == 1)
    #expect(notes["objects_skipped_total"] == 1)
    #expect(notes["messages_strange_total"] >= 1)
    #expect(notes.trouble == nil)
    #expect(notes["late_ends"] == 0)
    // Whose message it is, is not ours to decide.
    let (waiting, held) = try await cloud.messages()
    #expect(waiting + held == 1)
  }

  @Test("A message is deleted after the commit and not before, and kept from others as long as work on it goes on")
  func afterCommit() async throws {
    let cloud = try await Cloud(["--notify"])
    for number in 0..<3 { try await cloud.put("k\(number)", ["event \(number)"]) }
    let sink = LineSink()
    sink.state.withLock { $0.isHolding = true }
    let notes = Notes()
    var settings = cloud.queueSettings
    settings.visibility = 10_000
    let road = QueueRoad(settings, cloud.access.surroundings)
    let task = Task { try await road.run(into: sink, reporting: notes) }
    // The work takes longer than that: the queue's clock goes on, and each message is prolonged each time. What is prolonged twice since
    // was prolonged by the new time at least once.
    for round in 0..<4 {
      try await cloud.control(#"{"later": \#(round * 6000), "prolonged": {}}"#)
      #expect(
        try await eventually {
          let prolonged = try await cloud.control()["prolonged"]?.objectValue ?? [:]
          return prolonged.values.count { $0.integerValue ?? 0 >= 2 } >= 3
        })
    }
    // The test message of S3 is gone, the others are held.
    #expect(sink.lines.isEmpty)
    #expect(try await eventually { try await cloud.messages() == (waiting: 0, held: 3) })
    #expect(try await cloud.queue.receive(wait: 0, visibility: 1).isEmpty)
    #expect(notes["messages_prolonged_total"] >= 3)
    sink.state.withLock { $0.isHolding = false }
    #expect(try await eventually { sink.lines.count == 3 })
    #expect(try await eventually { try await cloud.messages() == (waiting: 0, held: 0) })
    task.cancel()
    try await task.value
    #expect(sink.state.withLock { $0.duplicates } == 0)
  }

  @Test("Whatever the service does wrong, every event is stored and the queue is empty in the end", arguments: [1, 2])
  func faults(seed: Int) async throws {
    let cloud = try await Cloud(["--notify", "--seed", String(seed), "--hang", "0.5"])
    for number in 0..<30 { try await cloud.put("k\(number)", ["event \(number)"]) }
    try await cloud.misbehave(0.3)
    let sink = LineSink(delay: .milliseconds(20))
    sink.state.withLock {
      $0.refusals = [IngestionRefusal(.busy, "busy"), IngestionRefusal(.failed, "the disk is full")]
    }
    let notes = Notes()
    var settings = cloud.queueSettings
    settings.visibility = 3
    let road = QueueRoad(settings, cloud.access.surroundings)
    let isDone = try await run(road, sink, notes) {
      guard sink.lines.count == 30 else { return false }
      // What is asked here goes the same troubled way.
      guard let (waiting, held) = try? await cloud.messages() else { return false }
      return waiting == 0 && held == 0
    }
    #expect(isDone)
    #expect(sink.lines == Set((0..<30).map { "event \($0)" }))
    #expect(!notes.lines.contains { $0.contains("invented") })
  }

  @Test("A road that is ended again and again loses nothing, and comes back in time each time")
  func ended() async throws {
    let cloud = try await Cloud(["--notify"])
    for number in 0..<40 { try await cloud.put("k\(number)", ["event \(number)"]) }
    let sink = LineSink(delay: .milliseconds(100))
    let notes = Notes()
    var settings = cloud.queueSettings
    settings.mostInHand = 4
    for _ in 0..<8 {
      let road = QueueRoad(settings, cloud.access.surroundings)
      // In the middle of something.
      let before = sink.state.withLock { $0.begun }
      #expect(
        try await run(road, sink, notes) { sink.lines.count == 40 || sink.state.withLock { $0.begun } > before })
    }
    #expect(notes["late_ends"] == 0)
    #expect(try await eventually { sink.lines.count > 0 })
    let road = QueueRoad(settings, cloud.access.surroundings)
    #expect(
      try await run(road, sink, notes) {
        try await cloud.messages() == (waiting: 0, held: 0)
      })
    #expect(sink.lines == Set((0..<40).map { "event \($0)" }))
  }

  @Test("What keeps failing is counted as poison once, however often it comes, and stays in the queue")
  func poison() async throws {
    let cloud = try await Cloud()
    let message = #"{"s3Bucket":"nobodys-bucket","s3ObjectKey":["k"]}"#
    try await cloud.queue.send(message)
    let notes = Notes()
    var settings = cloud.queueSettings
    settings.visibility = 1
    settings.poisonAfter = 2
    let road = QueueRoad(settings, cloud.access.surroundings)
    #expect(try await run(road, LineSink(), notes) { notes["messages_failed_total"] >= 3 })
    // Settings that are read again make a new road, to which it is no news.
    let failed = notes["messages_failed_total"]
    #expect(
      try await run(QueueRoad(settings, cloud.access.surroundings), LineSink(), notes) {
        notes["messages_failed_total"] >= failed + 2
      })
    #expect(notes["messages_poison_total"] == 1)
    #expect(notes.lines.contains { $0.hasPrefix("error") && $0.contains("dead-letter") && $0.contains("NoSuchBucket") })
    // That it comes again is said of it only while it is none.
    #expect(notes.lines.filter { $0.contains("; it comes again") }.count <= 1)
    #expect(notes.lines.filter { $0.hasPrefix("error") && $0.contains("dead-letter") }.count == 1)
    let (waiting, held) = try await cloud.messages()
    #expect(waiting + held == 1)
  }

  @Test("A queue that is not there is said to be the trouble, and no trouble once it is")
  func missing() async throws {
    let cloud = try await Cloud()
    var settings = cloud.queueSettings
    settings.queueURL = "\(cloud.server.url)/123456789012/none"
    let notes = Notes()
    let road = QueueRoad(settings, cloud.access.surroundings)
    #expect(try await run(road, LineSink(), notes) { notes.trouble?.contains("no messages can be received") == true })
    settings.queueURL = "file:///etc/passwd"
    await #expect(throws: AWSSettingsError.self) {
      try await QueueRoad(settings, cloud.access.surroundings).run(into: LineSink(), reporting: notes)
    }
  }
}
