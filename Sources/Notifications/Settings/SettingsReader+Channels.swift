import Rules
import Settings

extension SettingsReader {
  /// A severity by its name.
  func severity(_ key: String) throws -> Severity? {
    guard let text = try text(key) else { return nil }
    guard let severity = Severity(rawValue: text) else { throw wrong(key, "it is low, medium, high or critical") }
    return severity
  }

  /// `url`, or `url_file` or `url_env` for one that is a secret.
  func address() throws -> NotificationChannel.Address {
    switch (has("url"), try secret("url", orPlain: true)) {
    case (true, nil): return .plain(try url("url"))
    case (false, let source?): return .secret(source)
    case (true, _?): throw wrong("url", "url_file or url_env is set too; one is enough")
    case (false, nil): throw wrong("url", "it is missing, and so are url_file and url_env")
    }
  }
}
