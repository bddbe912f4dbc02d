import Parallel

/// How much text a worker has in hand at once: less where memory is short.
struct ReadingSizes: Equatable {
  /// A file whose text is no longer is decompressed and scanned in one go.
  var wholeTextBytes = 64 << 20
  /// Longer text is cut into pieces of this size, at record boundaries.
  var pieceBytes = 8 << 20
  /// Bytes from which a file, or a member of an archive, is read as a stream that several workers share.
  var streamedBytes = 8 << 20
  /// The text that a worker gathers from several files before it hands it on.
  var batchTextBytes = 16 << 20
  /// Bytes of text from which it is handed on at once where its tokens are wanted: with less, batches cost as much as they save.
  var ownBatchBytes = 64 << 10

  init() {}

  /// What a worker that may take so many bytes has in hand. What is made of a text, the places of its tokens and events
  /// that are printed, takes some twenty times its length.
  init(share: Int) {
    let text = max(Self.leastPiece, (share - Self.fixedBytes) / 20)
    pieceBytes = min(pieceBytes, text)
    streamedBytes = min(streamedBytes, text)
    wholeTextBytes = min(wholeTextBytes, text)
    batchTextBytes = min(batchTextBytes, text)
  }

  /// The workers that there is memory for.
  static func workers(_ wanted: Int, memory: Int = ProcessMemory.available) -> Int {
    max(1, min(wanted, memory / 2 / (fixedBytes * 3 / 2)))
  }

  private static let leastPiece = 256 << 10
  /// Bytes that a worker takes beside text and what is made of it: a long record, columns, what is known of callers.
  private static let fixedBytes = 48 << 20
}
