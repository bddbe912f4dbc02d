import JSON

/// An issue for Jira's REST API, version 2, in which descriptions are text.
enum JiraIssue {
  static func json(_ text: NotificationText, _ jira: NotificationChannel.Jira) -> JSONValue {
    // Text in which nothing is a mark of Jira's own.
    let description = "{noformat}\n" + text.body.replacing("{noformat}", with: "{ noformat}") + "{noformat}"
    let labels = ["martlet", text.worst.rawValue] + (text.items.first.map { ["martlet-\($0.alert.id)"] } ?? [])
    var fields: [String: JSONValue] = [
      "project": ["key": .string(jira.project)], "issuetype": ["name": .string(jira.issueType)],
      "summary": .string(text.title.cut(255)), "description": .string(description.cut(30_000)),
      "labels": .array(labels.map { .string($0.replacing(" ", with: "-").cut(255)) }),
    ]
    fields.merge(jira.fields) { $1 }
    return ["fields": .object(fields)]
  }
}
