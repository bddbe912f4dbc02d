import Foundation

/// A connection that sends exactly what a test says; its waits are on threads of their own.
public final class RawClient: @unchecked Sendable {
  private let descriptor: Int32

  /// - Parameter unread: how many bytes the kernel may keep for it while it does not read, about; otherwise as many as it likes,
  ///   which is tens of megabytes on some machines.
  public init(port: Int, host: String = "127.0.0.1", unread: Int32? = nil) throws {
    let isSix = host.contains(":")
    // A program that another test starts meanwhile would keep it open.
    descriptor = socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if var unread { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &unread, socklen_t(MemoryLayout<Int32>.size)) }
    var status: Int32
    if isSix {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = in_port_t(port).bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      inet_pton(AF_INET, host, &address.sin_addr)
      status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    guard status == 0 else { throw Failure(code: errno) }
  }

  deinit { Foundation.close(descriptor) }

  public struct Failure: Error { public let code: Int32 }

  /// Sends all of it, or as much as is taken; false where the other side has gone.
  @discardableResult
  public func send(_ bytes: [UInt8]) async -> Bool {
    await apart {
      var place = 0
      while place < bytes.count {
        let count = bytes[place...].withUnsafeBytes {
          Foundation.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        place += count
      }
      return true
    }
  }

  @discardableResult
  public func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

  /// All that comes until the other side closes, or an answer of known length is whole.
  ///
  /// - Parameter head: the answer is one to `HEAD`, which has no body.
  public func receive(untilClosed: Bool = false, head: Bool = false) async -> String {
    await apart {
      var bytes: [UInt8] = []
      // How many there are when the answer is whole; unknown until its head is.
      var whole: Int?
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      while untilClosed || bytes.count < whole ?? .max {
        let count = recv(self.descriptor, &piece, piece.count, 0)
        guard count > 0 else { break }
        bytes += piece[..<count]
        whole = whole ?? Self.length(of: bytes, head: head)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// The first bytes of an answer, 64 at most; the rest stays unread.
  public func receiveFirst() async -> String {
    await apart {
      var piece = [UInt8](repeating: 0, count: 64)
      let count = recv(self.descriptor, &piece, piece.count, 0)
      return String(decoding: piece.prefix(max(0, count)), as: UTF8.self)
    }
  }

  /// Says that nothing more will be sent.
  public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The length of the answer that begins here, or nil while its head has not ended or where only the connection's end ends it.
  private static func length(of bytes: [UInt8], head: Bool) -> Int? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).lowercased().components(separatedBy: "\r\n")
    if head || lines[0].hasPrefix("http/1.1 100") { return end.upperBound }
    guard let line = lines.first(where: { $0.hasPrefix("content-length:") }),
      let length = Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces))
    else { return nil }
    return end.upperBound + length
  }

  private func apart<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: work()) }
    }
  }
}
