import CloudTrail
import Detection
import Events
import Foundation
import Ingestion
import SegmentStore
import Segments
import Store
import TestSupport

/// A store that rules are run over, whatever its parts are.
protocol ServingStore: EventStore, AnswerKeeper where Snapshot == PartedSnapshot<Part> {}

extension MemoryStore: ServingStore {}
extension SegmentStore: ServingStore {}

extension ServingStore {
  /// Stores the events of a text, each on a line, as an ingestion does.
  @discardableResult
  func ingest(_ text: String, at now: Timestamp = ServedEvents.now) async throws -> AppendOutcome {
    try await append(try Self.batches(text), from: nil, at: now)
  }

  private static func batches(_ text: String) throws -> sending [SourcedBatch] {
    let registry = EventRegistry(scopeSeed: 7, remembers: false)
    let scanner = RecordScanner(leanFields: [], registry: registry, keepsHeads: true)
    let packer = EventPacker(ServedEvents.context, catalog: .standard)
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
    try bytes.withUnsafeBufferPointer { buffer in
      scanner.beginBatch()
      scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]), of: TextRegion(file: "events"))
      scanner.finishBatch()
      try packer.append(scanner.batch, ingested: { nil }, whenFull: {})
    }
    return try packer.finish()
  }
}

/// What is damaged of a part.
enum Damage: CaseIterable, Sendable {
  /// It cannot be opened.
  case everything
  /// What there is beside texts.
  case columns
  case texts
}

extension StoreKind {
  /// Runs a test over a new store of the kind that rules are run over.
  func serving<Result>(_ body: (any ServingStore) async throws -> Result) async throws -> Result {
    try await with { store in
      guard let store = store as? any ServingStore else { fatalError("a store that serves rules") }
      return try await body(store)
    }
  }
}

extension EventStore {
  /// The store as it is found once a part of it has been damaged: the `place`th, as snapshots have them.
  func damaging(_ damage: Damage, of place: Int = 0) throws -> any ServingStore {
    switch self {
    case let store as MemoryStore:
      let part = store.snapshot().parts[place]
      let all = Set(0..<part.rowCount)
      store.damage(part.number, damage == .everything ? .everything : damage == .columns ? .columns : .texts(all))
      return store
    case let store as SegmentStore:
      let segment = try store.snapshot().parts[place].segment
      switch damage {
      case .everything: try FileManager.default.removeItem(atPath: segment.path)
      case .columns: try segment.damage(texts: false)
      case .texts: try segment.damage(texts: true)
      }
      return try SegmentStore(store.path, .reading)
    default: fatalError("a store that can be damaged")
    }
  }
}
