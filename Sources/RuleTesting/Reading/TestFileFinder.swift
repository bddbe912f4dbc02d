import Foundation
import Parallel
import Rules

/// Finds the files of test events under paths: in order, each once.
struct TestFileFinder {
  static let ending = ".test.yaml"
  /// Directories within directories beyond this are not looked into.
  private static let maximumDepth = 64

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private(set) var files: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var seen: Set<Identity> = []

  /// Adds a file of tests, or all that lie in a directory.
  mutating func find(_ path: String) {
    // A stack rather than recursion; entries are pushed in reverse so that they come off in order.
    var pending = [(path: path, depth: 0)]
    while let next = pending.popLast() {
      var status = stat()
      guard stat(next.path, &status) == 0 else { continue }
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      guard isDirectory || next.path.hasSuffix(Self.ending) || next.path.hasSuffix(".test.yml") else { continue }
      let identity = Identity(
        device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
      guard seen.insert(identity).inserted else { continue }
      if isDirectory {
        guard next.depth < Self.maximumDepth,
          let names = try? FileManager.default.contentsOfDirectory(atPath: next.path)
        else { continue }
        let parent = next.path.hasSuffix("/") ? next.path : next.path + "/"
        for name in names.filter({ !$0.hasPrefix(".") }).sorted(by: { $1.utf8.lexicographicallyPrecedes($0.utf8) }) {
          pending.append((parent + name, next.depth + 1))
        }
      } else if next.path.hasSuffix(Self.ending) {
        files.append(next.path)
      } else {
        diagnostics.append(
          Diagnostic(.warning, file: next.path, "The file is passed over; test files end in \(Self.ending): rename it.")
        )
      }
    }
  }

  /// A plain file's bytes, up to one more than a test file may have.
  static func read(_ path: String) throws(YAMLFault) -> [UInt8] {
    func fault(_ doing: String) -> YAMLFault {
      YAMLFault(
        position: SourcePosition(line: 1, column: 1),
        message: "The file cannot be \(doing): \(SystemError.words()).")
    }
    // Without blocking: a named pipe has no writer to wait for.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("opened") }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: YAMLLimits.fileBytes + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw fault("read") }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }
}
