import Alerts
import CloudTrail
import Foundation
import Rules
import Running
import Settings
import Trust

extension ServiceSettings {
  /// Looks whether what settings name is there and can be used; each fault has its key.
  ///
  /// - Parameters:
  ///   - data: the folder of events, which need not be there.
  ///   - variables: of the process.
  ///   - isOpen: whether others than this machine reach an address that is listened at.
  public func faults(data: String, variables: [String: String], isOpen: Bool) -> [SettingsFault] {
    var faults: [SettingsFault] = []
    for (place, path) in geoDatabases.enumerated() {
      do { _ = try GeoDatabase(path: path) } catch {
        faults.append(SettingsFault("\(error)", key: "geoip[\(place)]"))
      }
    }
    for list in indicators {
      let parts = list.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, let reason = Self.obstacle(parts[1]) {
        faults.append(SettingsFault("\(parts[1]) cannot be read: \(reason)", key: "indicators.\(parts[0])"))
      }
    }
    var rules: [(id: String, name: String, tags: [String])]?
    do {
      let alerts = try AlertStore(folder: data, isReadOnly: true)
      if isOpen, try !FolderKeys(alerts).hasAccessKeys() {
        faults.append(
          SettingsFault(
            "others than this machine would reach \(listen), which needs keys: make one with martlet keys create",
            key: "listen"))
      }
      let selections = outside.notifications.channels.map(\.selection)
      if selections.contains(where: { !$0.rules.isEmpty || !$0.exceptRules.isEmpty || !$0.tags.isEmpty }) {
        rules = try FolderRules.load(alerts).rules.map { ($0.rule.ruleID, $0.rule.name, $0.rule.tags) }
      }
    } catch {
      faults.append(SettingsFault("\(error)"))
    }
    faults += outside.roadFaults + outside.notifications.faults(variables, rules: rules)
    return faults.map { Self.named($0, variables) }
  }

  /// Why a file cannot be read; nil where it can.
  private static func obstacle(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else { return String(cString: strerror(errno)) }
    return status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : nil
  }

  /// The files of the listener's certificate and its key, of which neither is of use by itself. Throws `SettingsFault`, which names the one
  /// that is missing.
  static func tls(_ part: SettingsReader) throws -> (certificate: String, key: String) {
    func missing(_ key: String, _ what: String, _ other: String?) -> SettingsFault {
      let variable = { (key: String) in "MARTLET_TLS_\(key.uppercased())" }
      let set = "set it, or the variable \(variable(key)), to the file of \(what) in PEM"
      guard let other else { return part.wrong(key, "it is missing: \(set), or leave out tls") }
      return part.wrong(
        key,
        "it is missing, and tls.\(other) is of no use without it: \(set), or take tls.\(other) and \(variable(other)) away"
      )
    }
    switch (try part.text("certificate"), try part.text("key")) {
    case (let certificate?, let key?): return (certificate, key)
    case (nil, let key): throw missing("certificate", "the certificate", key == nil ? nil : "key")
    case (_, nil): throw missing("key", "the certificate's private key", "certificate")
    }
  }
}
