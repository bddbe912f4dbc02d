/// What reads bytes from outside, each behind one function that takes any bytes.
///
/// A target fails by ending the process, or by `precondition` where what was read contradicts itself. The fuzzer feeds it
/// what it makes up; `FuzzTests` feeds it the files in `Tests/FuzzTests/Corpus/<name>`, among them everything that once
/// brought it down.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Files of events: JSON in every shape, compressed, in archives, as tables; mapped, searched, hunted, written.
  case input
  case kql
  /// Queries of events, sequences and samples: read, bound to the schema, answered.
  case eql
  case esql
  case filters
  /// Query strings of Lucene.
  case lucene
  /// Queries of the query DSL.
  case dsl
  /// Rules as TOML: read, checked, formatted, written again.
  case toml
  /// Rules as NDJSON.
  case ndjson
  /// Rules, correlations and filters of Sigma.
  case sigma
  case exceptions
  /// Value lists, as lists of every kind.
  case lists
  /// Mappings of fields, as Elasticsearch prints them.
  case mapping
  /// Test events of rules.
  case yaml
  /// Saved alerts.
  case alerts
  /// Policy documents of AWS.
  case policies
  /// Segments of stored events, with checksums and without.
  case segments
  /// Answers of rules about segments, as they are kept.
  case answers
  /// Messages of queues, and requests of Firehose and EventBridge.
  case pushed
  /// Bodies of bulk requests.
  case bulk
  /// Answers of AWS in XML.
  case xml
  /// Settings in YAML, with their roads and channels.
  case settings

  public func run(_ bytes: [UInt8]) {
    switch self {
    case .input: InputTarget.shared.run(bytes)
    case .kql: QueryTargets.shared.kql(bytes)
    case .eql: QueryTargets.shared.eql(bytes)
    case .esql: QueryTargets.shared.esql(bytes)
    case .filters: QueryTargets.shared.filters(bytes)
    case .lucene: QueryTargets.shared.lucene(bytes)
    case .dsl: QueryTargets.shared.dsl(bytes)
    case .toml: RuleTargets.rules(bytes, file: "fuzz.toml")
    case .ndjson: RuleTargets.rules(bytes, file: "fuzz.ndjson")
    case .sigma: RuleTargets.rules(bytes, file: "fuzz.yml")
    case .exceptions: RuleTargets.exceptions(bytes)
    case .lists: QueryTargets.shared.lists(bytes)
    case .mapping: QueryTargets.shared.mapping(bytes)
    case .yaml: RuleTargets.tests(bytes)
    case .alerts: AlertTarget.run(bytes)
    case .policies: AlertTarget.policy(bytes)
    case .segments: SegmentTarget.run(bytes)
    case .answers: AnswerTarget.run(bytes)
    case .pushed: RoadTargets.pushed(bytes)
    case .bulk: BulkTarget.run(bytes)
    case .xml: RoadTargets.xml(bytes)
    case .settings: RoadTargets.settings(bytes)
    }
  }
}
