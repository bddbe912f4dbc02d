import AWS
import Events
import JSON
import Notifications
import Roads
import Settings

/// What comes over the network to roads, and settings.
enum RoadTargets {
  static func pushed(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if case .objects(let objects) = QueueMessage(text) {
      // What is named can be asked for.
      for object in objects { _ = AWSRequest("GET", "https://s3.example", path: "/\(object.bucket)/\(object.key)").url }
    }
    if case .content(let content) = FirehoseEndpoint.read(
      { _ in nil }, body: bytes, now: Timestamp(milliseconds: 0), isKey: { _ in true })
    {
      precondition(content.parts.allSatisfy { !$0.isEmpty })
    }
    if case .content(let content) = EventBridgeEndpoint.read(body: bytes) { precondition(content.parts == [bytes]) }
  }

  static func xml(_ bytes: [UInt8]) {
    guard let element = XMLElement(bytes) else { return }
    func look(_ element: XMLElement, _ depth: Int) {
      precondition(depth < 30)
      for child in element.children { look(child, depth + 1) }
    }
    look(element, 0)
  }

  static func settings(_ bytes: [UInt8]) {
    guard let value = try? YAMLSettings.value(of: bytes) else { return }
    _ = try? RoadSettings.all(value["roads"] ?? value, scratch: "/tmp")
    guard let notifications = try? NotificationSettings(value["notifications"] ?? value) else { return }
    precondition(Set(notifications.channels.map(\.name)).count == notifications.channels.count)
  }
}
