import CloudTrail
import Events
import Foundation

/// Hands out input to workers: small files and members of archives by the handful, large ones piece by piece.
///
/// Unchecked, because a stream, an archive and a worker's buffers are no `Sendable` values; all use of `state` is under
/// `lock`.
final class InputFeed: @unchecked Sendable {
  enum Work {
    /// Files that the worker opens itself.
    case files([PathWalker.Entry], sequence: Int)
    /// Members of an archive, which have been put into the worker's buffer for members.
    case members([LoadedMember], sequence: Int)
    /// A piece of a large file, which has been put into the worker's buffer for text.
    case piece(TextRegion, UnsafeBufferPointer<UInt8>, ForeignTally, sequence: Int)
  }

  private struct State {
    var walker: PathWalker
    var stream: (text: TextStream, tally: ForeignTally)?
    /// Of all long files.
    var tallies: [ForeignTally] = []
    /// The archive that is open, and those around it.
    var archives: [(walk: ArchiveWalk, name: String)] = []
    /// Bytes of the file that is open which progress knows of.
    var taken = 0
    var waiting: PathWalker.Entry?
    /// Files that were left out since they had been read before.
    var known = 0
    /// Files that were handed out piece by piece.
    var pieced: [SourceObject] = []
    var sequence = 0
    var problems = ProblemLog()
    var unread = UnreadFiles()
  }

  private let lock = NSLock()
  private var state: State
  private let progress: ReadingProgress
  let sizes: ReadingSizes

  private let isKnown: (@Sendable (SourceObject) -> Bool)?

  /// - Parameter isKnown: whether a file is left out, as it had been read before.
  init(
    _ paths: [String], sizes: ReadingSizes, progress: ReadingProgress,
    isKnown: (@Sendable (SourceObject) -> Bool)? = nil
  ) {
    self.isKnown = isKnown
    self.sizes = sizes
    state = State(walker: PathWalker(paths))
    self.progress = progress
  }

  /// The next work, or nil when there is none left, or the task is cancelled. A piece is read and decompressed here, and members are taken out of
  /// archives, one worker at a time, while the others scan theirs.
  func next(text: TextBuffer, members: TextBuffer) -> Work? {
    lock.lock()
    defer { lock.unlock() }
    while !Task.isCancelled {
      if let (stream, tally) = state.stream {
        if let piece = nextPiece(stream, tally, text) { return piece }
      } else if let (walk, _) = state.archives.last {
        if let work = nextMembers(walk, members) { return work }
      } else if let files = nextFiles() {
        return .files(files, sequence: number())
      } else if let entry = state.waiting {
        state.waiting = nil
        open(entry)
      } else {
        return nil
      }
    }
    return nil
  }

  private func number() -> Int {
    state.sequence += 1
    return state.sequence - 1
  }

  /// Small files that come next, or nil where none does: then `waiting` is a file that is opened here, if there is one.
  private func nextFiles() -> [PathWalker.Entry]? {
    var files: [PathWalker.Entry] = []
    var bytes = 0
    while bytes < InputLimits.unitBytes, files.count < InputLimits.unitFiles, state.waiting == nil, !Task.isCancelled {
      guard var entry = state.walker.next() else { break }
      let object = isKnown == nil ? nil : entry.object
      entry.place = object?.origin
      if let isKnown, let object, isKnown(object) {
        state.known += 1
        continue
      }
      if entry.path == "-" || entry.isPipe || entry.size > sizes.streamedBytes || entry.origin.promise == .archive {
        state.waiting = entry
      } else {
        files.append(entry)
        bytes += entry.size
      }
    }
    for problem in state.walker.takeProblems() {
      state.problems.note(RecordProblem(file: problem.path, cause: .unreadable, detail: problem.cause))
    }
    state.unread.merge(state.walker.takePassedOver())
    return files.isEmpty ? nil : files
  }

  private func nextPiece(_ stream: TextStream, _ tally: ForeignTally, _ text: TextBuffer) -> Work? {
    let piece = stream.next(into: text)
    noteTaken(stream.bytesTaken)
    if let piece { return .piece(piece.region, piece.text, tally, sequence: number()) }
    for problem in stream.takeProblems() { state.problems.note(problem) }
    if let problem = stream.problem {
      state.problems.note(problem)
      // What could not be read to its end is read again another time.
      if state.archives.isEmpty, !state.pieced.isEmpty { state.pieced.removeLast() }
    }
    progress.add(files: 1)
    state.stream = nil
    return nil
  }

  private func nextMembers(_ walk: ArchiveWalk, _ members: TextBuffer) -> Work? {
    let portion = walk.next(into: members)
    noteTaken(walk.reader.bytesTaken)
    state.problems.merge(portion.problems)
    state.unread.merge(portion.passedOver)
    if portion.isLast { state.archives.removeLast() }
    if let (origin, source) = portion.long {
      take(origin) { try OpenedContent.open(source, origin, level: walk.reader.level + 1, budget: walk.reader.budget) }
    }
    return portion.members.isEmpty ? nil : .members(portion.members, sequence: number())
  }

  private func open(_ entry: PathWalker.Entry) {
    state.taken = 0
    if let object = entry.object { state.pieced.append(object) }
    take(entry.origin) { try OpenedContent.open(try FileSource(entry.path), entry.origin) }
  }

  /// Opens what comes next, whose records or members are then handed out.
  private func take(_ origin: InputOrigin, _ open: () throws -> OpenedContent) {
    do {
      switch try open() {
      case .text(let source, let region):
        let tally = ForeignTally(origin)
        state.tallies.append(tally)
        state.stream = (TextStream(source, region, sizes: sizes), tally)
      case .archive(let reader):
        state.archives.append((ArchiveWalk(reader, origin, sizes: sizes), origin.name))
      case .known(let form): state.unread.note(form, origin)
      case .unknown: state.unread.noteUnknown(origin)
      }
    } catch {
      if state.archives.isEmpty, !state.pieced.isEmpty { state.pieced.removeLast() }
      state.problems.note(RecordProblem(file: origin.name, error: error, offset: nil))
      progress.add(files: 1)
    }
  }

  /// Notes how much of the file that is open has been taken; what stands in an archive is no file of its own.
  private func noteTaken(_ bytes: Int) {
    let bytes = state.archives.first?.walk.reader.bytesTaken ?? bytes
    progress.add(bytes: bytes - state.taken)
    state.taken = bytes
  }

  /// Trouble with files as such, and those that were passed over. All workers have ended.
  var outcome: (problems: ProblemLog, passedOver: PassedOver, known: Int, pieced: [SourceObject]) {
    lock.lock()
    defer { lock.unlock() }
    for tally in state.tallies {
      let (records, foreign) = tally.outcome
      guard let foreign else { continue }
      if state.unread.settle(foreign, of: records, tally.origin) { progress.add(files: -1) }
    }
    state.tallies = []
    state.problems.merge(state.unread.problems)
    return (state.problems, state.unread.passedOver, state.known, state.pieced)
  }
}
