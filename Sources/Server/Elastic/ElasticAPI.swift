import Bulk
import Foundation
import Intake
import JSON
import Synchronization
import Trust

/// The part of Elasticsearch's interface that shippers of events use: documents in, and what they ask before they send any.
public struct ElasticAPI: Sendable {
  private let sink: any IngestionSink
  let fields: FieldLimits
  private let limits: BulkLimits
  let version: String
  let cluster: String
  let known = KnownNames()
  /// Data streams that have come by any road since the service began.
  private let arrived: @Sendable () -> [String]

  /// - Parameters:
  ///   - version: what the server calls itself; Filebeat refuses a server below its own major and minor version.
  ///   - cluster: an id that stays the same for a folder.
  ///   - fields: of what is stored, and of what comes.
  ///   - arrived: data streams that have come by any road since the service began.
  public init(
    _ sink: any IngestionSink, version: String = "9.99.0", cluster: String = "martlet000000000000000",
    fields: FieldLimits = FieldLimits(), limits: BulkLimits = BulkLimits(),
    arrived: @escaping @Sendable () -> [String] = { [] }
  ) {
    self.arrived = arrived
    self.sink = sink
    self.version = version
    self.cluster = cluster
    self.fields = fields
    self.limits = limits
  }

  public func add(to routes: inout ServerRoutes) {
    routes.add(ServerRoute(["POST", "PUT"], "/_bulk", role: .ingest) { await bulk($0) })
    routes.add(ServerRoute(["POST", "PUT"], "/{index}/_bulk", role: .ingest) { await bulk($0) })
    for pattern in ["/{index}/_doc", "/{index}/_doc/{id}"] {
      routes.add(
        ServerRoute(["POST", "PUT"], pattern, role: .ingest, longestBody: limits.longestDocument) { request in
          await document(request, request.parameter("op_type") == "create" ? .create : .index)
        })
    }
    routes.add(
      ServerRoute(["POST", "PUT"], "/{index}/_create/{id}", role: .ingest, longestBody: limits.longestDocument) {
        await document($0, .create)
      })
    addProbes(to: &routes)
    addIndices(to: &routes)
  }

  /// Data streams that there are, in the order of the alphabet: those that have events, and those that were put.
  var dataStreams: [String] { Set(fields.indices + arrived() + known.all(of: "_data_stream")).sorted() }

  private func bulk(_ request: ServerRequest) async -> ServerReply {
    let begun = ContinuousClock.now
    if let refusal = MediaType.refusal(of: request) { return refusal }
    let reading: BulkReading
    do {
      reading = try BulkReading.bulk(
        request.body, index: request.parameters["index"], pipeline: request.parameter("pipeline"), limits: limits,
        fields: fields, makeID: DocumentID.make)
    } catch let fault as BulkFault {
      return .failure(fault.status, fault.type, fault.reason)
    } catch {
      return .failure(400, "illegal_argument_exception", "\(error)")
    }
    do {
      let outcomes = try await store(reading)
      let took = (ContinuousClock.now - begun) / .milliseconds(1)
      return MediaType.json(
        200,
        BulkReply.bulk(
          reading.items, outcomes, took: Int(took), filter: FilterPath(request.parameter("filter_path"))),
        for: request)
    } catch {
      return Self.reply(to: error)
    }
  }

  private func document(_ request: ServerRequest, _ kind: BulkAction.Kind) async -> ServerReply {
    if let refusal = MediaType.refusal(of: request) { return refusal }
    let action = BulkAction(
      kind: kind, index: request.parameters["index"], id: request.parameters["id"],
      pipeline: request.parameter("pipeline"))
    let reading = BulkReading.document(
      request.body, action, limits: limits, fields: fields, makeID: DocumentID.make)
    do {
      let outcomes = try await store(reading)
      let (status, text) = BulkReply.document(reading.items[0], outcomes)
      return MediaType.json(status, text, for: request)
    } catch {
      return Self.reply(to: error)
    }
  }

  private func store(_ reading: BulkReading) async throws -> [DocumentOutcome] {
    guard reading.documents.count > 0 else { return [] }
    return try await sink.take(reading.documents, from: IngestionSource(road: .bulk, name: "bulk"))
  }

  /// Nothing may be told as stored that is not, and a request that is sent again is stored once: the whole of it is refused.
  private static func reply(to error: any Error) -> ServerReply {
    guard let refusal = error as? IngestionRefusal else {
      return .unavailable("no_shard_available_action_exception", "events cannot be stored now")
    }
    switch refusal.kind {
    case .busy: return .busy("rejected execution of coordinating operation: \(refusal.description)")
    case .stopping: return .unavailable("cluster_block_exception", "the service is ending")
    case .failed: return .unavailable("no_shard_available_action_exception", "events cannot be stored now")
    }
  }
}

/// Ids of documents that came without one: 20 characters, as Elasticsearch's.
enum DocumentID {
  @Sendable static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<15).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    return Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_")
  }
}

/// Names of templates, policies and the like that shippers have put, so that they find them again.
final class KnownNames: Sendable {
  private let names = Mutex<Set<String>>([])

  func has(_ name: String) -> Bool { names.withLock { $0.contains(name) } }

  /// The names of a kind, in the order of the alphabet.
  func all(of kind: String) -> [String] {
    names.withLock { names in
      names.filter { $0.hasPrefix(kind + "/") }.map { String($0.dropFirst(kind.count + 1)) }.sorted()
    }
  }

  func note(_ name: String) {
    names.withLock { if $0.count < 10_000 { $0.insert(name) } }
  }
}
