import Foundation
import Rules

/// The documentation of several rules: a page for each, and an index.
public struct RulePages {
  public struct Page {
    /// The name within the folder.
    public var file: String
    public var text: String
  }

  /// The pages in the order of the rules; the index, `index.md`, comes last where it was asked for.
  public let pages: [Page]

  public init(_ rules: [Rule], withIndex: Bool) {
    var taken: Set<String> = ["index"]
    var pages: [Page] = []
    for rule in rules {
      let page = RulePage(rule)
      let name = SafeName.unique(page.anchor, separator: "-", taken: &taken)
      pages.append(Page(file: name + ".md", text: page.markdown))
    }
    if withIndex { pages.append(Page(file: "index.md", text: Self.index(rules, pages.map(\.file)))) }
    self.pages = pages
  }

  private static func index(_ rules: [Rule], _ files: [String]) -> String {
    var lines = [
      RulePage.marker, "", "# Detection rules", "", "\(CoverageTable.rules(rules.count)).", "",
      "| Rule | Type | Severity | Risk score | Tactics |", "| --- | --- | --- | --- | --- |",
    ]
    for (rule, file) in zip(rules, files).sorted(by: { ($0.0.name, $0.1) < ($1.0.name, $1.1) }) {
      var seen: Set<String> = []
      let tactics = rule.threats.map(\.tactic.name).filter { seen.insert($0).inserted }.map(Markup.markdown)
      lines.append(
        "| [\(Markup.markdown(rule.name))](\(file)) | \(rule.type.rawValue) | \(rule.severity.rawValue) | "
          + "\(rule.riskScore) | \(tactics.joined(separator: ", ")) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Writes the pages into a folder: the paths that were written, and why others were not. A file that is there and was
  /// not made here is left as it is.
  public func write(to folder: String) -> (written: [String], refused: [String]) {
    var written: [String] = []
    var refused: [String] = []
    do {
      try FileWriter.makeFolder(folder)
    } catch {
      return ([], [error.message])
    }
    for page in pages {
      let path = folder.hasSuffix("/") ? folder + page.file : folder + "/" + page.file
      do {
        try FileWriter.write(path, page.text, overwrites: Self.isMade(path))
        written.append(path)
      } catch {
        refused.append(
          error.exists ? "\(path) was not made by martlet rules docs; it is left as it is." : error.message)
      }
    }
    return (written, refused)
  }

  /// Pages in a folder that were made before, of rules that are not among these.
  public func stale(in folder: String) -> [String] {
    let mine = Set(pages.map(\.file))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    return names.filter { $0.hasSuffix(".md") && !mine.contains($0) && Self.isMade(base + $0) }.sorted().map {
      base + $0
    }
  }

  private static func isMade(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: RulePage.marker.utf8.count)) == Data(RulePage.marker.utf8)
  }
}
