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
  /// Of actions that are read and not answered.
  private let actions: ByteBudget
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
    actions = ByteBudget(limits.mostActionsInHand)
  }

  public func add(to routes: inout ServerRoutes) {
    func add(_ pattern: String, _ longest: Int?, _ handler: @escaping ServerRoute.Handler) {
      var route = ServerRoute(["POST", "PUT"], pattern, role: .ingest, longestBody: longest, handler: handler)
      route.readsEvents = true
      routes.add(route)
    }
    add("/_bulk", nil) { await bulk($0) }
    add("/{index}/_bulk", nil) { await bulk($0) }
    for pattern in ["/{index}/_doc", "/{index}/_doc/{id}"] {
      add(pattern, limits.longestDocument) { request in
        await document(request, request.parameter("op_type") == "create" ? .create : .index)
      }
    }
    add("/{index}/_create/{id}", limits.longestDocument) { await document($0, .create) }
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
    } catch is CancellationError {
      return .unavailable("cluster_block_exception", "the service is ending")
    } catch {
      return .failure(400, "illegal_argument_exception", "\(error)")
    }
    let count = reading.items.count
    guard actions.take(count) else {
      return .busy("rejected execution of coordinating operation: \(actions.inHand) actions are waiting to be stored")
    }
    defer { actions.give(count) }
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
    let source = IngestionSource(road: .bulk, name: "bulk")
    let outcomes = reading.documents.count > 0 ? try await sink.take(reading.documents, from: source) : []
    // Not where all of it is refused, and comes again.
    if !reading.refused.isEmpty { sink.note(reading.refused, from: source) }
    return outcomes
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
    // Six bits a character, ten characters of each number: the system is asked twice and not for every byte.
    return String(unsafeUninitializedCapacity: 20) { text in
      for half in 0..<2 {
        var bits = generator.next() as UInt64
        for place in 0..<10 {
          text[10 * half + place] = alphabet[Int(bits & 63)]
          bits >>= 6
        }
      }
      return 20
    }
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
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
