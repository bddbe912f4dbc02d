import Events
import Foundation
import Transfers

/// What requests to AWS depend on beside their settings: the client, variables, files, the clock.
public struct AWSSurroundings: Sendable {
  public var client: HTTPClient
  public var variables: [String: String]
  public var now: @Sendable () -> Timestamp
  /// Waits between tries; throws when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void

  public init(
    client: HTTPClient, variables: [String: String], now: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.client = client
    self.variables = variables
    self.now = now
    self.sleep = sleep
  }

  /// A variable that is set to something.
  func variable(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }

  func flag(_ name: String) -> Bool { variable(name)?.lowercased() == "true" }

  /// A path in which `~` stands for the home folder.
  func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = variable("HOME") else { return path }
    return home + path.dropFirst()
  }

  /// The text of a small file; nil where there is none. Throws `AWSSettingsError` where it cannot be read or is too long.
  func text(of path: String, longest: Int) throws -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw AWSSettingsError("\(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= longest {
      let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { room, count in
        count = max(0, read(descriptor, room.baseAddress, room.count))
      }
      if piece.isEmpty { break }
      bytes += piece
    }
    guard bytes.count <= longest else { throw AWSSettingsError("\(path) has more than \(longest) bytes") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
