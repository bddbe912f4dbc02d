import CloudTrail
import Rules

/// `kibana.alert.reason`: what kind of event, what it was about, who and where, in the form that Kibana gives it.
enum AlertReason {
  static func text(_ fields: EventFields, _ severity: Severity, _ name: String) -> String {
    let category = value(fields, "event.category")
    var text = category.map { "\($0) event" } ?? "event"
    // A comma follows all of these but an address without a port.
    let things = [
      value(fields, "process.name").map { "process \($0)," },
      value(fields, "process.parent.name").map { "parent process \($0)," },
      value(fields, "file.name").map { "file \($0)," },
      address(fields, "source"), address(fields, "destination"),
    ].compactMap(\.self)
    if !things.isEmpty { text += " with " + things.joined(separator: " ") }
    if let user = value(fields, "user.name") { text += " by \(user)" }
    if let host = value(fields, "host.name") { text += " on \(host)" }
    return text + " created \(severity.rawValue) alert \(name)."
  }

  /// An address with its port.
  private static func address(_ fields: EventFields, _ side: String) -> String? {
    guard let address = value(fields, side + ".ip") else { return nil }
    return value(fields, side + ".port").map { "\(side) \(address):\($0)," } ?? "\(side) \(address)"
  }

  /// All values of a field; nil where it has none, or the dash that stands for none.
  private static func value(_ fields: EventFields, _ path: String) -> String? {
    let values = fields.all(path)
    return values.isEmpty || values == ["-"] ? nil : values.joined(separator: ", ")
  }
}
