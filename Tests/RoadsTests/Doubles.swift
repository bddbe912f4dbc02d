import AWS
import Events
import Foundation
import Intake
import JSON
import Roads
import Synchronization
import TestSupport
import Transfers

/// A store that keeps lines: an event is a line, known by its text.
final class LineSink: IngestionSink {
  struct State {
    var lines: Set<String> = []
    var objects: Set<SourceObject> = []
    /// Names in the order in which their content was durable.
    var names: [String] = []
    var duplicates = 0
    /// How often something was handed over.
    var begun = 0
    /// Whether what is handed over waits until it is not.
    var isHolding = false
    /// What is thrown in place of storing, the next first.
    var refusals: [IngestionRefusal] = []
  }

  let state = Mutex(State())
  /// How long storing takes.
  let delay: Duration

  init(delay: Duration = .zero) { self.delay = delay }

  var lines: Set<String> { state.withLock { $0.lines } }
  var names: [String] { state.withLock { $0.names } }

  func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt {
    let refusal = state.withLock { state -> IngestionRefusal? in
      state.begun += 1
      return state.refusals.isEmpty ? nil : state.refusals.removeFirst()
    }
    if let refusal { throw refusal }
    if let object = source.object, state.withLock({ $0.objects.contains(object) }) {
      return IngestionReceipt(isRepeated: true)
    }
    let bytes: [UInt8]
    switch content {
    case .bytes(let held): bytes = held
    case .file(let path): bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }
    // As the real one: what was handed over is stored, whatever becomes of who did.
    if delay > .zero { try? await Task { [delay] in try await Task.sleep(for: delay) }.value }
    await Task { [self] in
      while state.withLock({ $0.isHolding }) { try? await Task.sleep(for: .milliseconds(20)) }
    }.value
    return state.withLock { state in
      var receipt = IngestionReceipt()
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        if state.lines.insert(String(line)).inserted { receipt.stored += 1 } else { receipt.duplicates += 1 }
      }
      state.duplicates += receipt.duplicates
      if let object = source.object { state.objects.insert(object) }
      state.names.append(source.name)
      return receipt
    }
  }

  func knows(_ object: SourceObject) async throws -> Bool { state.withLock { $0.objects.contains(object) } }
}

/// Keeps what roads say.
final class Notes: RoadReporter {
  struct State {
    var lines: [String] = []
    var counters: [String: Int] = [:]
    var trouble: String?
    var troubles = 0
  }

  let state = Mutex(State())

  func tell(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    state.withLock { $0.lines.append("\(level.rawValue): \(sentence) \(details)") }
  }

  func add(_ count: Int, to counter: String) { state.withLock { $0.counters[counter, default: 0] += count } }

  func setTrouble(_ reason: String?) {
    state.withLock {
      $0.trouble = reason
      if reason != nil { $0.troubles += 1 }
    }
  }

  subscript(counter: String) -> Int { state.withLock { $0.counters[counter] ?? 0 } }
  var trouble: String? { state.withLock { $0.trouble } }
  var lines: [String] { state.withLock { $0.lines } }
}

/// Whether moto's server is there.
let hasMoto = PythonServer.has("moto.server", "boto3")

/// moto with a bucket and a queue, and how they are reached.
struct Cloud {
  let server: PythonServer
  let access: AWSAccess
  let scratch: Scratch
  let s3: S3Client
  let queue: SQSClient

  var queueURL: String { "\(server.url)/123456789012/events" }

  init(_ arguments: [String] = []) async throws {
    server = try PythonServer("aws_server.py", ["--bucket", "trail", "--queue", "events"] + arguments)
    var transfers = TransferSettings()
    transfers.proxy = .none
    transfers.leastTimeout = .seconds(3600)
    var settings = AWSSettings()
    settings.region = "eu-west-1"
    settings.endpoint = server.url
    access = AWSAccess(
      settings,
      AWSSurroundings(
        client: HTTPClient(transfers),
        variables: ["AWS_ACCESS_KEY_ID": "AKIAINVENTED", "AWS_SECRET_ACCESS_KEY": "invented", "HOME": "/nonexistent"],
        now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        sleep: { try await Task.sleep(for: min($0, .milliseconds(500))) }))
    scratch = try Scratch()
    s3 = try await access.s3()
    queue = try await access.sqs("\(server.url)/123456789012/events")
  }

  func put(_ key: String, _ lines: [String]) async throws {
    try await s3.put("trail", key, Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  /// Messages that are waiting and those that are with somebody.
  func messages() async throws -> (waiting: Int, held: Int) {
    let attributes = try await queue.attributes()
    return (
      attributes["ApproximateNumberOfMessages"].flatMap(Int.init) ?? -1,
      attributes["ApproximateNumberOfMessagesNotVisible"].flatMap(Int.init) ?? -1
    )
  }

  func misbehave(_ share: Double) async throws { try await control("{\"faults\": \(share)}") }

  /// Tells the server how to behave; gives how it does.
  @discardableResult
  func control(_ change: String = "{}") async throws -> JSONValue {
    let request = HTTPRequest("POST", server.url + "/_control", body: Array(change.utf8))
    return try JSONValue(parsing: await access.surroundings.client.send(request).body[...])
  }

  var queueSettings: QueueSettings {
    var settings = QueueSettings(queueURL: queueURL, scratch: scratch.path)
    settings.queue = access.settings
    settings.wait = 1
    settings.visibility = 10
    return settings
  }

  var bucketSettings: BucketSettings {
    var settings = BucketSettings(bucket: "trail", scratch: scratch.path)
    settings.access = access.settings
    settings.interval = .milliseconds(200)
    return settings
  }
}

/// Runs a road until something holds, then ends it and waits until it has come back.
func run(
  _ road: some IngestionRoad, _ sink: some IngestionSink, _ notes: Notes,
  until isDone: @escaping @Sendable () async throws -> Bool
) async throws -> Bool {
  let task = Task { try await road.run(into: sink, reporting: notes) }
  let holds = try await eventually(isDone)
  task.cancel()
  let took = try await beats { try await task.value }
  // Five seconds.
  if took > 500 { notes.add(1, to: "late_ends") }
  return holds
}
