import Foundation

/// Tells systemd how a service does, by datagrams to the socket that it names (`sd_notify`(3)); nothing where there is none.
public struct SystemdNotifier: Sendable {
  private let path: String?
  /// How often the watchdog is to be told that all is well: half of the time that it grants; nil where there is none.
  public let interval: Duration?

  /// - Parameter variables: of the process; `NOTIFY_SOCKET` and `WATCHDOG_USEC` are read.
  public init(_ variables: [String: String]) {
    path = variables["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isMine = variables["WATCHDOG_PID"].flatMap(Int32.init).map { $0 == getpid() } ?? true
    let granted = variables["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 && isMine ? $0 : nil }
    interval = granted.map { .microseconds($0 / 2) }
  }

  /// Sends a state, such as `READY=1`; false where there is a socket and it does not take it.
  @discardableResult
  public func tell(_ state: String) -> Bool {
    guard let path else { return true }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // A name in no file system begins with a zero.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < room else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + name.count
    let bytes = Array(state.utf8)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(length)) == bytes.count
      }
    }
  }
}
