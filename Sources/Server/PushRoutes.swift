import Events
import Intake
import Roads
import Trust

/// The endpoints to which services of AWS push events: `/firehose` and `/eventbridge`.
///
/// What was pushed is answered for when all of it is durable; what holds no event that can be stored is told in the log, since sending it
/// again changes nothing.
public struct PushRoutes: Sendable {
  private let sink: any IngestionSink
  private let report: any RoadReporter
  private let now: @Sendable () -> Timestamp

  public init(_ sink: any IngestionSink, reporting report: any RoadReporter, now: @escaping @Sendable () -> Timestamp) {
    self.sink = sink
    self.report = report
    self.now = now
  }

  public func add(to routes: inout ServerRoutes) {
    var firehose = ServerRoute(
      ["POST"], "/firehose", role: .ingest, longestBody: FirehoseEndpoint.longestBody
    ) { await takeFirehose($0) }
    // Firehose shows its access key in a field of its own, and takes no other answer than one in its form.
    firehose.credentials = { request in
      request.field("X-Amz-Firehose-Access-Key").map { "ApiKey \($0)" } ?? request.field("Authorization")
    }
    firehose.refusing = { refusal, request in
      ServerReply(FirehoseEndpoint.refused(request.field, refusal.status, refusal.reason, at: now()))
    }
    firehose.readsEvents = true
    routes.add(firehose)
    var eventBridge = ServerRoute(
      ["POST", "PUT"], "/eventbridge", role: .ingest, longestBody: EventBridgeEndpoint.longestBody
    ) { await takeEvent($0) }
    eventBridge.readsEvents = true
    routes.add(eventBridge)
  }

  private func takeFirehose(_ request: ServerRequest) async -> ServerReply {
    // That the key is right is known by now.
    let content: PushedContent
    switch FirehoseEndpoint.read(request.field, body: request.body, now: now(), isKey: { _ in true }) {
    case .reply(let reply): return ServerReply(reply)
    case .content(let read): content = read
    }
    if content.controlMessages > 0 { report.add(content.controlMessages, to: "control_messages_total") }
    do {
      _ = try await store(content)
      return ServerReply(FirehoseEndpoint.accepted(content, at: now()))
    } catch {
      return ServerReply(FirehoseEndpoint.refused(content, error, at: now()))
    }
  }

  private func takeEvent(_ request: ServerRequest) async -> ServerReply {
    let content: PushedContent
    switch EventBridgeEndpoint.read(body: request.body) {
    case .reply(let reply): return ServerReply(reply)
    case .content(let read): content = read
    }
    do {
      return ServerReply(EventBridgeEndpoint.accepted(try await store(content)))
    } catch {
      return ServerReply(EventBridgeEndpoint.refused(error))
    }
  }

  private func store(_ content: PushedContent) async throws(IngestionRefusal) -> IngestionReceipt {
    let all: IngestionReceipt
    do {
      all = try await sink.take(content.parts, from: content.source)
    } catch let refusal as IngestionRefusal {
      throw refusal
    } catch {
      throw IngestionRefusal(.failed, "\(error)")
    }
    if !all.problems.isEmpty {
      report.tell(
        .warning, "not all that was pushed can be stored: \(all.causes)", ["source": content.source.name])
    }
    return all
  }
}

extension ServerReply {
  init(_ reply: PushReply) {
    self.init(reply.status, fields: reply.headers.map { ($0.name, $0.value) }, body: reply.body)
  }
}
