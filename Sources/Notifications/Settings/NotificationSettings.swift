import Foundation
import JSON
import Rules
import Settings
import Transfers

/// Who is told of what, and how, as settings say it.
public struct NotificationSettings: Sendable, Equatable {
  /// Where an alert can be looked at; `{id}` stands for its id.
  public var link: String?
  public var channels: [NotificationChannel] = []

  public init() {}

  public static let mostChannels = 100

  /// Reads the `notifications` part of the settings. Throws `SettingsFault`, which names the key.
  public init(_ json: JSONValue) throws {
    let keys = SettingsReader(json, at: "notifications")
    try keys.begin()
    link = try keys.text("link")
    if let link, !link.hasPrefix("https://") && !link.hasPrefix("http://") {
      throw keys.wrong("link", "an address begins with https:// or http://")
    }
    let list = try keys.list("channels")
    guard list.count <= Self.mostChannels else {
      throw keys.wrong("channels", "there are more than \(Self.mostChannels)")
    }
    for (place, value) in list.enumerated() {
      let channel = try Self.channel(SettingsReader(value, at: "notifications.channels[\(place)]"))
      guard !channels.contains(where: { $0.name == channel.name }) else {
        throw SettingsFault(
          "there is another channel of this name", key: "notifications.channels[\(place)].name")
      }
      channels.append(channel)
    }
    try keys.finish()
  }

  private static func channel(_ keys: SettingsReader) throws -> NotificationChannel {
    try keys.begin()
    let name = try keys.required("name")
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.-]{0,63}/) != nil else {
      throw keys.wrong("name", "a name has letters, digits and _.-, at most 64")
    }
    var channel = NotificationChannel(name: name, kind: try kind(keys))
    channel.selection.leastSeverity = try keys.severity("min_severity") ?? .low
    channel.selection.rules = try keys.texts("rules")
    channel.selection.exceptRules = try keys.texts("except_rules")
    channel.selection.tags = try keys.texts("tags")
    channel.digest = try keys.duration("digest")
    if channel.digest != nil, !channel.isGathering || channel.isExport {
      throw keys.wrong("digest", "this type of channel takes alerts one by one")
    }
    if let quiet = keys.object("quiet") { channel.quiet = try self.quiet(quiet) }
    if channel.quiet != nil, channel.isExport { throw keys.wrong("quiet", "an export has no quiet hours") }
    switch try keys.text("unanswered") {
    case nil: break
    case "hold": channel.resendsUnanswered = false
    case "resend": channel.resendsUnanswered = true
    default: throw keys.wrong("unanswered", "it is hold or resend")
    }
    channel.mostAttempts = try keys.number("attempts", 1...1000) ?? channel.mostAttempts
    channel.longestAge = try keys.duration("give_up") ?? channel.longestAge
    try keys.finish()
    return channel
  }

  private static func kind(_ keys: SettingsReader) throws -> NotificationChannel.Kind {
    switch try keys.required("type") {
    case "webhook":
      var webhook = NotificationChannel.Webhook(url: try keys.address())
      webhook.secret = try keys.secret("secret")
      webhook.token = try keys.secret("token")
      if webhook.token != nil, case .plain(let url) = webhook.url { try encrypted(url, keys) }
      if let file = try keys.text("template_file") {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8), text.utf8.count <= 256 << 10 else {
          throw keys.wrong("template_file", "\(file) cannot be read, or is no text of at most 256 KiB")
        }
        do { try BodyTemplate.check(text) } catch { throw keys.wrong("template_file", "\(error)") }
        webhook.template = text
      }
      webhook.hasDocument = try keys.flag("document") ?? false
      return .webhook(webhook)
    case "slack": return .slack(url: try keys.requiredSecret("url"))
    case "teams": return .teams(url: try keys.requiredSecret("url"))
    case "email":
      guard let security = MailServer.Security(rawValue: try keys.text("security") ?? "starttls") else {
        throw keys.wrong("security", "it is starttls, tls or none")
      }
      let host = try keys.required("host")
      guard security != .none || OpenWay.isThisMachine(host) else {
        throw keys.wrong("security", "mail goes to another machine only encrypted: it is starttls or tls")
      }
      let port = try keys.number("port", 1...65535) ?? (security == .tls ? 465 : 587)
      var email = NotificationChannel.Email(
        host: host, port: port, security: security, from: try keys.required("from"),
        to: try keys.texts("to"))
      guard !email.to.isEmpty, email.to.count <= 100 else {
        throw keys.wrong("to", "it is a list of 1 to 100 addresses")
      }
      for address in email.to where !MailMessage.isAddress(address) {
        throw keys.wrong("to", "\(address.debugDescription) is no mail address")
      }
      // A server is told of each recipient once, and what it says of one is not to be taken for another's.
      var known: Set<String> = []
      for address in email.to where !known.insert(MailMessage.sameAddress(address)).inserted {
        throw keys.wrong("to", "\(address.debugDescription) is there twice; once is enough")
      }
      guard MailMessage.isAddress(email.from) else { throw keys.wrong("from", "it is no mail address") }
      email.user = try keys.text("user")
      email.password = try keys.secret("password")
      if (email.user == nil) != (email.password == nil) {
        throw keys.wrong("user", "user and password_file or password_env go together")
      }
      return .email(email)
    case "jira":
      var jira = NotificationChannel.Jira(
        url: try keys.url("url"), token: try keys.requiredSecret("token"), project: try keys.required("project"),
        issueType: try keys.text("issue_type") ?? "Task")
      try encrypted(jira.url, keys)
      jira.user = try keys.text("user")
      jira.fields = try keys.values("fields")
      return .jira(jira)
    case "pagerduty":
      return .pagerDuty(
        key: try keys.requiredSecret("key"),
        url: keys.has("url") ? try keys.url("url") : "https://events.pagerduty.com/v2/enqueue")
    case "file":
      let path = try keys.required("path")
      guard path.hasPrefix("/") else { throw keys.wrong("path", "it is a path from / on") }
      return .file(path: path)
    case "elasticsearch":
      var target = NotificationChannel.Elasticsearch(
        url: try keys.url("url"), index: try keys.text("index") ?? "martlet-alerts")
      guard target.index.wholeMatch(of: /[a-z0-9.][a-z0-9._-]{0,199}/) != nil, target.index != ".", target.index != ".."
      else {
        throw keys.wrong("index", "it is no name of an index or a data stream")
      }
      target.apiKey = try keys.secret("api_key")
      target.user = try keys.text("user")
      target.password = try keys.secret("password")
      if (target.user == nil) != (target.password == nil) {
        throw keys.wrong("user", "user and password_file or password_env go together")
      }
      if target.apiKey != nil || target.user != nil { try encrypted(target.url, keys) }
      return .elasticsearch(target)
    default:
      throw keys.wrong("type", "it is webhook, slack, teams, email, jira, pagerduty, file or elasticsearch")
    }
  }

  /// Throws where what is shown to the receiver could be read on the way.
  private static func encrypted(_ url: String, _ keys: SettingsReader) throws {
    guard !OpenWay.leadsAway(url) else { throw keys.wrong("url", ChannelSender.openWay) }
  }

  private static func quiet(_ keys: SettingsReader) throws -> QuietHours {
    try keys.begin()
    func minute(_ key: String) throws -> Int {
      let text = try keys.required(key)
      guard let match = text.wholeMatch(of: /([0-9]{2}):([0-9]{2})/), let hour = Int(match.1),
        let minute = Int(match.2),
        hour < 24, minute < 60
      else { throw keys.wrong(key, "it is a time of the day such as \"22:00\"") }
      return hour * 60 + minute
    }
    let name = try keys.text("zone") ?? "UTC"
    guard let zone = TimeZone(identifier: name) else {
      throw keys.wrong("zone", "\(name.debugDescription) is no time zone such as Europe/Zurich")
    }
    let hours = QuietHours(
      from: try minute("from"), to: try minute("to"), zone: zone, except: try keys.severity("except") ?? .critical)
    guard hours.from != hours.to else { throw keys.wrong("to", "it is the same as from") }
    try keys.finish()
    return hours
  }
}
