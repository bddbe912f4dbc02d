import Events
import Foundation
import SegmentStore
import Store
import TestSupport

/// The stores that every guarantee is held over.
enum StoreKind: String, CaseIterable, Sendable {
  case memory
  case segments

  /// Runs a test over a new store of the kind.
  func with<Result>(_ body: (any EventStore) async throws -> Result) async throws -> Result {
    switch self {
    case .memory: return try await body(MemoryStore())
    case .segments:
      let scratch = try Scratch()
      return try await body(SegmentStore(scratch.path + "/events", .writing(as: "a test")))
    }
  }
}
