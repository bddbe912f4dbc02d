/// Who opened the session that an alert's call was made in: `martlet.session`.
struct AlertSession: Sendable {
  /// A call that opened a session; the first opened that of the alert's call, each further one that of the call before it.
  struct Opening: Sendable {
    let action: String
    let time: String?
    let eventID: String?
    /// Who made the call.
    let name: String?
    let arn: String?
  }

  let openings: [Opening]
  /// The name and the ARN of who is behind it all; nil where that is not known for sure.
  let origin: (name: String?, arn: String?)?
  private let end: String
  private let possibleOpeners: Int

  init?(_ alert: AlertDocument) {
    guard let value = alert.value("martlet.session"), let end = value.text("end") else { return nil }
    self.end = end
    openings = (value["chain"]?.elements ?? []).prefix(100).map { link in
      Opening(
        action: link.text("action") ?? "", time: link.text("time"), eventID: link.text("event_id"),
        name: link["by"]?.text("name"), arn: link["by"]?.text("arn"))
    }
    origin = value["opened_by"].map { ($0.text("name"), $0.text("arn")) }
    possibleOpeners = value.whole("possible_openers") ?? 0
  }

  /// Who, then how, a line each, and where the trail ends.
  var lines: [String] {
    var lines: [String] = []
    if let origin {
      lines.append([origin.name, origin.arn.map { "(\($0))" }].compactMap(\.self).joined(separator: " "))
    }
    for opening in openings {
      var line = opening.action
      if let time = opening.time { line += " at \(ShownText.time(time))" }
      if let who = opening.arn ?? opening.name { line += " by \(who)" }
      if let id = opening.eventID { line += ", event \(id)" }
      lines.append(line)
    }
    let which = openings.isEmpty ? "this session" : "the session before that"
    switch end {
    case "identity": break
    case "ambiguous": lines.append("\(possibleOpeners) different callers may have opened \(which)")
    case "cut": lines.append("the chain goes on")
    default: lines.append("the call that opened \(which) is not in the input")
    }
    return lines
  }
}
