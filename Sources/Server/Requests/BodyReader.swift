import NIOCore

/// Gathers a body within the bounds of its route and of all requests, taking off its compression as it comes.
final class BodyReader {
  /// Why a body is refused.
  enum Fault: Error {
    case tooLong(most: Int)
    case busy(held: Int, most: Int)
    case broken(String)
    case unknownEncoding(String)

    var sentence: String {
      switch self {
      case .tooLong(let most): "entity content is too long for the configured maximum [\(most)]"
      case .busy(let held, let most):
        "rejected execution of coordinating operation [current_bytes=\(held), max_bytes=\(most)]"
      case .broken(let reason): "the body cannot be read: \(reason)"
      case .unknownEncoding(let name):
        "Content-Encoding [\(name.prefix(40))] is not supported: gzip, deflate and identity are"
      }
    }
  }

  private(set) var bytes: [UInt8] = []
  private let longest: Int
  private let budget: ByteBudget
  private var held = 0
  private var inflater: BodyInflater?

  /// Throws `Fault` where what is announced is too much.
  init(announced: Int?, encoding: String?, longest: Int, budget: ByteBudget) throws {
    self.longest = longest
    self.budget = budget
    switch encoding?.lowercased() ?? "" {
    case "", "identity": break
    case "gzip", "x-gzip", "deflate": inflater = try BodyInflater()
    default: throw Fault.unknownEncoding(encoding ?? "")
    }
    if let announced {
      guard announced <= longest else { throw Fault.tooLong(most: longest) }
      try hold(announced)
    }
  }

  deinit { budget.give(held) }

  func add(_ buffer: ByteBuffer) throws {
    try buffer.withUnsafeReadableBytes { piece in
      guard inflater != nil else { return try append(piece) }
      try inflater?.add(piece) { try self.append($0) }
    }
  }

  /// To be asked for when all has come.
  func finish() throws { try inflater?.finish() }

  private func append(_ piece: UnsafeRawBufferPointer) throws {
    guard piece.count <= longest - bytes.count else { throw Fault.tooLong(most: longest) }
    let more = bytes.count + piece.count - held
    if more > 0 { try hold(more) }
    bytes.append(contentsOf: piece)
  }

  private func hold(_ count: Int) throws {
    guard budget.take(count) else { throw Fault.busy(held: budget.inHand, most: budget.most) }
    held += count
  }
}
