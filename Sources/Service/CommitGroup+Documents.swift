import CloudTrail
import Inputs
import Intake

// Documents of a request, each of which is told what became of it.
extension CommitGroup {
  /// Reads documents, each by itself, so that none that is broken takes another with it. Throws what storing throws.
  ///
  /// - Parameters:
  ///   - first: the piece that the first of them is; the others follow.
  ///   - name: what the request is called.
  func read(_ documents: IngestionDocuments, from first: Int, named name: String, _ registry: EventRegistry) throws {
    let scanner = RecordScanner(leanFields: [], registry: registry, keepsHeads: true)
    let text = TextBuffer(capacity: min(documents.text.count, Self.textBytes))
    var region = TextRegion(file: name)
    region.isForStreams = true
    var owners: [Int] = []
    var count = 0
    func hand() throws {
      scanner.finishBatch()
      try add(scanner.batch) { owners[$0] }
      scanner.beginBatch()
      text.count = 0
      owners.removeAll(keepingCapacity: true)
      count = 0
    }
    scanner.beginBatch()
    for place in 0..<documents.count {
      let (document, piece) = (documents[place], first + place)
      if text.free < document.count || count == Self.mostTogether {
        try hand()
        text.grow(to: document.count)
      }
      document.withUnsafeBufferPointer { bytes in
        if let start = bytes.baseAddress { (text.start + text.count).update(from: start, count: bytes.count) }
      }
      scanner.scan(text.commit(document.count), of: region)
      count += 1
      while owners.count < scanner.batch.rows.count { owners.append(piece) }
      for problem in scanner.takeProblems().problems {
        receipts[piece].rejected += problem.count
        if receipts[piece].problems.count < 3 {
          receipts[piece].problems.append("\(problem.cause.rawValue): \(problem.detail)")
        }
      }
    }
    try hand()
  }

  /// Bytes of text, and documents, that are scanned before they are mapped.
  private static let textBytes = 4 << 20
  private static let mostTogether = 1000
}
