import Foundation
import JSON

/// Makes an answer of what a command has said.
enum OperatorReply {
  private static let mostNotices = 50
  private static let longestNotice = 2000

  /// - Parameter keys: keys of the request whose names are not those of options, by these.
  static func of(
    _ outcome: CommandOutcome, _ form: OperatorCommand.Form, keys: [String: String] = [:], took: Duration
  ) -> ServerReply {
    func reason(_ outcome: CommandOutcome) -> String { inKeys(self.reason(outcome), keys) }
    switch outcome.cut {
    case .tooLong(let bytes):
      return .failure(
        400, "illegal_argument_exception",
        "the answer has more than \(bytes) bytes: ask for fewer rows or fields, or for a shorter time")
    case .tooSlow(let time):
      return .failure(
        504, "timeout_exception", "there was no answer within \(time.components.seconds) s: ask for a shorter time")
    case .signal:
      return .failure(503, "circuit_breaking_exception", "the command took more memory or time than it may")
    case nil: break
    }
    switch outcome.status {
    case 0, 2: break
    // Lines may be none, and yet there is what was looked at.
    case 1 where form == .lines && !outcome.messages.contains("martlet: the query was given up: "): break
    case 1 where !outcome.output.isEmpty && form != .sentence: break
    // What could be changed was, beside what is damaged.
    case 1 where form == .sentence && outcome.messages.contains(#/\ alerts?\ changed/#): break
    case 1 where outcome.messages.contains(" alert has an id ") || outcome.messages.contains("there is no key "):
      return .failure(404, "resource_not_found_exception", reason(outcome))
    case 1 where outcome.messages.contains(#/\ (alerts|keys) have ids that start with /#):
      return .failure(400, "illegal_argument_exception", reason(outcome))
    // Beyond a bound of the language: another query is to be asked.
    case 1 where outcome.messages.contains("martlet: the query was given up: "):
      return .failure(400, "illegal_argument_exception", reason(outcome))
    case 64 where outcome.messages.contains("no rule has the id"):
      return .failure(404, "resource_not_found_exception", reason(outcome))
    case 64: return .failure(400, "illegal_argument_exception", reason(outcome))
    case 71: return .failure(503, "circuit_breaking_exception", reason(outcome))
    default: return .failure(503, "no_shard_available_action_exception", reason(outcome))
    }
    return .init(200, fields: [("Content-Type", "application/json")], body: body(outcome, form, took))
  }

  private static func body(_ outcome: CommandOutcome, _ form: OperatorCommand.Form, _ took: Duration) -> [UInt8] {
    var output = outcome.output[...]
    while let last = output.last, last == 0x0A { output.removeLast() }
    if case .value(nil) = form { return output.isEmpty ? Array("null".utf8) : Array(output) }
    let notices = JSONValue.array(notices(outcome.messages).map(JSONValue.string)).text
    let isWhole = outcome.status != 1
    var body = Array(
      #"{"took":\#(Int(took / .milliseconds(1))),"complete":\#(isWhole),"notices":\#(notices)"#.utf8)
    switch form {
    case .lines:
      body += #","rows":["#.utf8
      body.reserveCapacity(body.count + output.count + 2)
      for byte in output { body.append(byte == 0x0A ? UInt8(ascii: ",") : byte) }
      body.append(UInt8(ascii: "]"))
    case .count:
      body += #","count":"#.utf8
      body += output.isEmpty ? Array("0".utf8) : Array(output)
    case .members:
      if output.count > 2, output.first == UInt8(ascii: "{") {
        body.append(UInt8(ascii: ","))
        body += output.dropFirst()
        return body
      }
    case .value(let name?):
      body += ",\(JSONValue.string(name).text):".utf8
      body += output.isEmpty ? Array("null".utf8) : Array(output)
    case .sentence, .value(nil): break
    }
    body.append(UInt8(ascii: "}"))
    return body
  }

  /// What was told, a line each.
  private static func notices(_ messages: String) -> [String] {
    messages.split(whereSeparator: \.isNewline).prefix(mostNotices).map { String($0.prefix(longestNotice)) }
  }

  /// Why a command did nothing, without what it says of how it is called.
  private static func reason(_ outcome: CommandOutcome) -> String {
    var text = outcome.messages[...]
    if let usage = text.range(of: "\nUsage: ") { text = text[..<usage.lowerBound] }
    for start in ["Error: ", "martlet: "] where text.hasPrefix(start) { text = text.dropFirst(start.count) }
    while text.last?.isNewline == true { text.removeLast() }
    return text.isEmpty ? "the command ended with status \(outcome.status)" : String(text.prefix(4000))
  }

  /// Options that keys of requests become.
  private static let options: Set = [
    "--add-tag", "--assign", "--by", "--event-category-field", "--expires", "--fields", "--filter", "--from",
    "--histogram", "--index", "--interval", "--language", "--limit", "--min-severity", "--name", "--note", "--reason",
    "--remove-tag", "--role", "--samples-per-key", "--sort", "--status", "--tactic", "--tag", "--tiebreaker-field",
    "--timestamp-field", "--to", "--unassign",
  ]

  /// The same words with the keys of the request in place of the options that they became. Behind the first line stands what was asked,
  /// and what is quoted in it was written by whoever asks.
  private static func inKeys(_ reason: String, _ keys: [String: String]) -> String {
    var lines = reason.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeAll { $0.hasPrefix("Help:") }
    guard let first = lines.first else { return reason }
    lines[0] = first.replacing(#/“[^”]*”|--[a-z][a-z-]*[a-z]/#) { match in
      let words = String(match.output)
      guard options.contains(words) else { return words }
      return keys[words] ?? String(words.dropFirst(2).map { $0 == "-" ? "_" : $0 })
    }
    return lines.joined(separator: "\n")
  }
}
