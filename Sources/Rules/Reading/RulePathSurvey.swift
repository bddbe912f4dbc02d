import Foundation

/// What there is under a path that has nothing of what was looked for in it.
package struct RulePathSurvey {
  /// Entries that are looked at, and bytes of a file.
  private static let mostEntries = 20_000
  private static let startBytes = 4096

  private var kinds: [String: Int] = [:]
  private var entries = 0

  /// What is looked for.
  package enum Wanted: String {
    case rule, exception
  }

  private let wanted: Wanted

  private init(_ wanted: Wanted) { self.wanted = wanted }

  /// A sentence for a path without a rule, or without an exception: what is there instead, and what to do.
  package static func sentence(_ path: String, wanted: Wanted = .rule) -> String {
    var survey = RulePathSurvey(wanted)
    survey.visit(path, depth: 0)
    guard !survey.kinds.isEmpty else { return "There is no \(wanted) in it: it is empty." }
    let counts = survey.kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = counts.prefix(8).map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    let more = counts.count > 8 ? " and others" : ""
    let exceptions =
      wanted == .rule && survey.kinds.keys.contains { $0.hasPrefix(Self.exceptions) }
      ? " Exceptions are given with --exceptions." : ""
    return "There is no \(wanted) in it. What is there: \(shown)\(more).\(exceptions)"
  }

  private static let sigma = "Sigma rule (.yml)"
  private static let exceptions = "exceptions (."

  private mutating func visit(_ path: String, depth: Int) {
    var status = stat()
    guard entries < Self.mostEntries, depth < RuleFileFinder.maximumDepth, lstat(path, &status) == 0 else { return }
    entries += 1
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      for name in names.sorted() where !name.hasPrefix(".") { visit(path + "/" + name, depth: depth + 1) }
    case S_IFREG: kinds[kind(path), default: 0] += 1
    // A link that was named leads to what is meant; in a folder it may lead anywhere.
    case S_IFLNK where depth == 0:
      if let target = realpath(path, nil) {
        visit(String(cString: target), depth: 1)
        free(target)
      }
    default: kinds["link or special file", default: 0] += 1
    }
  }

  private func kind(_ path: String) -> String {
    let ending = RuleFileFinder.fileExtension(path)
    switch ending {
    case "yml", "yaml":
      return isSigma(path) ? Self.sigma : path.hasSuffix(".test.yaml") ? "rule tests (.test.yaml)" : ".\(ending)"
    case "toml", "ndjson", "json":
      return wanted == .rule && holdsExceptions(path)
        ? "\(Self.exceptions)\(ending))" : ".\(ending) without \(wanted == .rule ? "a rule" : "an exception")"
    case "": return "file without an ending"
    default: return ".\(ending.prefix(20))"
    }
  }

  private func isSigma(_ path: String) -> Bool { start(of: path).map(Self.isSigma) ?? false }

  private func start(of path: String) -> [UInt8]? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: Self.startBytes)).map { Array($0) }
  }

  /// Whether a file, which holds no rule, starts as a file of exceptions does.
  private func holdsExceptions(_ path: String) -> Bool {
    guard let start = start(of: path).map({ String(decoding: $0, as: UTF8.self) }) else { return false }
    return RuleFileFinder.fileExtension(path) == "toml"
      ? start.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("[[exception") }
      : start.contains("\"list_id\"")
  }

  /// Whether a text starts as a Sigma rule does.
  static func isSigma(_ text: [UInt8]) -> Bool {
    let lines = String(decoding: text.prefix(startBytes), as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.contains { $0.hasPrefix("logsource:") } && lines.contains { $0.hasPrefix("detection:") }
  }
}
