import AWS
import Alerts
import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import Intake
import JSON
import Notifications
import Outside
import SegmentStore
import Synchronization
import TestSupport
import Testing
import Transfers

/// A folder of events, written to as roads want it.
private final class FolderSink: IngestionSink {
  /// One at a time, as in a process that writes.
  private let store: Mutex<SegmentStore>
  private let seed: UInt64

  init(_ path: String) throws {
    let store = try SegmentStore(path, .writing(as: "test"))
    seed = try store.identitySeed()
    self.store = Mutex(store)
  }

  func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt {
    guard case .bytes(let bytes) = content else { throw IngestionRefusal(.failed, "it is too long for this test") }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    return try store.withLock { store in
      if let object = source.object, try store.knows(object) { return IngestionReceipt(isRepeated: true) }
      let context = EventContext(readAt: now)
      let (summary, outcome) = try InputReader.read(
        bytes, named: source.name, isNamed: false,
        registry: EventRegistry(dataStream: context.dataStream, scopeSeed: seed, remembers: false),
        IngestCollector(store, context: context, catalog: .standard, now: now, clock: nil))
      _ = try store.append(nil, objects: source.object.map { [$0] } ?? [], at: now)
      return IngestionReceipt(
        stored: outcome.stored, duplicates: outcome.duplicates, rejected: summary.problems.isEmpty ? 0 : 1)
    }
  }

  func knows(_ object: SourceObject) async throws -> Bool { try store.withLock { try $0.knows(object) } }
}

private final class Silence: RoadReporter {
  let counters = Mutex<[String: Int]>([:])
  func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {}
  func add(_ count: Int, to counter: String) { counters.withLock { $0[counter, default: 0] += count } }
  func setTrouble(_ reason: String?) {}
}

/// The command line tool, which is built beside the tests.
private struct Tool {
  let status: Int32
  let output: String

  init(_ arguments: [String]) throws {
    let folder =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let places =
      Bundle.allBundles.map { ($0.bundlePath as NSString).deletingLastPathComponent } + [folder + "/.build/debug"]
    let path = try #require(places.map { $0 + "/martlet" }.first { FileManager.default.isExecutableFile(atPath: $0) })
    (status, output) = PythonServer.run([path] + arguments)
  }

  var documents: [JSONValue] {
    get throws { try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) } }
  }
}

@Suite(
  "From a queue to a webhook",
  .enabled(if: PythonServer.has("moto.server", "boto3"), "Python has no moto[server] and boto3"))
struct RoadsToAlertsTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-03"]

  private func ids(_ documents: [JSONValue]) -> Set<String> {
    Set(documents.compactMap { $0["kibana.alert.uuid"]?.stringValue })
  }

  @Test(
    "Events of a troubled queue, read by roads that are ended at will, give the alerts of a hunt over the files, each told once",
    .timeLimit(.minutes(hang)))
  func all() async throws {
    let scratch = try Scratch()
    let files = scratch.path + "/made"
    try #require(
      try Tool([
        "generate", "--events", "2500", "--days", "2", "--seed", "9", "--attack", "trust-policy", "--out", files,
      ]).status == 0)
    let names = try FileManager.default.subpathsOfDirectory(atPath: files).filter { $0.hasSuffix(".gz") }
    try #require(names.count > 5)
    let cloud = try PythonServer(
      "aws_server.py", ["--bucket", "trail", "--queue", "events", "--notify", "--hang", "0.3", "--seed", "5"])
    let hook = try PythonServer("hook.py")
    let data = scratch.path + "/events"
    let queueURL = "\(cloud.url)/123456789012/events"
    let settings: JSONValue = [
      "outgoing": ["proxy": "none"],
      "roads": [
        [
          "type": "sqs", "queue_url": .string(queueURL), "endpoint": .string(cloud.url), "region": "eu-west-1",
          "visibility": "10s", "wait": 1,
        ]
      ],
      "notifications": [
        "link": "https://martlet.example/{id}",
        "channels": [["name": "hook", "type": "webhook", "url": .string(hook.url)]],
      ],
    ]
    let variables = [
      "AWS_ACCESS_KEY_ID": "AKIAINVENTED", "AWS_SECRET_ACCESS_KEY": "invented", "HOME": "/nonexistent",
    ]
    let now: @Sendable () -> Timestamp = { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    let sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: min($0, .milliseconds(300))) }
    var outside = try OutsideConnections(settings, data: data, variables: variables)
    outside.transfers.leastTimeout = .seconds(3600)

    // The files come into the bucket while the roads run.
    var aws = AWSSettings()
    aws.region = "eu-west-1"
    aws.endpoint = cloud.url
    var direct = TransferSettings()
    direct.proxy = .none
    direct.leastTimeout = .seconds(3600)
    let client = HTTPClient(direct)
    let access = AWSAccess(aws, AWSSurroundings(client: client, variables: variables, now: now, sleep: sleep))
    let s3 = try await access.s3()
    for name in names {
      try await s3.put("trail", name, Array(Data(contentsOf: URL(fileURLWithPath: files + "/" + name))))
    }
    let plan = HTTPRequest("POST", cloud.url + "/_control", body: Array(#"{"faults": 0.2}"#.utf8))
    _ = try await client.send(plan)

    let queue = try await access.sqs(queueURL)
    let silence = Silence()
    do {
      // One process writes at a time: it lets go of the folder before rules run.
      let sink = try FolderSink(data)
      for round in 0... {
        let road = try #require(try outside.roads(variables: variables, now: now, sleep: sleep).first)
        let task = Task { try await road.run(into: sink, reporting: silence) }
        // The time between grows until it gets somewhere.
        try await Task.sleep(for: .milliseconds(round < 4 ? 500 : 1500 + round * 50))
        task.cancel()
        try await task.value
        if let left = try? await queue.attributes(), left["ApproximateNumberOfMessages"] == "0",
          left["ApproximateNumberOfMessagesNotVisible"] == "0"
        {
          break
        }
      }
    }
    let stored = try Tool(["search", "--data", data, "--format", "count", "*"])
    let there = try Tool(["search", "--format", "count", "*", files])
    #expect(stored.output == there.output && stored.status == 0)

    // Rules run over what came; what they make is told, by tellers that are ended at will.
    let alerts = try AlertStore(folder: data, isReadOnly: false)
    let (connections, telling) = (outside, TellingQueue(data: data))
    func teller() -> Task<Void, any Error> {
      Task {
        try await connections.tell(
          of: alerts, by: telling, variables: variables, reporting: silence, now: now, sleep: sleep)
      }
    }
    let queued = try DeliveryQueue(data + "/notifications.sqlite")
    var task = teller()
    // Those that are there when it looks for the first time are told to nobody.
    #expect(try await eventually { try await queued.place() != nil })
    let run = try Tool(["run", "--data", data, "--now", "2026-02-01T00:00:00Z"] + Self.span)
    #expect(run.status == 0)
    let hunt = try Tool(["hunt", "--format", "ndjson"] + Self.span + [files])
    // People are told of an alert on several events without its building blocks.
    let expected = try ids(hunt.documents.filter { $0["kibana.alert.group.index"] == nil })
    #expect(!expected.isEmpty)
    var told: [JSONValue] = []
    for round in 0... {
      try await Task.sleep(for: .milliseconds(150 + round * 10))
      task.cancel()
      try await task.value
      let answer = try await client.send(HTTPRequest("GET", hook.url + "/_told", longestBody: 16 << 20))
      told = try (JSONValue(parsing: answer.body[...]).arrayValue ?? []).flatMap {
        try JSONValue(parsing: $0[2]?.stringValue ?? "null")["alerts"]?.arrayValue ?? []
      }
      if told.count >= expected.count { break }
      task = teller()
    }
    #expect(told.count == expected.count)
    #expect(Set(told.compactMap { $0["id"]?.stringValue }) == expected)
    #expect(told.contains { $0["headline"]?.stringValue?.contains("changed the role's trust policy") == true })
  }
}
