import Events
import Foundation
import Intake

/// Looks at a folder, and remembers what it saw the last time.
actor FolderWatch {
  private let settings: FolderSettings
  private let sink: any IngestionSink
  private let report: any RoadReporter

  /// Files that are not read yet as they are: since when they are so, and since when they are waited for.
  private var waiting:
    [String: (object: SourceObject, since: ContinuousClock.Instant, first: ContinuousClock.Instant)] = [:]
  /// Files as they were read; the store knows them too, and need not be asked at each look.
  private var read: [String: SourceObject] = [:]
  /// What was told, so that it is told once.
  private var told: Set<String> = []

  init(_ settings: FolderSettings, _ sink: any IngestionSink, _ report: any RoadReporter) {
    self.settings = settings
    self.sink = sink
    self.report = report
  }

  func look(at now: ContinuousClock.Instant) async {
    let endings = settings.temporary
    let listing = FolderListing(of: settings.path) { name in endings.contains { name.hasSuffix($0) } }
    var troubles = listing.problems.map { "\($0.path): \($0.cause)" }
    if listing.isCut {
      troubles.append("\(settings.path) has more than \(FolderListing.mostFiles) files: some are not looked at")
    }
    for trouble in troubles { tellOnce(.error, "a part of a watched folder cannot be looked at", ["cause": trouble]) }

    // What is gone need not be remembered: were it there again as it was, the store would know.
    let there = Set(listing.files.map(\.origin))
    read = read.filter { there.contains($0.key) }
    waiting = waiting.filter { there.contains($0.key) }

    var due: [SourceObject] = []
    for file in listing.files where read[file.origin] != file {
      do {
        if waiting[file.origin] == nil, try await sink.knows(file) {
          read[file.origin] = file
          continue
        }
      } catch {
        troubles.append("the store cannot be asked: \(error)")
        break
      }
      let before = waiting[file.origin]
      if before?.object != file {
        waiting[file.origin] = (file, now, before?.first ?? now)
      }
      guard let entry = waiting[file.origin] else { continue }
      if now - entry.since >= settings.settle || now - entry.first >= settings.patience { due.append(file) }
    }
    // The oldest first, so that events come in their order.
    due.sort { ($0.modified, $0.origin) < ($1.modified, $1.origin) }
    troubles += await take(due)
    report.add(1, to: "looks_total")
    report.setTrouble(troubles.first)
  }

  /// Hands over files, several at once; gives what went wrong.
  private func take(_ files: [SourceObject]) async -> [String] {
    await withTaskGroup(of: String?.self) { group in
      var troubles: [String] = []
      var under = 0
      for file in files {
        if Task.isCancelled { break }
        if under >= settings.workers, let trouble = await group.next() {
          under -= 1
          if let trouble { troubles.append(trouble) }
        }
        under += 1
        group.addTask { await self.take(file) }
      }
      for await trouble in group { if let trouble { troubles.append(trouble) } }
      return troubles
    }
  }

  private func take(_ file: SourceObject) async -> String? {
    do {
      let content: IngestionContent
      if file.size <= settings.memory {
        guard let bytes = try Self.bytes(of: file.origin, most: settings.memory) else {
          // It has grown since; the next look sees that.
          return nil
        }
        content = .bytes(bytes)
      } else {
        content = .file(file.origin)
      }
      let receipt = try await sink.take(content, from: IngestionSource(road: .folder, name: file.origin, object: file))
      read[file.origin] = file
      waiting[file.origin] = nil
      report.add(1, to: receipt.isRepeated ? "objects_repeated_total" : "objects_total")
      report.add(receipt.stored, to: "events_stored_total")
      report.add(receipt.duplicates, to: "events_duplicate_total")
      report.add(receipt.rejected, to: "events_rejected_total")
      for problem in receipt.problems { report.tell(.warning, problem, ["file": file.origin]) }
      return nil
    } catch is CancellationError {
      return nil
    } catch let refusal as IngestionRefusal {
      // It is due at the next look as well.
      report.add(1, to: "refusals_total")
      if refusal.kind == .stopping || refusal.kind == .busy { return nil }
      tellOnce(.error, "events cannot be stored now: \(refusal.description)", ["file": file.origin])
      return "events cannot be stored now: \(refusal.description)"
    } catch {
      // Gone or renamed between the look and the reading is nothing to tell.
      if access(file.origin, F_OK) != 0 { return nil }
      report.add(1, to: "object_failures_total")
      tellOnce(.error, "a file cannot be read: \(error)", ["file": file.origin])
      return "\(file.origin): \(error)"
    }
  }

  /// All bytes of a file; nil where there are more than so many.
  private static func bytes(of path: String, most: Int) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FolderRoadError(description: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      var failure: Int32 = 0
      let piece = [UInt8](unsafeUninitializedCapacity: 1 << 20) { room, count in
        let got = Foundation.read(descriptor, room.baseAddress, room.count)
        if got < 0 { failure = errno }
        count = max(0, got)
      }
      if failure == EINTR { continue }
      guard failure == 0 else { throw FolderRoadError(description: String(cString: strerror(failure))) }
      if piece.isEmpty { return bytes }
      bytes += piece
      guard bytes.count <= most else { return nil }
    }
  }

  private func tellOnce(_ level: ReportLevel, _ sentence: String, _ details: [String: String]) {
    if told.count > 10_000 { told = [] }
    guard told.insert(sentence + "\(details)").inserted else { return }
    report.tell(level, sentence, details)
  }
}
