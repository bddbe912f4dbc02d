import Foundation
import Rules
import Settings
import Transfers

// What settings cannot say by themselves: whether what they name is there.
extension NotificationSettings {
  /// What is wrong with secrets, files, rules and tags that channels name, each with its key.
  ///
  /// - Parameters:
  ///   - variables: in which secrets may be.
  ///   - rules: ids, names and tags of the rules that there are; nil where they are not known.
  public func faults(
    _ variables: [String: String], rules: [(id: String, name: String, tags: [String])]?
  ) -> [SettingsFault] {
    var faults: [SettingsFault] = []
    for (place, channel) in channels.enumerated() {
      let key = "notifications.channels[\(place)]"
      for (name, source) in channel.secrets {
        let full = "\(key).\(name)_\(source.isFile ? "file" : "env")"
        do {
          let secret = try source.read(variables)
          if name == "url" { faults += Self.faults(ofSecret: secret, channel, full) }
        } catch {
          faults.append(SettingsFault("\(error)", key: full))
        }
      }
      if case .file(let path) = channel.kind, let reason = Self.obstacle(path) {
        faults.append(SettingsFault("\(path) cannot be written: \(reason)", key: "\(key).path"))
      }
      guard let rules else { continue }
      for tag in channel.selection.tags
      where !rules.contains(where: { $0.tags.contains { $0.lowercased() == tag.lowercased() } }) {
        faults.append(SettingsFault("no rule has the tag \(tag.debugDescription)", key: "\(key).tags"))
      }
      for (name, patterns) in [
        ("rules", channel.selection.rules), ("except_rules", channel.selection.exceptRules),
      ] {
        for pattern in patterns {
          let isKnown = rules.contains {
            AlertSelection.matches(pattern, $0.id) || AlertSelection.matches(pattern, $0.name)
          }
          if !isKnown {
            faults.append(
              SettingsFault("there is no rule \(pattern.debugDescription), by id or by name", key: "\(key).\(name)"))
          }
        }
      }
    }
    return faults
  }

  /// Why a file can be neither made nor written; nil where it can. Does neither.
  private static func obstacle(_ path: String) -> String? {
    var status = stat()
    if lstat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG: return access(path, R_OK | W_OK) == 0 ? nil : String(cString: strerror(errno)).lowercased()
      case S_IFDIR: return "it is a folder"
      default: return "it is no file"
      }
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return "there is no folder \(folder)"
    }
    return access(folder, W_OK | X_OK) == 0 ? nil : String(cString: strerror(errno)).lowercased()
  }

  private static func faults(ofSecret url: String, _ channel: NotificationChannel, _ key: String) -> [SettingsFault] {
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      return [SettingsFault("what it holds does not begin with https:// or http://", key: key)]
    }
    if case .webhook(let webhook) = channel.kind, webhook.token == nil { return [] }
    return OpenWay.leadsAway(url) ? [SettingsFault(ChannelSender.openWay, key: key)] : []
  }
}

extension NotificationChannel {
  /// The secrets that the channel's settings name, by the keys that they stand under without `_file` and `_env`.
  var secrets: [(name: String, source: SecretSource)] {
    let found: [(String, SecretSource?)] =
      switch kind {
      case .webhook(let webhook):
        [("url", webhook.url.source), ("secret", webhook.secret), ("token", webhook.token)]
      case .slack(let url), .teams(let url): [("url", url)]
      case .email(let email): [("password", email.password)]
      case .jira(let jira): [("token", jira.token)]
      case .pagerDuty(let key, _): [("key", key)]
      case .file: []
      case .elasticsearch(let target): [("api_key", target.apiKey), ("password", target.password)]
      }
    return found.compactMap { name, source in source.map { (name, $0) } }
  }
}

extension NotificationChannel.Address {
  fileprivate var source: SecretSource? { if case .secret(let source) = self { source } else { nil } }
}

extension SecretSource {
  fileprivate var isFile: Bool { if case .file = self { true } else { false } }
}
