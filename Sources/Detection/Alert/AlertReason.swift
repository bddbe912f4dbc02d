import Rules

/// `kibana.alert.reason`: what kind of event, what it was about, who and where, in the form that Kibana gives it.
enum AlertReason {
  static func text(_ fields: EventFields, _ severity: Severity, _ name: String) -> String {
    let category = fields.all("event.category").joined(separator: ", ")
    var text = category.isEmpty ? "event" : "\(category) event"
    let things = [
      ("process", fields.first("process.name")), ("parent process", fields.first("process.parent.name")),
      ("file", fields.first("file.name")), ("source", address(fields, "source")),
      ("destination", address(fields, "destination")),
    ].compactMap { kind, value in value.map { "\(kind) \($0)," } }
    if !things.isEmpty { text += " with " + things.joined(separator: " ") }
    if let user = fields.first("user.name") { text += " by \(user)" }
    if let host = fields.first("host.name") { text += " on \(host)" }
    return text + " created \(severity.rawValue) alert \(name)."
  }

  /// An address with its port.
  private static func address(_ fields: EventFields, _ side: String) -> String? {
    guard let address = fields.first(side + ".ip") ?? fields.first(side + ".address") else { return nil }
    return fields.first(side + ".port").map { "\(address):\($0)" } ?? address
  }
}
