import CloudTrail
import Foundation

/// Hands out input to workers: small files by the handful, large ones piece by piece.
///
/// Unchecked, because a stream and a worker's buffer are no `Sendable` values; all use of `state` is under `lock`.
final class InputFeed: @unchecked Sendable {
  enum Work {
    /// Files that the worker opens itself.
    case files([PathWalker.Entry], sequence: Int)
    /// A piece of a large file, which has been put into the worker's buffer.
    case piece(TextRegion, UnsafeBufferPointer<UInt8>, sequence: Int)
  }

  private struct State {
    var walker: PathWalker
    var stream: TextStream?
    var streamTaken = 0
    var waiting: PathWalker.Entry?
    var sequence = 0
    var problems = ProblemLog()
  }

  /// Files are handed out together until they hold this many bytes; fewer where there is little input in all.
  private static let unitBytes = 1 << 20
  private static let unitFiles = 512

  private let lock = NSLock()
  private var state: State
  private let progress: ReadingProgress

  init(_ paths: [String], progress: ReadingProgress) {
    state = State(walker: PathWalker(paths))
    self.progress = progress
  }

  /// The next work, or nil when there is none left. A piece is read and decompressed here, one worker at a time, while
  /// the others scan theirs.
  func next(_ buffer: TextBuffer) -> Work? {
    lock.lock()
    defer { lock.unlock() }
    return Self.next(&state, buffer, progress)
  }

  private static func next(_ state: inout State, _ buffer: TextBuffer, _ progress: ReadingProgress) -> Work? {
    while true {
      if let stream = state.stream {
        let piece = stream.next(into: buffer)
        progress.add(bytes: stream.bytesTaken - state.streamTaken)
        state.streamTaken = stream.bytesTaken
        if let piece {
          state.sequence += 1
          return .piece(piece.region, piece.text, sequence: state.sequence - 1)
        }
        if let problem = stream.problem { state.problems.note(problem) }
        progress.add(files: 1)
        state.stream = nil
      }
      var files: [PathWalker.Entry] = []
      var bytes = 0
      while bytes < unitBytes, files.count < unitFiles {
        guard let entry = state.waiting ?? state.walker.next() else { break }
        state.waiting = nil
        if entry.path == "-" || entry.isPipe || entry.size > InputLimits.streamedBytes {
          if files.isEmpty { open(entry, &state) } else { state.waiting = entry }
          break
        }
        files.append(entry)
        bytes += entry.size
      }
      for problem in state.walker.takeProblems() {
        state.problems.note(RecordProblem(file: problem.path, cause: .unreadable, detail: problem.cause))
      }
      if !files.isEmpty {
        state.sequence += 1
        return .files(files, sequence: state.sequence - 1)
      }
      if state.stream == nil, state.waiting == nil { return nil }
    }
  }

  private static func open(_ entry: PathWalker.Entry, _ state: inout State) {
    let name = entry.path == "-" ? "standard input" : entry.path
    do {
      state.stream = TextStream(try openDecompressed(entry.path), file: name)
      state.streamTaken = 0
    } catch {
      state.problems.note(RecordProblem(file: name, error: error, offset: nil))
      // An entry that could not be opened leaves nothing behind; the next round goes on after it.
      state.stream = TextStream(EmptySource(), file: name)
    }
  }

  /// Trouble with files as such.
  var problems: ProblemLog {
    lock.lock()
    defer { lock.unlock() }
    return state.problems
  }
}

/// No bytes at all.
private final class EmptySource: ByteSource {
  let bytesTaken = 0
  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int { 0 }
}
