import JSON

/// An issue for Jira's REST API, version 2, in which descriptions are text.
enum JiraIssue {
  static func json(_ text: NotificationText, _ jira: NotificationChannel.Jira) -> JSONValue {
    // Text in which nothing is a mark of Jira's own; its end is not cut off.
    let description = "{noformat}\n" + plain(text.body).cut(30_000) + "\n{noformat}"
    let labels = ["martlet", text.worst.rawValue] + (text.items.first.map { ["martlet-\($0.alert.id)"] } ?? [])
    var fields: [String: JSONValue] = [
      "project": ["key": .string(jira.project)], "issuetype": ["name": .string(jira.issueType)],
      "summary": .string(text.title.cut(255)), "description": .string(description),
      "labels": .array(labels.map { .string($0.replacing(" ", with: "-").cut(255)) }),
    ]
    fields.merge(jira.fields) { $1 }
    return ["fields": .object(fields)]
  }

  /// Without what would end text that means nothing: an opening brace before `noformat`, whatever follows.
  private static func plain(_ text: String) -> String {
    let mark = Array("noformat".unicodeScalars)
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (place, scalar) in scalars.enumerated() {
      result.append(scalar)
      guard scalar == "{", scalars.count - place > mark.count else { continue }
      if zip(scalars[(place + 1)...], mark).allSatisfy({ $0 == $1 || $0.properties.lowercaseMapping == String($1) }) {
        result.append(" ")
      }
    }
    return String(result)
  }
}
