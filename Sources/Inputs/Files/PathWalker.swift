import CloudTrail
import Events
import Foundation
import Parallel

/// The files under some paths, in a fixed order, found as they are asked for: a tree of millions of files is never listed
/// as a whole.
struct PathWalker {
  struct Entry: Sendable {
    var path: String
    var size: Int
    /// When it was last changed, in nanoseconds since the epoch.
    var modified: Int64 = 0
    /// True for what is no regular file.
    var isPipe = false
    /// False for what was found in a directory.
    var isNamed = false
    /// Where it is, however its path was spelled; nil where that is not asked for.
    var place: String?

    /// What it is to whoever remembers which files were read; nil for what is read once.
    var object: SourceObject? {
      guard path != "-", !isPipe else { return nil }
      return SourceObject(origin: PathText.real(path), size: Int64(size), modified: modified)
    }

    var origin: InputOrigin {
      var origin = InputOrigin(
        name: path == "-" ? "standard input" : PathText.shown(path), path: path, isNamed: isNamed)
      origin.place = place.map(PathText.shown)
      return origin
    }
  }

  private struct Level {
    var directory: String
    var names: [String]
    var next = 0
  }

  private struct Directory: Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// The directories that were entered.
  private var entered: Set<Directory> = []
  private var roots: ArraySlice<String>
  private var levels: [Level] = []
  /// Directories that cannot be listed, and entries that cannot be looked at.
  private(set) var problems: [(path: String, cause: String)] = []
  /// Pipes, sockets and devices in directories: to open one could mean to wait for ever.
  private var passedOver = PassedOver()

  init(_ paths: [String]) {
    roots = paths[...]
  }

  /// The next file, or nil at the end. Standard input is `-`, of size 0.
  mutating func next() -> Entry? {
    while true {
      if levels.isEmpty {
        guard let root = roots.popFirst() else { return nil }
        if root == "-" { return Entry(path: root, size: 0, isNamed: true) }
        var status = stat()
        guard stat(root, &status) == 0 else {
          problems.append((root, Self.cause(unreachable: root)))
          continue
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFREG:
          return Entry(path: root, size: Int(status.st_size), modified: Self.modified(status), isNamed: true)
        // A pipe has any length, so it is read as a stream.
        default: return Entry(path: root, size: 0, isPipe: true, isNamed: true)
        }
        open(root)
        continue
      }
      let top = levels.count - 1
      guard levels[top].next < levels[top].names.count else {
        levels.removeLast()
        continue
      }
      let name = levels[top].names[levels[top].next]
      levels[top].next += 1
      let path = levels[top].directory + "/" + name
      var status = stat()
      guard PathText.withBytes(path, { lstat($0, &status) }) == 0 else {
        problems.append((PathText.shown(path), SystemError.words()))
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: open(path)
      case S_IFREG: return Entry(path: path, size: Int(status.st_size), modified: Self.modified(status))
      case S_IFLNK:
        guard PathText.withBytes(path, { stat($0, &status) }) == 0 else {
          problems.append((PathText.shown(path), "a link that leads nowhere: \(SystemError.words())"))
          continue
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: open(path)
        case S_IFREG: return Entry(path: path, size: Int(status.st_size), modified: Self.modified(status))
        default: passedOver.note(PathText.shown(path), kind: Self.kind(status.st_mode))
        }
      default: passedOver.note(PathText.shown(path), kind: Self.kind(status.st_mode))
      }
    }
  }

  /// Why a path that was given cannot be looked at, right after that was tried.
  private static func cause(unreachable path: String) -> String { S3Address(path)?.advice ?? SystemError.words() }

  fileprivate static func problem(unreachable path: String) -> RecordProblem {
    RecordProblem(file: path, cause: .unreadable, detail: cause(unreachable: path))
  }

  private static func modified(_ status: stat) -> Int64 {
    Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
  }

  /// What is neither a file nor a directory.
  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFIFO: "pipe"
    case S_IFSOCK: "socket"
    default: "device"
    }
  }

  /// Takes what was passed over so far.
  mutating func takePassedOver() -> PassedOver {
    defer { passedOver = PassedOver() }
    return passedOver
  }

  /// Takes the problems noted so far.
  mutating func takeProblems() -> [(path: String, cause: String)] {
    defer { problems = [] }
    return problems
  }

  /// Goes into a directory, once: links may lead to one by several ways, or round in a circle.
  private mutating func open(_ directory: String) {
    var status = stat()
    if PathText.withBytes(directory, { stat($0, &status) }) == 0 {
      guard entered.insert(Directory(device: UInt64(status.st_dev), number: UInt64(status.st_ino))).inserted else {
        return
      }
    }
    guard levels.count < 256, let handle = PathText.withBytes(directory, { opendir($0) }) else {
      problems.append(
        (
          PathText.shown(directory),
          levels.count < 256 ? SystemError.words() : "directories nested too deep"
        ))
      return
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: UInt8.self, capacity: 256) {
          PathText.text(
            UnsafeBufferPointer(
              start: $0, count: strnlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self), 256)))
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    names.sort()
    let trimmed = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    levels.append(Level(directory: trimmed, names: names))
  }
}

extension InputReader {
  /// The paths that can be read only once: pipes and what else is neither a file nor a directory. Standard input is not
  /// among them.
  public static func pipes(among paths: [String]) -> [String] {
    paths.filter { path in
      var status = stat()
      guard path != "-", stat(path, &status) == 0 else { return false }
      return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }
  }

  /// What a reading of some paths would say where it can reach none of them: a problem each. Nil where one of them is there, or is standard
  /// input.
  public static func unreachable(_ paths: [String]) -> ProblemLog? {
    var problems = ProblemLog()
    for path in paths {
      var status = stat()
      guard path != "-", stat(path, &status) != 0 else { return nil }
      problems.note(PathWalker.problem(unreachable: path))
    }
    return problems
  }
}
