/// Writes suggestions as a file for `--exceptions`.
public enum SuggestionTOML {
  /// The text of a file with an exception each.
  public static func text(_ suggestions: [SuggestedException]) -> String {
    var lines = [
      "# Proposed by `martlet exceptions suggest`. Keep what you can vouch for, and give it an end with",
      "# `expires = 2026-12-31` where it need not hold for good.",
    ]
    for suggestion in suggestions {
      lines += [
        "", "# \(suggestion.removed) of \(suggestion.alerts) alerts of \(quoted(suggestion.ruleName))", "[[exception]]",
        "name = \(quoted(suggestion.item.name))", "rule = \(quoted(suggestion.ruleID))",
        "reason = \(quoted(suggestion.item.description))", "entries = [",
      ]
      lines += suggestion.item.entries.map { "  { \(text($0)) }," }
      lines.append("]")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func text(_ entry: ExceptionEntry) -> String {
    let field = "field = \(quoted(entry.field))"
    return switch entry.test {
    case .match(let value): "\(field), match = \(quoted(value))"
    case .matchAny(let values): "\(field), match_any = [\(values.map(quoted).joined(separator: ", "))]"
    // Suggestions ask for values only.
    case .exists, .wildcard, .list, .nested: "\(field), exists = \(!entry.isExcluded)"
    }
  }

  /// A TOML string of one line; whatever a log holds, it stays within its quotes.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let width = scalar.value > 0xFFFF ? 8 : 4
          result += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
