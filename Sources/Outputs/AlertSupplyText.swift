import Detection

/// Which alerts there were for rules over alerts, as lines of text for a person.
public enum AlertSupplyText {
  /// Rules that are listed by name.
  private static let mostListed = 20
  /// Rules without alerts, or that do not run, that are named.
  private static let mostNamed = 5

  /// A heading, and what is below it, which is indented.
  public static func lines(_ account: AlertSupply.Account) -> [String] {
    var lines = ["Alerts that rules over alerts read"]
    if let kept = account.kept {
      lines.append(
        kept.isEmpty
          ? "  the folder keeps none"
          : "  the folder keeps \(CountText.count(account.keptCount, "alert")) of \(CountText.count(kept.count, "rule"))"
      )
      lines += list(kept)
    }
    if account.run.isEmpty {
      lines.append(
        account.kept == nil
          ? "  no other rule was run" : "  no rule was run: what has run in the folder has its alerts there")
    } else {
      let what = account.kept == nil ? "" : " that had not run in the folder"
      let count = account.raisedCount
      lines.append(
        "  \(CountText.count(account.run.count, "rule"))\(what) \(account.run.count == 1 ? "was" : "were") run on the input, and raised "
          + (count == 0 ? "none" : CountText.count(count, "alert")))
      lines += list(account.run.filter { $0.alerts > 0 })
      let silent = account.run.filter { $0.alerts == 0 }
      if count > 0, !silent.isEmpty {
        lines.append("    none by \(CountText.count(silent.count, "rule"))\(names(silent.map(\.ruleName)))")
      } else if count == 0, silent.count <= mostNamed {
        lines[lines.count - 1] += names(silent.map(\.ruleName))
      }
    }
    if !account.notRun.isEmpty {
      lines.append(
        "  \(CountText.count(account.notRun.count, "rule")) \(account.notRun.count == 1 ? "does" : "do") not run"
          + names(account.notRun.map(\.ruleName)))
    }
    if account.left > 0 {
      lines.append(
        "  \(CountText.count(account.left, "alert")) found no room in memory and \(account.left == 1 ? "is" : "are") not read"
      )
    }
    if !account.isSettled {
      lines.append(
        "  rules over alerts go on raising alerts on one another's: what comes after a dozen rounds is left out")
    }
    return lines
  }

  private static func list(_ sources: [AlertSupply.Source]) -> [String] {
    let width = String(sources.first?.alerts ?? 0).count
    let lines = sources.prefix(mostListed).map { source in
      let count = String(source.alerts)
      return "    \(String(repeating: " ", count: max(0, width - count.count)))\(count)  \(source.ruleName)"
    }
    guard sources.count > mostListed else { return lines }
    let others = sources.dropFirst(mostListed)
    return lines + [
      "    \(others.reduce(0) { $0 + $1.alerts }) of \(CountText.count(others.count, "other rule"))"
    ]
  }

  /// Names behind a count, where they are few.
  private static func names(_ names: [String]) -> String {
    names.isEmpty || names.count > mostNamed ? "" : ": " + names.joined(separator: ", ")
  }
}
