import Events
import Foundation
import Parallel
import Segments
import Store

/// Segments that the catalog does not know, since it was put back from an earlier time, alone or with a backup that was copied over the
/// folder: whoever reads is told that they are missing, and whoever writes moves them to `segments/found/`, from where their events are
/// stored anew. Events that the catalog knows count once.
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

  /// What is wrong with the mark; nil where all is well.
  func markFault() throws -> String? {
    guard CommitMark.read(folder) == nil else { return nil }
    let isThere = access(folder.mark, F_OK) == 0
    let known = try read { Self.highest(try $0.entries(), try $0.highest()) }
    // The first commit may have come meanwhile.
    guard isThere || known.name > 0, CommitMark.read(folder) == nil else { return nil }
    return
      "\(folder.mark), which says how far segments are numbered, \(isThere ? "cannot be read" : "is gone"): where a catalog is put back "
      + "from an earlier time, rules might take what comes then for what they have seen. verify --repair, or the next ingestion, "
      + "writes it anew"
  }

  /// The files of segments that the catalog does not know, and of those that were found so before.
  ///
  /// - Parameter entries: what the catalog knows.
  func unknownFiles(besides entries: [Catalog.Entry]) throws -> [String] {
    // Beside whoever writes. What was committed since has lost its note, and stands in the catalog by now; what was taken out of it
    // since has a note for as long as its file is there.
    func isUnnoted(_ name: String) -> Bool {
      SegmentNote.allCases.allSatisfy { !$0.lies(besides: name, folder) } && access(folder.segment(name), F_OK) == 0
    }
    var known = Set(entries.map(\.name))
    var names = Self.segmentFiles(in: folder.segments).filter { !known.contains($0) && isUnnoted($0) }
    if !names.isEmpty {
      known = Set(try read { try $0.entries() }.map(\.name))
      names = names.filter { !known.contains($0) && isUnnoted($0) }
    }
    return names.map(folder.segment) + Self.segmentFiles(in: folder.found).map { folder.found + "/" + $0 }
  }

  /// What whoever reads is told of segments that the catalog does not know.
  func unknown(besides entries: [Catalog.Entry]) throws -> [MissingSegment] {
    let found = try unknownFiles(besides: entries).map { file -> MissingSegment in
      let why =
        "the catalog is older than \(file), which it does not know: it, or a whole backup, was put in the place of a later one"
      do throws(SegmentError) {
        return MissingSegment(
          unknown: try Segment(path: file).summary,
          reason: "\(why). The next ingestion takes it up, or martlet verify --repair")
      } catch {
        return MissingSegment(
          unknown: nil, reason: "\(why), and how many events it holds cannot be read: \(error)")
      }
    }
    return found + damagedFound().map(missing(damagedFound:))
  }

  /// Moves segments that the catalog does not know to where they are found again, whatever becomes of this process.
  ///
  /// - Parameters:
  ///   - entries: what the catalog knows.
  ///   - known: what it has known at most.
  func keepUnknown(besides entries: [Catalog.Entry], _ known: CommitMark) throws(StoreError) {
    let counted = Set(entries.map(\.name))
    let names = Self.segmentFiles(in: folder.segments).filter { !counted.contains($0) && !isLeft($0, by: known) }
    for name in names { try moveToFound(name) }
  }

  /// Moves a segment's file to those that are to be taken up, where none is overwritten.
  func moveToFound(_ name: String) throws(StoreError) {
    try StoreFolder.make(folder.found)
    let file = folder.segment(name)
    let place = folder.freePlaceInFound(for: name)
    guard rename(file, place) == 0 else {
      throw StoreError(.io, "\(file) cannot be moved to \(place): \(SystemError.words())")
    }
    try StoreFolder.sync(folder.found)
    try StoreFolder.sync(folder.segments)
    // No note may be gone while its file is there.
    for note in SegmentNote.allCases { note.take(from: name, folder) }
  }

  /// True for a file that a process has left behind which was killed: no commit has named it, or one that this catalog knows of has taken
  /// it out.
  private func isLeft(_ name: String, by known: CommitMark) -> Bool {
    SegmentNote.uncounted.lies(besides: name, folder)
      || SegmentNote.removed.lies(besides: name, folder) && StoreFolder.number(ofSegment: name) ?? 0 <= known.name
  }

  /// Deletes what a process that was killed has left behind: what was never whole, and what is not in the catalog and has a note.
  func sweep(keeping names: Set<String>) throws(StoreError) {
    let entries = try folder.segmentEntries()
    var isSwept = false
    for entry in entries {
      let isDraft = entry.hasSuffix(".segment.new") && StoreFolder.isSegmentName(String(entry.dropLast(4)))
      let isLeft =
        StoreFolder.isSegmentName(entry) && !names.contains(entry)
        && SegmentNote.allCases.contains { $0.lies(besides: entry, folder) }
      guard isDraft || isLeft else { continue }
      unlink(folder.segment(entry))
      isSwept = true
    }
    // No note may be gone while its file is there.
    if isSwept { try StoreFolder.sync(folder.segments) }
    // What was committed behind its note counts.
    for entry in entries where SegmentNote.name(ofSegmentNotedBy: entry) != nil { unlink(folder.segment(entry)) }
  }

  /// Stores the events of segments that were found, each once, and gives the files with how many events were not there. What turns out to
  /// be damaged is moved to where the damaged lie. What this program or the system cannot read today stays where it is, and waits: no file
  /// stops what is done with all others.
  func takeUpFound(at now: Timestamp) throws -> TakenUp {
    var result = TakenUp()
    for name in Self.segmentFiles(in: folder.found) {
      let file = folder.found + "/" + name
      do {
        let segment = try Segment(path: file)
        try segment.verify()
        let rows = SegmentPart(uncounted: segment)
        result.taken.append((file, try append(content(of: [rows]), at: now).stored))
        unlink(file)
      } catch let error as SegmentError where error.path == file {
        if error.isDamage {
          try moveAway(file, as: Self.damagedFoundPrefix + name)
          result.damaged.append(file)
        } else {
          result.left.append(error.description)
        }
      }
    }
    return result
  }

  /// How the files of segments start that were found and are damaged: no catalog knows that they are missing.
  static let damagedFoundPrefix = "found-"

  /// The names, in the folder of the damaged, of segments that were found and are missed.
  func damagedFound() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.damaged)) ?? [])
      .filter { $0.hasPrefix(Self.damagedFoundPrefix) }.sorted()
  }

  /// What is told of one of them.
  func missing(damagedFound name: String) -> MissingSegment {
    let file = folder.damaged + "/" + name
    var missing = MissingSegment(
      unknown: (try? Segment(path: file))?.summary,
      reason:
        "\(file), which the catalog did not know, was set aside as damaged. Ingest the files again that its events came from; "
        + "martlet verify --repair --forget stops missing them")
    missing.name = name
    missing.isSetAside = true
    return missing
  }

  /// Misses one of them no longer; its file stays.
  func stopMissing(damagedFound name: String) throws(StoreError) {
    try moveAway(folder.damaged + "/" + name, as: String(name.dropFirst(Self.damagedFoundPrefix.count)))
  }

  /// What became of the files of segments that were found.
  struct TakenUp {
    /// Those whose events are stored, and how many of them were not there.
    var taken: [(file: String, events: Int)] = []
    var damaged: [String] = []
    /// Why others stay where they are, each as a sentence.
    var left: [String] = []
  }
}

extension StoreFolder {
  /// Where a segment's file may lie among those that are to be taken up: under its own name, or a higher one where another of that name waits
  /// there already, as of an earlier time.
  func freePlaceInFound(for name: String) -> String {
    var place = found + "/" + name
    var number = Self.number(ofSegment: name) ?? 0
    while access(place, F_OK) == 0 {
      number += 1
      place = found + "/" + Self.segmentName(number)
    }
    return place
  }
}
