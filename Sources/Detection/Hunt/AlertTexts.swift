import CloudTrail
import Events
import JSON

/// Alerts as events, as they would be read from the index that holds them.
enum AlertTexts {
  /// Bytes of text that are handed to a consumer at once.
  private static let batchBytes = 4 << 20

  /// Hands over alerts, by their ids, in batches.
  static func read(_ alerts: [KnownAlert], _ consumer: some RecordConsumer) throws {
    let scanner = RecordScanner(leanFields: consumer.leanFields, registry: EventRegistry())
    var text: [UInt8] = []
    func flush() throws {
      guard !text.isEmpty else { return }
      let count = text.count
      text.append(contentsOf: repeatElement(0, count: 64))
      try text.withUnsafeBufferPointer { buffer in
        scanner.beginBatch()
        scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<count]), of: TextRegion(file: AlertBuilder.index))
        scanner.finishBatch()
        try consumer.consume(scanner.batch)
      }
      text.removeAll(keepingCapacity: true)
    }
    for alert in alerts {
      text += "{\"_index\":\"\(AlertBuilder.index)\",\"_id\":".utf8
      JSONString.appendQuoted(alert.id, to: &text)
      text += ",\"_source\":".utf8
      text += alert.document
      text += "}\n".utf8
      if text.count > batchBytes { try flush() }
    }
    try flush()
  }
}
