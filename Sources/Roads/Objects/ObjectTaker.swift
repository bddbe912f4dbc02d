import AWS
import Events
import Foundation
import Intake
import Transfers

/// Gets objects and hands them over, within a bound of memory.
struct ObjectTaker: Sendable {
  let s3: S3Client
  let sink: any IngestionSink
  let report: any RoadReporter
  let road: IngestionSource.Road
  let budget: MemoryBudget
  let bounds: S3Client.Bounds
  /// Waits between tries; throws when the task is cancelled.
  let sleep: @Sendable (Duration) async throws -> Void

  /// What became of an object.
  enum Outcome: Equatable {
    case stored
    /// It is there no more, or archived: nothing that can be read will ever come of it.
    case gone
    /// It is longer than what is read.
    case tooLong
  }

  /// Returns when all events in an object are durable, or there is nothing to be read. Whatever else goes wrong is thrown: then it is
  /// to be tried again.
  func take(_ object: ObjectReference) async throws -> Outcome {
    let memory =
      object.size.map { $0 <= bounds.memory ? Int(max($0, 64 << 10)) : Self.partMemory } ?? bounds.memory
    return try await budget.taking(memory) {
      var bounds = bounds
      bounds.memory = min(bounds.memory, memory)
      let fetched: S3Client.Fetched
      do {
        fetched = try await s3.get(object.bucket, object.key, version: object.version, bounds)
      } catch let error as AWSError where ["NoSuchKey", "NoSuchVersion", "MethodNotAllowed"].contains(error.code) {
        report.add(1, to: "objects_gone_total")
        report.tell(.notice, "an object is gone before it was read", ["object": object.address])
        return .gone
      } catch let error as AWSError where error.code == "InvalidObjectState" {
        report.add(1, to: "objects_archived_total")
        report.tell(.notice, "an object is archived and cannot be read", ["object": object.address])
        return .gone
      } catch let error as S3Client.TooLong {
        report.add(1, to: "objects_too_long_total")
        report.tell(.error, error.description, ["object": object.address])
        return .tooLong
      }
      try await hand(fetched, object)
      return .stored
    }
  }

  /// What a long object needs: a part of it, twice while it is written.
  private static let partMemory = 32 << 20

  private func hand(_ fetched: S3Client.Fetched, _ object: ObjectReference) async throws {
    let content: IngestionContent
    switch fetched.content {
    case .bytes(let bytes): content = .bytes(bytes)
    case .file(let path): content = .file(path)
    }
    defer { if case .file(let path) = fetched.content { unlink(path) } }
    let source = IngestionSource(
      road: road, name: object.address,
      object: SourceObject(s3: object, size: fetched.size, etag: fetched.etag, modified: fetched.modified))
    var pause = 1
    while true {
      do {
        let receipt = try await sink.take(content, from: source)
        report.add(1, to: receipt.isRepeated ? "objects_repeated_total" : "objects_total")
        report.add(Int(clamping: fetched.size), to: "bytes_total")
        report.add(receipt.stored, to: "events_stored_total")
        report.add(receipt.duplicates, to: "events_duplicate_total")
        report.add(receipt.rejected, to: "events_rejected_total")
        for problem in receipt.problems {
          report.tell(.warning, problem, ["object": object.address])
        }
        return
      } catch let refusal as IngestionRefusal where refusal.kind != .stopping {
        report.add(1, to: "refusals_total")
        if refusal.kind == .failed {
          report.tell(.error, "events cannot be stored now: \(refusal.description)", ["object": object.address])
        }
        try await sleep(.seconds(pause))
        pause = min(pause * 2, refusal.kind == .busy ? 8 : 60)
      }
    }
  }
}

extension SourceObject {
  /// What stands for an object of S3 as it is now: another content has another tag.
  init(s3 object: ObjectReference, size: Int64, etag: String, modified: Timestamp) {
    // Listings have milliseconds where answers have seconds.
    let seconds = modified.milliseconds.quotientAndRemainder(dividingBy: 1000).quotient
    self.init(origin: "\(object.address)#\(etag)", size: size, modified: seconds * 1_000_000_000)
  }
}

/// Does something that a cancellation of the task does not cut off.
func shielded<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
  try await Task { try await work() }.value
}
