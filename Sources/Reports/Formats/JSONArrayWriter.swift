/// Alerts as one JSON array, an alert a line.
struct JSONArrayWriter {
  private var isFirst = true

  func begin() -> [UInt8] { Array("[".utf8) }

  mutating func add(_ alert: AlertDocument) -> [UInt8] {
    defer { isFirst = false }
    return Array((isFirst ? "\n" : ",\n").utf8) + alert.json
  }

  func end() -> [UInt8] { Array("\n]\n".utf8) }
}
