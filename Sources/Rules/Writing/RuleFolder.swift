import JSON

/// Rules as a folder of TOML files, a file a rule, named after the rule.
public struct RuleFolder: Sendable {
  public struct File: Hashable, Sendable {
    /// The name within the folder, safe on any system.
    public var name: String
    public var text: String
  }

  public private(set) var files: [File] = []
  /// Rules that TOML cannot hold, and objects that are no rules.
  public private(set) var diagnostics: [Diagnostic] = []

  /// Lays rules out as files; exception lists and their items go together into `exceptions.ndjson`.
  public init(_ loaded: RuleLoadResult) {
    var taken: Set<String> = []
    for rule in loaded.rules {
      do {
        let text = try RuleWriter.toml(rule.rule)
        let stem = SafeName.make(
          rule.rule.name, separator: "_",
          fallback: SafeName.make(rule.rule.ruleID, separator: "_", fallback: "rule"))
        files.append(
          File(name: SafeName.unique(stem, separator: "_", taken: &taken) + ".toml", text: text))
      } catch {
        diagnostics.append(
          rule.diagnostic(.error, at: RuleKeyPath(), "“\(rule.rule.name)” cannot be written as TOML: \(error)."))
      }
    }
    let exceptions = loaded.exceptionLists + loaded.exceptionItems
    if !exceptions.isEmpty {
      files.append(File(name: "exceptions.ndjson", text: exceptions.map { $0.text + "\n" }.joined()))
    }
    if !loaded.otherObjects.isEmpty {
      diagnostics.append(
        Diagnostic(
          .warning, file: "export",
          "\(loaded.otherObjects.count) other objects of the export, as connectors, are no rules and are left out."))
    }
  }

  /// What came of writing the files.
  public struct Report: Sendable {
    public var written: [String] = []
    /// Files that were there already with this very text.
    public var same: [String] = []
    /// Why files were not written.
    public var refused: [FileWriter.Failure] = []
  }

  /// Writes the files into a folder, which is made where it is missing.
  ///
  /// - Parameter overwrites: false to leave files of those names as they are, and say so.
  public func write(to folder: String, overwrites: Bool) -> Report {
    var report = Report()
    do {
      try FileWriter.makeFolder(folder)
    } catch {
      report.refused.append(error)
      return report
    }
    for file in files {
      let path = folder.hasSuffix("/") ? folder + file.name : folder + "/" + file.name
      if (try? RuleFile.read(path)) == Array(file.text.utf8) {
        report.same.append(path)
        continue
      }
      do {
        try FileWriter.write(path, file.text, overwrites: overwrites)
        report.written.append(path)
      } catch {
        report.refused.append(error)
      }
    }
    return report
  }
}
