import CloudTrail
import JSON

/// What an event of a host or a network tells of, whose action says little by itself: a process that was started, a file that was
/// deleted, where a connection went.
struct EventSubject: Sendable {
  /// The first of the event's categories that says what it is about.
  var category: String
  /// `event.type`, the first.
  var type: String?
  /// The process, the file, the address or the name.
  var object: String?
  var host: String?

  /// For each category where its object stands, the plainest first.
  private static let objects: [(category: String, fields: [String])] = [
    ("process", ["process.name", "process.executable"]),
    ("file", ["file.path", "file.name"]),
    ("registry", ["registry.path", "registry.key"]),
    ("library", ["dll.path", "dll.name"]),
    ("driver", ["driver.path", "driver.name", "dll.name"]),
    ("network", ["dns.question.name", "destination.domain", "destination.address", "destination.ip"]),
    ("authentication", []),
    ("session", []),
  ]

  /// Nil for what is no such event, and for calls of CloudTrail, whose names say what they are.
  init?(_ fields: EventFields) {
    guard fields.first("event.provider")?.hasSuffix(".amazonaws.com") != true else { return nil }
    let categories = fields.all("event.category")
    guard let found = Self.objects.first(where: { categories.contains($0.category) }) else { return nil }
    category = found.category
    if category == "network", fields.first("dns.question.name") != nil { category = "dns" }
    type = fields.first("event.type")
    object = found.fields.lazy.compactMap(fields.first).first
    host = fields.first("host.name") ?? fields.first("host.hostname")
  }

  var members: [(String, String?)] {
    [("category", category), ("type", type), ("object", object), ("host", host)]
  }
}
