import Events
import Foundation
import Parallel
import Segments

extension SegmentStore {
  /// A segment that nothing knows yet.
  struct Written {
    var name: String
    var summary: SegmentSummary
    var segment: Segment
  }

  /// So many files are open at once that are being written.
  private static let writtenTogether = 64

  /// Writes segments under names of their own, which nothing knows yet. After an error nothing of them is there.
  ///
  /// They are waited for together: a disk takes as long for a file by itself as for dozens, and a request may bring events of a thousand
  /// data streams, each of which is a segment.
  func write(_ contents: [SourcedBatch]) throws -> [Written] {
    guard !contents.isEmpty else { return [] }
    let names = state.withLock { state in contents.map { _ in freeName(&state) } }
    func draft(_ name: String) -> String { folder.segment(name) + ".new" }
    do {
      var summaries: [SegmentSummary] = []
      for start in stride(from: 0, to: contents.count, by: Self.writtenTogether) {
        var files: [UnsyncedFile] = []
        for place in start..<min(start + Self.writtenTogether, contents.count) {
          try SegmentNote.uncounted.put(besides: names[place], folder)
          let (summary, file) = try SegmentWriter.writeUnsynced(contents[place], to: draft(names[place]))
          summaries.append(summary)
          files.append(file)
        }
        try UnsyncedFile.sync(files)
      }
      // Their notes are durable before any of them has its name.
      try StoreFolder.sync(folder.segments)
      for name in names {
        guard rename(draft(name), folder.segment(name)) == 0 else {
          throw StoreError(.io, "\(draft(name)) cannot be given its name: \(SystemError.words())")
        }
      }
      try StoreFolder.sync(folder.segments)
      return try zip(names, summaries).map {
        Written(name: $0, summary: $1, segment: try Segment(path: folder.segment($0), sharing: columnPaths))
      }
    } catch {
      for name in names {
        unlink(draft(name))
        folder.discard(name)
      }
      throw error
    }
  }

  /// A name that no file has; one that somebody else put there keeps its own.
  private func freeName(_ state: inout State) -> String {
    while access(folder.segment(StoreFolder.segmentName(state.nextName)), F_OK) == 0 { state.nextName += 1 }
    defer { state.nextName += 1 }
    return StoreFolder.segmentName(state.nextName)
  }
}
