import Outputs

/// What a report says at its head: what there is, of what, and what that leaves open.
struct ReportWords {
  private let count: Int
  private let context: ReportContext

  init(_ page: ReportPage, _ context: ReportContext) {
    count = page.count
    self.context = context
  }

  /// “No alerts” stands alone only where everything there is was asked for and looked at.
  var headline: String {
    if context.nothing != nil { return context.isOfSavedAlerts ? "Nothing to report" : "Nothing was hunted" }
    switch count {
    case 0 where !context.asked.isEmpty: return "No alerts that fit what was asked for"
    case 0: return "No alerts"
    case 1: return "1 alert"
    default: return "\(count.grouped) alerts"
    }
  }

  /// Where the alerts come from, as it follows the headline.
  var base: String {
    if let nothing = context.nothing { return ": \(ShownText.cut(nothing, to: 500))" }
    if context.isOfSavedAlerts {
      let all = count + context.alertsNotAsked + context.alertsWithoutRoom
      if all == count { return " that \(count == 1 ? "was" : "were") saved" }
      return "\(count == 0 ? "," : "") of \(all.grouped) that were saved"
    }
    let events = context.events == 1 ? "1 event" : "\(context.events.grouped) events"
    return " in \(events)" + (context.unread > 0 ? " that could be read" : "")
  }

  /// What the choice left out.
  var notAsked: String {
    var words: [String] = []
    if context.alertsNotAsked > 0 {
      words.append(
        "\(Self.counted(context.alertsNotAsked, "alert")) \(context.alertsNotAsked == 1 ? "is" : "are") left out by it."
      )
    } else if context.isOfSavedAlerts {
      words.append("It leaves no alert out.")
    }
    if context.rulesNotAsked > 0 {
      words.append(
        "\(Self.counted(context.rulesNotAsked, "further rule")) did not run, and what \(context.rulesNotAsked == 1 ? "it" : "they") "
          + "would have raised is not known.")
    }
    return words.joined(separator: " ")
  }

  /// What was to be looked at and was not.
  var overlooked: [String] {
    var words: [String] = []
    if context.unread > 0 {
      let pieces =
        context.isOfSavedAlerts
        ? Self.counted(context.unread, "place") + " of the file"
        : Self.counted(context.unread, "piece") + " of the input"
      words.append("\(pieces) could not be read, see “\(Self.problems)”")
    }
    if context.eventsUnread > 0 {
      words.append("\(Self.counted(context.eventsUnread, "event")) of data streams that no rule reads")
    }
    if context.rulesUnread > 0 {
      words.append("\(Self.counted(context.rulesUnread, "error")) in rules kept them out, see “\(Self.limits)”")
    }
    if context.rulesNotRun > 0 {
      words.append("\(Self.counted(context.rulesNotRun, "rule")) took no part, see “\(Self.limits)”")
    }
    if context.alertsWithoutRoom > 0 {
      words.append(
        Self.counted(context.alertsWithoutRoom, "alert")
          + " beyond what a report holds \(context.alertsWithoutRoom == 1 ? "is" : "are") neither shown nor counted")
    }
    return words
  }

  /// What stands in the place of alerts where there are none.
  var none: String {
    if context.nothing != nil { return "Nothing was looked at, so nothing is known." }
    guard context.asked.isEmpty else {
      if context.alertsNotAsked > 0 {
        return context.alertsNotAsked == 1
          ? "The one alert that there is was not asked for."
          : "None of \(context.alertsNotAsked.grouped) alerts is what was asked for."
      }
      return context.isOfSavedAlerts
        ? "The file holds no alert." : "No rule that was asked for found anything in what was looked at."
    }
    if context.isOfSavedAlerts { return "The file holds no alert." }
    return overlooked.isEmpty ? "No rule found anything." : "No rule found anything in what was looked at."
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count.grouped) \(noun)\(count == 1 ? "" : "s")"
  }

  static let limits = "Limits of this hunt"
  static let problems = "Problems of the input"
}
