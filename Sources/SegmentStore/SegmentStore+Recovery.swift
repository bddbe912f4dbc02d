import Events
import Foundation
import Parallel
import Segments
import Store

/// Segments that the catalog does not know, since it was put back from an earlier time: whoever reads is told that they are missing, and
/// whoever writes moves them to `segments/found/`, from where their events are stored anew. Events that the catalog knows count once.
extension SegmentStore {
  /// The files of segments in a folder, by name.
  static func segmentFiles(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter(StoreFolder.isSegmentName).sorted()
  }

  /// What the catalog has known of segments at most.
  static func highest(_ entries: [Catalog.Entry], _ highest: (number: Int64, name: String)) -> CommitMark {
    CommitMark(
      number: max(entries.map(\.number).max() ?? 0, highest.number),
      name: (entries.map(\.name) + [highest.name]).compactMap(StoreFolder.number(ofSegment:)).max() ?? 0)
  }

  /// The mark of a folder whose own is gone or cannot be read.
  ///
  /// Nobody can tell then what is left of a commit that never came from what an older catalog does not know. Both are kept: of the one
  /// no event is lost that was stored, and those of the other were to be stored. A folder of which nothing was committed has no mark.
  func unmarked(_ known: CommitMark) -> CommitMark {
    guard known.name > 0 || access(folder.mark, F_OK) == 0 else { return known }
    let files = Self.segmentFiles(in: folder.segments).compactMap(StoreFolder.number(ofSegment:))
    return CommitMark(number: max(known.number, 1), name: max(known.name, files.max() ?? 0))
  }

  /// What is wrong with the mark; nil where all is well.
  func markFault() throws -> String? {
    guard CommitMark.read(folder) == nil else { return nil }
    let isThere = access(folder.mark, F_OK) == 0
    let known = try read { Self.highest(try $0.entries(), try $0.highest()) }
    // The first commit may have come meanwhile.
    guard isThere || known.name > 0, CommitMark.read(folder) == nil else { return nil }
    return
      "\(folder.mark), which says what was committed last, \(isThere ? "cannot be read" : "is gone"): a catalog that is put back "
      + "from an earlier time would not be noticed. verify --repair, or the next ingestion, writes it anew"
  }

  /// Segments that were committed behind all that the catalog knows, and those that were found so before.
  ///
  /// - Parameters:
  ///   - entries: what the catalog knows.
  ///   - mark: as it was before the catalog was looked at.
  func unknown(besides entries: [Catalog.Entry], _ mark: CommitMark?) throws -> [MissingSegment] {
    var files = Self.segmentFiles(in: folder.found).map { folder.found + "/" + $0 }
    if let mark {
      let known = try Self.highest(entries, read { try $0.highest() }).name
      if mark.name > known {
        files += Self.segmentFiles(in: folder.segments).filter { (StoreFolder.number(ofSegment: $0) ?? 0) > known }
          .map(folder.segment)
      }
    }
    return files.map { file in
      let why = "the catalog is older than \(file), which it does not know: it was put back from an earlier time"
      do throws(SegmentError) {
        return MissingSegment(
          summary: try Segment(path: file).summary,
          reason: "\(why). The next ingestion takes it up, or martlet verify --repair")
      } catch {
        let nothing = SegmentSummary(dataStream: "", rowCount: 0, times: nil, fileBytes: 0, sourceBytes: 0)
        return MissingSegment(
          summary: nothing, reason: "\(why), and how many events it holds cannot be read: \(error)")
      }
    }
  }

  /// Moves segments that the catalog does not know to where they are found again, whatever becomes of this process.
  func keepUnknown(to known: CommitMark, _ mark: CommitMark) throws(StoreError) {
    guard mark.name > known.name else { return }
    let names = Self.segmentFiles(in: folder.segments).filter { (StoreFolder.number(ofSegment: $0) ?? 0) > known.name }
    guard !names.isEmpty else { return }
    try StoreFolder.make(folder.found)
    for name in names {
      let (file, place) = (folder.segment(name), folder.found + "/" + name)
      guard access(place, F_OK) != 0 || unlink(place) == 0, rename(file, place) == 0 else {
        throw StoreError(.io, "\(file) cannot be moved to \(place): \(SystemError.words())")
      }
    }
    try StoreFolder.sync(folder.found)
    try StoreFolder.sync(folder.segments)
  }

  /// Stores the events of segments that were found, each once, and gives the files with how many events were not there.
  func takeUpFound(at now: Timestamp) throws -> [(file: String, events: Int)] {
    var taken: [(file: String, events: Int)] = []
    for name in Self.segmentFiles(in: folder.found) {
      let file = folder.found + "/" + name
      do {
        let segment = try Segment(path: file)
        try segment.verify()
        let rows = SegmentPart(uncounted: segment)
        taken.append((file, try append(content(of: [rows]), at: now).stored))
        unlink(file)
      } catch let error as SegmentError where error.isDamage && error.path == file {
        try StoreFolder.make(folder.damaged)
        let place = folder.damaged + "/" + name
        guard rename(file, place) == 0 else {
          throw StoreError(.io, "\(file) cannot be moved to \(place): \(SystemError.words())")
        }
      }
    }
    return taken
  }
}
