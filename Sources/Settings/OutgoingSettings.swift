import Foundation
import JSON
import Transfers

/// How everything that goes out goes, as the `outgoing` part of the settings says it.
public enum OutgoingSettings {
  /// - Parameter variables: in which the proxy's address may be.
  /// Throws `SettingsFault`, which names the key.
  public static func settings(_ json: JSONValue, variables: [String: String]) throws -> TransferSettings {
    let keys = SettingsReader(json, at: "outgoing")
    try keys.begin()
    var settings = TransferSettings()
    let except = try keys.texts("no_proxy").joined(separator: ",")
    // An address with a name and a password is a secret.
    let secret = try keys.secret("proxy", orPlain: true)
    switch (try keys.text("proxy"), secret) {
    case (nil, nil), ("environment"?, nil): break
    case ("none"?, nil): settings.proxy = .none
    case (let url?, nil):
      guard !url.contains("@") else {
        throw keys.wrong("proxy", "an address with a password does not stand in settings: use proxy_file or proxy_env")
      }
      settings.proxy = .url(try proxy(url, keys), except: except)
    case (nil, let secret?):
      let address: String
      do { address = try secret.read(variables) } catch let fault as SettingsFault {
        throw keys.wrong(keys.has("proxy_env") ? "proxy_env" : "proxy_file", fault.reason)
      }
      settings.proxy = .url(try proxy(address, keys), except: except)
    case (_?, _?): throw keys.wrong("proxy", "proxy_file or proxy_env is set too; one is enough")
    }
    if let file = try keys.text("authorities") {
      guard access(file, R_OK) == 0 else {
        throw keys.wrong("authorities", "\(file) cannot be read: \(String(cString: strerror(errno)).lowercased())")
      }
      guard holdsCertificates(file) else { throw keys.wrong("authorities", "\(file) holds no certificate in PEM") }
      settings.trust = try keys.flag("only_these_authorities") ?? false ? .only(file) : .systemAnd(file)
    } else if try keys.flag("only_these_authorities") ?? false {
      throw keys.wrong("only_these_authorities", "authorities names none")
    }
    if let time = try keys.duration("connect_timeout") { settings.connectTimeout = time }
    settings.mostTransfers = try keys.number("most_at_once", 1...10_000) ?? settings.mostTransfers
    try keys.finish()
    return settings
  }

  /// Whether a file may have certificates; what is wrong with one of them shows when it is used.
  private static func holdsCertificates(_ file: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: 16 << 20) else {
      return false
    }
    return ["-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----"]
      .contains { data.range(of: Data($0.utf8)) != nil }
  }

  private static func proxy(_ url: String, _ keys: SettingsReader) throws -> String {
    guard ["http://", "https://", "socks5://", "socks5h://"].contains(where: url.hasPrefix),
      url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw keys.wrong(
        "proxy", "it is environment, none, or an address that begins with http://, https://, socks5:// or socks5h://")
    }
    return url
  }
}
