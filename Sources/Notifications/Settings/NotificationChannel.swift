import JSON
import Reports
import Settings
import Transfers

/// A way in which somebody, or something, is told of alerts.
public struct NotificationChannel: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case webhook(Webhook)
    case slack(url: SecretSource)
    case teams(url: SecretSource)
    case email(Email)
    case jira(Jira)
    case pagerDuty(key: SecretSource, url: String)
    /// Alerts as they are, a line of JSON each, behind what is in a file.
    case file(path: String)
    case elasticsearch(Elasticsearch)
  }

  public struct Webhook: Sendable, Equatable {
    public var url: Address
    /// What bodies are signed with; unsigned where there is none.
    public var secret: SecretSource?
    /// What follows `Authorization: Bearer`.
    public var token: SecretSource?
    /// The body, with `{{name}}` in place of values; the usual one where there is none.
    public var template: String?
    /// Whether the whole alert goes with it.
    public var hasDocument = false

    public init(url: Address) { self.url = url }
  }

  public enum Address: Sendable, Equatable {
    case plain(String)
    /// Whoever knows it may send.
    case secret(SecretSource)

    func read(_ variables: [String: String]) throws -> String {
      switch self {
      case .plain(let url): url
      case .secret(let source): try source.read(variables)
      }
    }
  }

  public struct Email: Sendable, Equatable {
    public var host: String
    public var port: Int
    public var security: MailServer.Security
    public var user: String?
    public var password: SecretSource?
    public var from: String
    public var to: [String]

    public init(host: String, port: Int, security: MailServer.Security, from: String, to: [String]) {
      self.host = host
      self.port = port
      self.security = security
      self.from = from
      self.to = to
    }
  }

  public struct Jira: Sendable, Equatable {
    public var url: String
    /// With it, the token is the password of a cloud's user; without it, one that bears itself.
    public var user: String?
    public var token: SecretSource
    public var project: String
    public var issueType: String
    /// Further fields of the issue, as Jira's API has them.
    public var fields: [String: JSONValue] = [:]

    public init(url: String, token: SecretSource, project: String, issueType: String) {
      self.url = url
      self.token = token
      self.project = project
      self.issueType = issueType
    }
  }

  public struct Elasticsearch: Sendable, Equatable {
    public var url: String
    public var index: String
    /// `id:key` or its base64.
    public var apiKey: SecretSource?
    public var user: String?
    public var password: SecretSource?

    public init(url: String, index: String) {
      self.url = url
      self.index = index
    }
  }

  public var name: String
  public var kind: Kind
  public var selection = AlertSelection()
  /// How long alerts are gathered before they are told together; nil tells of each by itself.
  public var digest: Duration?
  public var quiet: QuietHours?
  /// Whether it is sent again where nobody knows whether it arrived: the answer did not come, or the process was killed. Otherwise it is
  /// held, and said to be.
  public var resendsUnanswered: Bool
  public var mostAttempts = 20
  /// From when on it is not tried any more.
  public var longestAge: Duration = .seconds(24 * 3600)

  public init(name: String, kind: Kind) {
    self.name = name
    self.kind = kind
    resendsUnanswered =
      switch kind {
      // What receives these knows an alert that it has.
      case .pagerDuty, .elasticsearch, .file: true
      default: false
      }
  }

  /// What a channel is called among the parts of a service that may be in trouble. No other part of notifications has a blank in its name.
  public static func part(_ name: String) -> String { "channel \(name)" }

  /// Whether several alerts go in one.
  var isGathering: Bool {
    switch kind {
    case .jira, .pagerDuty: false
    default: true
    }
  }

  /// Whether it is told of an alert. People are told of the alert on several events and not of its building blocks too, as Kibana's
  /// actions for each alert leave out what has `kibana.alert.group.index` (elastic/kibana, `create_persistence_rule_type_wrapper.ts`); where
  /// alerts are kept, none is missing.
  func takes(_ alert: AlertNotice) -> Bool { (isExport || !alert.isPartOfGroup) && selection.takes(alert) }

  /// Whether alerts go as they are to where they are kept: at once, as many as there are.
  var isExport: Bool {
    switch kind {
    case .file, .elasticsearch: true
    default: false
    }
  }
}
