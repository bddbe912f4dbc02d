import Rules

/// Looks at what a rule and its file are called.
enum NamingLint {
  static func check(_ report: inout LintReport) {
    checkFile(&report)
    checkName(&report)
  }

  /// A TOML file is named after the service and the act: `iam_user_created`.
  private static func checkFile(_ report: inout LintReport) {
    let name = report.loaded.file.split(separator: "/").last.map(String.init) ?? ""
    guard name.hasSuffix(".toml") else { return }
    let words = name.dropLast(5).split(separator: "_", omittingEmptySubsequences: false)
    let isSnake = words.allSatisfy { word in
      !word.isEmpty && word.utf8.allSatisfy { $0 &- 0x30 <= 9 || $0 &- 0x61 < 26 }
    }
    guard !isSnake || words.count < 2 else { return }
    report.add(
      "file-name", at: RuleKeyPath(),
      "The file is called \(name): name it after the service and the act in snake case, as iam_user_created.toml.")
  }

  private static let smallWords: Set<String> = [
    "about", "after", "against", "along", "among", "around", "before", "behind", "below", "between", "during", "from",
    "inside", "into", "onto", "outside", "over", "since", "than", "through", "under", "until", "upon", "with", "within",
    "without",
  ]

  private static func checkName(_ report: inout LintReport) {
    let name = report.rule.name
    // Empty names are errors of `rules check`.
    guard let first = name.first, let last = name.last, !name.allSatisfy(\.isWhitespace) else { return }
    let words = name.split(whereSeparator: \.isWhitespace)
    if first.isWhitespace || last.isWhitespace || name.contains("  ") || name.contains("\n") {
      report.add("rule-name", at: "name", "The name has blanks at its ends, or several together.")
    }
    // A name such as `dMSA` or `rc.local` keeps its case.
    if let word = words.first, word.allSatisfy({ $0.isLetter && $0.isLowercase }) {
      report.add("rule-name", at: "name", "The name starts in lower case.")
    }
    if ".!?:;,".contains(last) { report.add("rule-name", at: "name", "The name ends in “\(last)”; it is a title.") }
    if name.count > 100 {
      report.add("rule-name", at: "name", "The name has \(name.count) characters: more than 100 fit no table.")
    }
    // Titles are in capitals. A command, a product or a word that some writers leave small stands among them; a name in which more
    // is small than not is none.
    let plain = words.dropFirst().filter { word in
      word.count > 4 && word.allSatisfy { $0.isLetter && $0.isLowercase } && !smallWords.contains(String(word))
    }
    let titled = words.dropFirst().count { $0.first?.isUppercase == true && $0.contains(where: \.isLowercase) }
    if let word = plain.first, plain.count > titled {
      report.add("rule-name", at: "name", "The word “\(word)” of the name starts in lower case; names are titles.")
    }
  }
}
