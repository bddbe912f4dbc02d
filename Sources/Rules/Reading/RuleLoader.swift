import Parallel

/// Loads rules from files, directories and text.
///
/// ```swift
/// let result = RuleLoader.load(paths: ["Rules"])
/// for diagnostic in result.diagnostics { print(diagnostic) }
/// ```
/// Directories are searched through for `.toml`, `.ndjson`, `.json`, `.yml` and `.yaml` files, in the order of their names; what starts
/// with a point is passed over. A file is read once, and holds at most 16 MiB. Nothing is thrown: what cannot be read
/// is among the diagnostics.
public enum RuleLoader {
  /// Loads the rules of files and directories, in the order given.
  public static func load(paths: [String], sigma: SigmaSettings = .standard) -> RuleLoadResult {
    var finder = RuleFileFinder(findsSigma: true)
    // Where the files of each path end; nil where some were found by another path already.
    var ends: [(path: String, end: Int, isWhole: Bool)] = []
    for path in paths {
      let (met, troubles) = (finder.metBefore, finder.diagnostics.count)
      finder.find(path)
      ends.append((path, finder.files.count, finder.metBefore == met && finder.diagnostics.count == troubles))
    }
    var result = RuleLoadResult()
    result.diagnostics = finder.diagnostics
    // Several files at a time: one alone takes a fraction of a millisecond.
    let parts = finder.files.concurrentMap(slice: 16, { load(file: $0) })
    var start = 0
    for (path, end, isWhole) in ends {
      let mine = parts[start..<end]
      start = end
      for part in mine { result.append(part) }
      // A path that is silently without effect would be taken for a hunt that found nothing.
      if isWhole, mine.allSatisfy(\.isWithoutContent) {
        result.diagnostics.append(Diagnostic(.error, file: path, RulePathSurvey.sentence(path)))
      }
    }
    SigmaCollection.resolve(&result, sigma)
    return result
  }

  /// Loads the rules of texts as if each stood in the file of its name, in the order given.
  static func load(texts: [(file: String, text: String)]) -> RuleLoadResult {
    var result = RuleLoadResult()
    for part in texts.concurrentMap(slice: 8, { load(text: $0.text, file: $0.file) }) { result.append(part) }
    return result
  }

  /// Loads the rules of a text as if it stood in `file`, whose ending tells TOML from JSON.
  public static func load(text: String, file: String, sigma: SigmaSettings = .standard) -> RuleLoadResult {
    var result = load(bytes: Array(text.utf8), file: file, isNamed: true)
    SigmaCollection.resolve(&result, sigma)
    return result
  }

  private static func load(file: RuleFileFinder.Found) -> RuleLoadResult {
    do {
      return load(bytes: try RuleFile.read(file.path), file: file.path, isNamed: file.isNamed)
    } catch {
      var result = RuleLoadResult()
      result.files = 1
      result.diagnostics = [Diagnostic(.error, file: file.path, error.message)]
      return result
    }
  }

  private static func load(bytes: [UInt8], file: String, isNamed: Bool) -> RuleLoadResult {
    var result = RuleLoadResult()
    result.files = 1
    let text = SourceText(bytes)
    switch RuleFileFinder.fileExtension(file) {
    case "toml": TOMLRuleReader.read(text, file: file, isNamed: isNamed, into: &result)
    case "ndjson", "json": JSONRuleReader.read(text, file: file, isNamed: isNamed, into: &result)
    case "yml", "yaml":
      if RuleFileFinder.isRuleTest(file) {
        result.diagnostics.append(Diagnostic(.error, file: file, RulePathSurvey.sentence(file)))
      } else {
        SigmaReader.read(text, file: file, isNamed: isNamed, into: &result)
      }
    case let other:
      let reason =
        "Rules are read from .toml, .ndjson, .json and, as Sigma has them, .yml and .yaml files, and this one "
        + "\(RuleFileFinder.ending(other)); rename it."
      result.diagnostics.append(Diagnostic(.error, file: file, reason))
    }
    return result
  }
}
