/// What requests for alerts become on the command line.
enum AlertRequests {
  /// The newest first, where nothing else is said.
  static func list(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    let options = [
      "status": "--status", "filter": "--filter", "min_severity": "--min-severity", "tag": "--tag",
      "tactic": "--tactic",
      "fields": "--fields", "sort": "--sort", "by": "--by",
    ]
    let query = try OperatorQuery(request, Set(options.keys).union(["limit"]))
    var arguments = ["alerts", "list", data, "--format=ndjson"]
    for (name, option) in options.sorted(by: { $0.key < $1.key }) { arguments += query.options(name, option) }
    if !query.has("sort"), !query.has("by") { arguments.append("--sort=time:desc") }
    let limit = try query.number("limit", 1...OperatorAPI.mostRows) ?? OperatorAPI.usualRows
    return OperatorCommand(arguments + ["--limit=\(limit)"], .lines)
  }

  static func show(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    _ = try OperatorQuery(request, [])
    return OperatorCommand(["alerts", "show", data, "--format=json", "--", try OperatorBody.id(request)], .value(nil))
  }

  static func context(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    _ = try OperatorQuery(request, [])
    return OperatorCommand(
      ["context", data, "--format=json", "--threads=1", "--", try OperatorBody.id(request)], .value("context"))
  }

  static func setOne(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    let body = try OperatorBody(request)
    let arguments = try change(body, request, data)
    try body.finish()
    return OperatorCommand(arguments + ["--", try OperatorBody.id(request)], .sentence, keys: changes)
  }

  /// What keys of a change become that are not called as options are.
  private static let changes = [
    "--to": "status", "--status": "where_status", "--add-tag": "add_tags", "--remove-tag": "remove_tags",
  ]

  /// Of alerts that are named, or that a filter and the like choose.
  static func setMany(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    let body = try OperatorBody(request)
    var arguments = try change(body, request, data)
    arguments += try body.options("where_status", "--status")
    arguments += try body.option("filter", "--filter")
    arguments += try body.option("min_severity", "--min-severity")
    arguments += try body.options("tag", "--tag")
    arguments += try body.options("tactic", "--tactic")
    let ids = try body.texts("ids", most: 1000)
    if body.has("ids"), ids.isEmpty { throw OperatorFault(400, "ids: there are none") }
    try body.finish()
    return OperatorCommand(arguments + ["--"] + ids, .sentence, keys: changes)
  }

  private static func change(
    _ body: OperatorBody, _ request: ServerRequest, _ data: String
  ) throws(OperatorFault) -> [String] {
    var arguments = ["alerts", "set", data] + request.caller.author
    for (key, option) in [("status", "--to"), ("reason", "--reason"), ("note", "--note")] {
      arguments += try body.option(key, option)
    }
    for (key, option) in [
      ("add_tags", "--add-tag"), ("remove_tags", "--remove-tag"), ("assign", "--assign"), ("unassign", "--unassign"),
    ] { arguments += try body.options(key, option) }
    return arguments
  }
}
