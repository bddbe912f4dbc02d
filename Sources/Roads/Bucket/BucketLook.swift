import AWS
import Events
import Intake
import Transfers

/// Looks through a bucket once, as often as it is asked to.
actor BucketLook {
  private let settings: BucketSettings
  private let s3: S3Client
  private let taker: ObjectTaker
  private let sink: any IngestionSink
  private let report: any RoadReporter
  private var known = KnownObjects()
  /// Objects that could not be read, and how often; they are tried again at every look, and told of once.
  private var failed: [String: Int] = [:]
  private static let mostFailed = 10_000

  init(
    _ settings: BucketSettings, _ s3: S3Client, _ taker: ObjectTaker, _ sink: any IngestionSink,
    _ report: any RoadReporter
  ) {
    self.settings = settings
    self.s3 = s3
    self.taker = taker
    self.sink = sink
    self.report = report
  }

  /// False where more is to be read than was held, so that the next look comes at once.
  func once() async -> Bool {
    var newest = NewestObjects(most: settings.mostCandidates)
    do {
      for prefix in settings.keys.prefixes.isEmpty ? [""] : settings.keys.prefixes {
        try await list(prefix, &newest)
      }
    } catch is CancellationError {
      return true
    } catch {
      report.add(1, to: "list_failures_total")
      report.setTrouble("the bucket cannot be listed: \(error)")
      report.tell(.error, "the bucket cannot be listed", ["bucket": settings.bucket, "cause": "\(error)"])
      return true
    }
    report.add(1, to: "looks_total")
    let objects = newest.sorted
    if newest.left > 0 {
      report.tell(
        .info, "more objects are to be read than one look holds; the newest come first",
        ["held": String(objects.count), "left": String(newest.left)])
    }
    let failures = await read(objects)
    if failures == 0, !Task.isCancelled { report.setTrouble(nil) }
    return newest.left == 0 || failures > 0
  }

  private func list(_ prefix: String, _ newest: inout NewestObjects) async throws {
    var token: String?
    repeat {
      let page = try await s3.list(settings.bucket, prefix: prefix, from: token)
      token = page.next
      for object in page.objects {
        guard settings.keys.takes(object.key), !object.isArchived, settings.from.map({ object.modified >= $0 }) ?? true
        else { continue }
        let source = source(object)
        if known.contains(source) { continue }
        if try await sink.knows(source) {
          known.insert(source)
        } else {
          newest.add(object)
        }
      }
    } while token != nil
  }

  /// Reads objects in their order, several at once; how many could not be read.
  private func read(_ objects: [S3Client.Object]) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      var failures = 0
      var under = 0
      for object in objects {
        if Task.isCancelled { break }
        if under >= settings.workers, let isDone = await group.next() {
          under -= 1
          if !isDone { failures += 1 }
        }
        under += 1
        group.addTask { await self.read(object) }
      }
      for await isDone in group where !isDone { failures += 1 }
      return failures
    }
  }

  private func read(_ object: S3Client.Object) async -> Bool {
    let reference = ObjectReference(bucket: settings.bucket, key: object.key, size: object.size)
    do {
      let outcome = try await taker.take(reference)
      // What is too long now is too long at the next look; it is told once in the life of the process.
      if outcome != .gone { known.insert(source(object)) }
      failed[object.key] = nil
      return true
    } catch is CancellationError {
      return true
    } catch let refusal as IngestionRefusal where refusal.kind == .stopping {
      return true
    } catch {
      report.add(1, to: "object_failures_total")
      report.setTrouble("objects cannot be read: \(error)")
      if failed.count >= Self.mostFailed { failed = [:] }
      failed[object.key, default: 0] += 1
      if failed[object.key] == 1 {
        report.tell(.error, "an object cannot be read now: \(error)", ["object": reference.address])
      }
      return false
    }
  }

  private func source(_ object: S3Client.Object) -> SourceObject {
    SourceObject(
      s3: ObjectReference(bucket: settings.bucket, key: object.key), size: object.size, etag: object.etag,
      modified: object.modified)
  }
}
