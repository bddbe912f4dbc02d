import Events
import JSON

/// A new rule and its test events, with the word TODO wherever its writer has something to say.
///
/// The rule can be read, run and tested as it is; `rules check` and `rules lint` name what is still to be filled in.
public struct RuleScaffold: Sendable {
  public let rule: Rule
  private let provider: String
  private let action: String

  /// - Parameters:
  ///   - type: `query` or `newTerms`.
  ///   - provider: the service whose log shows the act, as `iam.amazonaws.com`; nil when it is still to be named.
  ///   - action: the call, as `CreateUser`; nil when it is still to be named.
  ///   - day: today as `2026/01/31`.
  public init(name: String, id: String, type: RuleType, provider: String?, action: String?, day: String) {
    let todo = Placeholder.word
    self.provider = provider ?? "\(todo).amazonaws.com"
    self.action = action ?? todo
    var rule = Rule(ruleID: id, name: name, type: type, severity: .low, riskScore: 21)
    rule.description = "\(todo): what happened, and why somebody should look at it, in two or three sentences.\n"
    rule.authors = ["\(todo): you"]
    rule.tags = [
      "Domain: Cloud", "Data Source: AWS", "Data Source: Amazon Web Services", "Use Case: Threat Detection",
      "Resources: Investigation Guide", "Tactic: \(todo)",
    ]
    rule.references = ["\(todo): an address that tells more"]
    rule.falsePositives = ["\(todo): who does this in the ordinary course of work, and how to except it."]
    rule.schedule = RuleSchedule(from: try? DateMath("now-9m"))
    rule.timestampOverride = "event.ingested"
    rule.index = ["filebeat-*", "logs-aws.cloudtrail-*"]
    rule.query = """
      event.dataset: "aws.cloudtrail"
          and event.provider: "\(Self.quoted(self.provider))"
          and event.action: "\(Self.quoted(self.action))"
          and event.outcome: "success"

      """
    rule.note = Self.guide(name)
    rule.setup = "## Setup\n\nThe rule reads AWS CloudTrail management events. \(todo): what must be logged besides.\n"
    rule.threats = [Threat(tactic: ThreatTactic(id: todo, name: todo))]
    rule.investigationFields = [
      "@timestamp", "event.action", "user.name", "aws.cloudtrail.user_identity.arn",
      "aws.cloudtrail.user_identity.access_key_id", "aws.cloudtrail.request_parameters", "source.ip",
      "user_agent.original", "cloud.account.id", "cloud.region",
    ]
    if type == .newTerms, let start = try? DateMath("now-14d") {
      rule.newTerms = NewTermsParameters(fields: ["aws.cloudtrail.user_identity.arn"], historyWindowStart: start)
    }
    rule.metadata = RuleMetadata(entries: [
      "creation_date": .string(day), "updated_date": .string(day), "integration": ["aws"], "maturity": "development",
      "min_stack_version": "8.19.0",
    ])
    self.rule = rule
  }

  private static func guide(_ name: String) -> String {
    """
    ## Triage and analysis

    ### Investigating \(name)

    \(Placeholder.word): what the act means, and what an intruder gains by it.

    #### Possible investigation steps

    - **Who called.** Read `aws.cloudtrail.user_identity.arn`, and decide whether the act belongs to its duties.
    - **From where.** Weigh `source.ip` and `user_agent.original` against what the identity normally shows.
    - \(Placeholder.word): what else to look at, each field in back-quotes and by its full name.

    ### False positive analysis

    - \(Placeholder.word): harmless causes, and the narrowest exception for each.

    ### Response and remediation

    - \(Placeholder.word): what to do when it was no friend, and how to undo the act.

    """
  }

  private static func quoted(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }

  /// The test events, in YAML.
  public var tests: String {
    // YAML takes what JSON writes.
    func text(_ value: String) -> String { JSONValue.string(value).text }
    var tests = """
      # Test events. \(Placeholder.word): take real ones, and give each part of the query an event that fails by it alone.
      defaults:
        eventSource: \(text(provider))
        eventName: \(text(action))
        userIdentity: { type: IAMUser, userName: alice, arn: "arn:aws:iam::111122223333:user/alice" }
        requestParameters: {}

      tests:
        - name: the act alerts
          events:
            - at: 2026-01-15T10:00:00Z
              alert: true

        - name: a refused call, another service and another act do not alert
          events:
            - at: 2026-01-15T10:00:00Z
              set: { errorCode: AccessDenied }
              alert: false
            - at: 2026-01-15T10:01:00Z
              set: { eventSource: other.amazonaws.com }
              alert: false
            - at: 2026-01-15T10:02:00Z
              set: { eventName: OtherAct }
              alert: false

      """
    if rule.type == .newTerms {
      tests += """

          - name: the same principal within the history does not alert, another does
            history:
              - at: 2026-01-10T10:00:00Z
            events:
              - at: 2026-01-15T10:00:00Z
                alert: false
              - at: 2026-01-15T10:01:00Z
                set: { userIdentity.arn: "arn:aws:iam::111122223333:user/bob", userIdentity.userName: bob }
                alert: true
                new_terms: ["arn:aws:iam::111122223333:user/bob"]

        """
    }
    return tests
  }

  /// A title made of a file's path: `aws/iam_user_created` is “AWS IAM User Created”.
  public static func name(of stem: String) -> String {
    let words = (stem.split(separator: "/").last ?? "").split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let service = words.first.map { $0.count <= 3 ? $0.uppercased() : $0.prefix(1).uppercased() + $0.dropFirst() }
    let small: Set<String> = [
      "a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    ]
    let act = words.dropFirst().map { small.contains($0) ? $0 : $0.prefix(1).uppercased() + $0.dropFirst() }
    return (["AWS"] + [service].compactMap { $0 } + act).joined(separator: " ")
  }

  /// Writes both files, beside each other; where one of them is there already, neither is written.
  ///
  /// - Parameter stem: the path of the rule's file without `.toml`.
  /// - Returns: the paths of the files. Throws `FileWriter.Failure` and `RuleWritingError`.
  public func write(stem: String, testEnding: String) throws -> [String] {
    let text = try RuleWriter.toml(rule)
    let files = [(stem + ".toml", text), (stem + testEnding, tests)]
    if let slash = stem.lastIndex(of: "/"), slash > stem.startIndex {
      try FileWriter.makeFolder(String(stem[..<slash]))
    }
    var written: [String] = []
    do {
      for (path, text) in files {
        try FileWriter.create(path, text)
        written.append(path)
      }
    } catch {
      for path in written { FileWriter.remove(path) }
      throw error
    }
    return written
  }
}
