import Foundation
import Parallel

/// Finds the rule files under paths: in order, each once, whatever links lead round in circles.
package struct RuleFileFinder {
  package struct Found {
    package var path: String
    /// True when the path was given itself rather than found in a directory.
    package var isNamed: Bool
  }

  /// Directories within directories beyond this are not looked into.
  static let maximumDepth = 64
  /// The endings of files that are looked into, in lower case.
  static let extensions: Set<String> = ["toml", "ndjson", "json"]

  package private(set) var files: [Found] = []
  package private(set) var diagnostics: [Diagnostic] = []
  /// Files and directories that were met, and by which of the paths.
  private var seen: [Identity: Int] = [:]
  private var path = 0
  /// Files and directories that an earlier path led to already.
  package private(set) var metBefore = 0

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private struct Pending {
    var path: String
    var depth: Int
  }

  /// True where files of Sigma are looked into too.
  private let findsSigma: Bool

  /// - Parameter findsSigma: look into YAML too, but for the tests of rules.
  package init(findsSigma: Bool = false) { self.findsSigma = findsSigma }

  /// True for the name of a file with tests of rules.
  static func isRuleTest(_ path: String) -> Bool {
    let name = path.lowercased()
    return name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml")
  }

  private func isOfRules(_ path: String) -> Bool {
    let ending = Self.fileExtension(path)
    return Self.extensions.contains(ending)
      || findsSigma && (ending == "yml" || ending == "yaml") && !Self.isRuleTest(path)
  }

  package mutating func find(_ path: String) {
    self.path += 1
    // A stack rather than recursion; entries are pushed in reverse so that they come off in order.
    var pending = [Pending(path: path, depth: 0)]
    while let next = pending.popLast() {
      var status = stat()
      guard stat(next.path, &status) == 0 else {
        diagnostics.append(
          Diagnostic(.error, file: next.path, "The path cannot be looked up: \(SystemError.words(at: next.path))."))
        continue
      }
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      guard isDirectory || next.depth == 0 || isOfRules(next.path) else { continue }
      let identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
      if let earlier = seen[identity] {
        if earlier != self.path { metBefore += 1 }
        continue
      }
      seen[identity] = self.path
      guard isDirectory else {
        files.append(Found(path: next.path, isNamed: next.depth == 0))
        continue
      }
      guard next.depth < Self.maximumDepth else {
        diagnostics.append(
          Diagnostic(
            .warning, file: next.path,
            "The directory lies deeper than \(Self.maximumDepth) levels and is passed over; name it by itself."))
        continue
      }
      if let names = Self.names(in: next.path) {
        let visible = names.filter { !$0.hasPrefix(".") }
        let parent = next.path.hasSuffix("/") ? next.path : next.path + "/"
        for name in visible.sorted(by: { $1.utf8.lexicographicallyPrecedes($0.utf8) }) {
          pending.append(Pending(path: parent + name, depth: next.depth + 1))
        }
      } else {
        diagnostics.append(
          Diagnostic(.error, file: next.path, "The directory cannot be listed: \(SystemError.words())."))
      }
    }
  }

  /// What a directory holds; nil where it cannot be listed, for what `errno` says.
  private static func names(in directory: String) -> [String]? {
    guard let handle = opendir(directory) else { return nil }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  /// What a file's name ends in, in words: `ends in “txt”`.
  package static func ending(_ fileExtension: String) -> String {
    fileExtension.isEmpty ? "has no ending" : "ends in “\(fileExtension.prefix(20))”"
  }

  package static func fileExtension(_ path: String) -> String {
    let bytes = path.utf8
    let slash = UInt8(ascii: "/")
    guard let last = bytes.lastIndex(where: { $0 != slash }),
      let mark = bytes[...last].lastIndex(where: { $0 == slash || $0 == UInt8(ascii: ".") }), bytes[mark] != slash
    else { return "" }
    return path[bytes.index(after: mark)..<bytes.index(after: last)].lowercased()
  }
}
