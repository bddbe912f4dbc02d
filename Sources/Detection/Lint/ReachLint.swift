import CloudTrail
import Events
import Policies
import Query
import Rules

/// Looks for conditions that an attacker can push out of reach by making a request longer: the text of a request of more than
/// 8,191 characters is no keyword, and one of 32,766 or more has no leaves either. What stays are the words of the text
/// (`.text`) and the fields that are worked out from the request itself (`martlet.*`).
struct ReachLint {
  let catalog: FieldCatalog

  /// The forms of what a caller writes, or what the answer repeats of it.
  private static let texts = [EventField.requestParameters.path, EventField.responseElements.path]
  private static let roots = [EventField.flattenedRequestParameters.path, EventField.flattenedResponseElements.path]
  /// The most ways of being true that are looked at.
  private static let mostWays = 4096

  func check(_ report: inout LintReport) {
    guard report.rule.language == .kuery, report.rule.type != .savedQuery || report.rule.query != nil,
      let query = try? RuleQuery.asWritten(report.rule), let ways = ways(query)
    else { return }
    var told: Set<String> = []
    for way in ways {
      for condition in way.fragile
      where !(way.isShort && isLeaf(condition.path)) && !isCovered(condition, way, ways)
        && told.insert(condition.path).inserted
      {
        report.add("pushed-out", inQueryAt: condition.path, message(condition.path))
      }
    }
    guard let terms = report.rule.newTerms?.fields, ways.contains(where: \.isLong) else { return }
    for (at, path) in terms.enumerated() where isFragile(path) {
      report.add(
        "pushed-out", at: RuleKeyPath("new_terms_fields").appending(at),
        "A request that its caller made long enough has no `\(path)`, and never alerts: name a field that does not come from "
          + "there.")
    }
  }

  private func message(_ path: String) -> String {
    let form = path.hasPrefix("aws.cloudtrail.flattened") ? "32,766" : "8,191"
    let words = Self.texts[path.contains("response_elements") ? 1 : 0] + ".text"
    return
      "A request that its caller made longer than \(form) characters has no `\(path)`: add an alternative on the words of "
      + "`\(words)`, or on what `martlet.*` says of the request."
  }

  private func isFragile(_ path: String) -> Bool {
    let field = catalog.resolve(path)
    if let root = field.flattenedRoot { return Self.roots.contains(root) }
    return Self.texts.contains(field.sourcePath) && !field.type.isAnalyzed
  }

  private func isLeaf(_ path: String) -> Bool { catalog.resolve(path).flattenedRoot != nil }

  // MARK: Ways of being true

  /// A condition that can be pushed out of reach, and the words that one on the text would share with it.
  private struct Fragile: Hashable {
    var path: String
    var words: Set<String>
  }

  /// One way in which the query can be true: conditions that hold together.
  private struct Way {
    var fragile: Set<Fragile> = []
    /// The words that conditions on `.text` look for.
    var words: Set<String> = []
    var isOurs = false
    /// All other conditions.
    var rest: Set<Predicate> = []
    /// True when a call is named whose request can be made as long as one likes.
    var isLong = false
    /// True when only calls are named whose requests keep their leaves.
    var isShort = false

    mutating func add(_ other: Way) {
      fragile.formUnion(other.fragile)
      words.formUnion(other.words)
      isOurs = isOurs || other.isOurs
      rest.formUnion(other.rest)
      isLong = isLong || other.isLong
      isShort = isShort || other.isShort
    }
  }

  /// True when another way that nobody can close is open wherever this one was.
  private func isCovered(_ condition: Fragile, _ way: Way, _ ways: [Way]) -> Bool {
    ways.contains { other in
      other.fragile.isEmpty && other.rest.isSubset(of: way.rest)
        && (other.isOurs || !other.words.isDisjoint(with: condition.words))
    }
  }

  /// Nil when there are too many.
  private func ways(_ part: Predicate) -> [Way]? {
    guard looksAtRequest(part) else {
      return [
        Way(rest: part == .all ? [] : [part], isLong: namesLongRequest(part), isShort: namesShortRequests(part))
      ]
    }
    switch part {
    case .and(let parts):
      var all = [Way()]
      for part in parts {
        guard let ways = ways(part), all.count * ways.count <= Self.mostWays else { return nil }
        all = all.flatMap { one in
          ways.map { other in
            var way = one
            way.add(other)
            return way
          }
        }
      }
      return all
    case .or(let parts):
      var all: [Way] = []
      for part in parts {
        guard let ways = ways(part), all.count + ways.count <= Self.mostWays else { return nil }
        all += ways
      }
      return all
    case .exists(.named(let path)): return [way(path, nil)]
    case .test(.named(let path), let test): return [way(path, test)]
    // What is excluded stays excluded, or is excluded no longer: no alert is lost by it.
    case .all, .nothing, .not, .exists, .test, .nested, .holds: return [Way()]
    }
  }

  private func way(_ path: String, _ test: ValueTest?) -> Way {
    let field = catalog.resolve(path)
    if path.hasPrefix("martlet.") { return Way(isOurs: true) }
    let isOfResponse = path.contains("response_elements")
    let analyzer = TextAnalyzer(
      field.type.analysis ?? catalog.resolve(Self.texts[isOfResponse ? 1 : 0] + ".text").type.analysis ?? .standard)
    let words = words(of: test, analyzer)
    if field.type.isAnalyzed { return Way(words: words) }
    // The key stands before the value in the text.
    let key = field.flattenedRoot == nil ? [] : analyzer.words(String(path.split(separator: ".").last ?? ""))
    return Way(fragile: [Fragile(path: path, words: words.union(key))])
  }

  private func words(of test: ValueTest?, _ analyzer: TextAnalyzer) -> Set<String> {
    switch test {
    case .match(let text), .phrase(let text), .term(let text): Set(analyzer.words(text))
    case .wildcard(let pattern), .termPattern(let pattern):
      Set(analyzer.words(pattern.text.replacing("*", with: " ").replacing("\\", with: "")))
    case .words(let asked): asked.isFuzzy ? [] : Set(asked.texts.flatMap { analyzer.words($0) })
    case .inZone(let inner, _): words(of: inner, analyzer)
    case .range, .list, .regex, .sigma, nil: []
    }
  }

  private func looksAtRequest(_ part: Predicate) -> Bool {
    part.fields.contains { field in
      guard case .named(let path) = field.strict else { return false }
      return isFragile(path) || path.hasPrefix("martlet.") || Self.texts.contains(catalog.resolve(path).sourcePath)
    }
  }

  private func namesLongRequest(_ part: Predicate) -> Bool {
    switch part {
    case .and(let parts), .or(let parts): parts.contains(where: namesLongRequest)
    case .test(.named("event.action"), .phrase(let action)), .test(.named("event.action"), .match(let action)):
      Self.longRequests.contains(action)
    case .all, .nothing, .not, .exists, .test, .nested, .holds: false
    }
  }

  private func namesShortRequests(_ part: Predicate) -> Bool {
    switch part {
    case .and(let parts): parts.contains(where: namesShortRequests)
    case .or(let parts): !parts.isEmpty && parts.allSatisfy(namesShortRequests)
    case .test(.named("event.action"), .phrase(let action)), .test(.named("event.action"), .match(let action)):
      Self.shortRequests.contains(action)
    case .test(.named("event.action"), .wildcard(let pattern)):
      if case .literal(let lead) = pattern.parts.first { Self.versionedShortRequests.contains(lead) } else { false }
    case .all, .nothing, .not, .exists, .test, .nested, .holds: false
    }
  }

  /// Calls whose requests have no room for 32,766 characters. Reading and writing objects: what a record tells of it stands
  /// in the headers and the address of the request, each of which S3 takes some 8 KB of.
  private static let shortRequests: Set<String> = ["CopyObject", "CreateMultipartUpload", "GetObject", "PutObject"]
  /// The same for names that an API date follows. The configuration of a Lambda function: its texts have bounds of some
  /// hundred characters, its layers are five, and its environment, of 4 KB, is not recorded.
  private static let versionedShortRequests: Set<String> = ["UpdateFunctionConfiguration"]

  /// Calls whose requests hold a document or a list of any length.
  private static let longRequests: Set<String> = Set(PolicySetting.actions.map(\.action)).subtracting([
    "SetDefaultPolicyVersion"
  ]).union([
    "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules", "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration", "PutBucketReplication", "RunInstances", "SendCommand",
  ])
}
