/// What a request to search becomes on the command line.
enum SearchRequest {
  private static let languages = [
    "kuery": "kuery", "kql": "kuery", "lucene": "lucene", "eql": "eql", "esql": "esql", "dsl": "dsl",
  ]
  /// Bytes of a query; the system takes no argument of 128 KiB.
  static let longestQuery = 64 << 10

  static func command(_ request: ServerRequest, _ data: String) throws(OperatorFault) -> OperatorCommand {
    let body = try OperatorBody(request)
    let named = try body.text("language") ?? "kuery"
    guard let language = languages[named] else {
      throw OperatorFault(400, "language: it is one of kuery, lucene, eql, esql and dsl")
    }
    guard let query = try body.textOrJSON("query", most: longestQuery) else {
      throw OperatorFault(400, "query: it is missing")
    }
    // One worker: searches take their turns beside what must be in time.
    var arguments = ["search", data, "--language=\(language)", "--threads=1"]
    for (key, option) in [("index", "--index"), ("from", "--from"), ("to", "--to"), ("interval", "--interval")] {
      arguments += try body.option(key, option)
    }
    for (key, option) in [
      ("timestamp_field", "--timestamp-field"), ("event_category_field", "--event-category-field"),
      ("tiebreaker_field", "--tiebreaker-field"),
    ] { arguments += try body.option(key, option) }
    for (key, option) in [("fields", "--fields"), ("sort", "--sort"), ("by", "--by")] {
      arguments += try body.joined(key, option)
    }
    let isHistogram = try body.flag("histogram")
    if isHistogram { arguments.append("--histogram") }
    let isCount = try body.flag("count")
    if let samples = try body.number("samples_per_key", 1...OperatorAPI.mostRows) {
      arguments.append("--samples-per-key=\(samples)")
    }
    let limit = try body.number("limit", 1...OperatorAPI.mostRows)
    try body.finish()
    var form = OperatorCommand.Form.lines
    if language == "esql" {
      form = .members
      arguments.append("--format=json")
    } else if isCount {
      form = .count
      arguments.append("--format=count")
    } else {
      arguments.append("--format=ndjson")
    }
    if let limit {
      arguments.append("--limit=\(limit)")
    } else if form == .lines, !isHistogram {
      arguments.append("--limit=\(OperatorAPI.usualRows)")
    }
    return OperatorCommand(arguments + ["--", query], form)
  }
}
