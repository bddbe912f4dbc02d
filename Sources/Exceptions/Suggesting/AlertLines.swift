import Foundation
import JSON
import Parallel

/// Reads saved alerts, one a line, as a hunt writes them.
public struct AlertLines {
  /// Alerts that are read at most.
  public static let mostAlerts = 1_000_000
  /// Bytes of one line.
  public static let longestLine = 16 << 20

  /// What is wrong with the input as a whole.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// How many lines were no alerts, and the place of the first of them.
  public private(set) var bad: (count: Int, first: String)?
  private let name: String
  private var line = 0

  private init(_ name: String) { self.name = name }

  /// Calls `take` with each alert of a file, or of standard input for `-`; `take` says whether it was one.
  public static func read(_ path: String, _ take: (JSONValue) -> Bool) throws(Failure) -> AlertLines {
    var lines = AlertLines(path == "-" ? "standard input" : path)
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "\(lines.name) cannot be opened: \(reason())") }
    defer { close(descriptor) }
    var rest: [UInt8] = []
    var alerts = 0
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(description: "\(lines.name) cannot be read: \(reason())") }
      if count == 0 { break }
      var start = 0
      while let end = chunk[start..<count].firstIndex(of: UInt8(ascii: "\n")) {
        rest.append(contentsOf: chunk[start..<end])
        lines.take(rest, &alerts, take)
        rest.removeAll(keepingCapacity: true)
        start = end + 1
      }
      rest.append(contentsOf: chunk[start..<count])
      guard rest.count <= longestLine else {
        throw Failure(description: "\(lines.name):\(lines.line + 1): the line is longer than \(longestLine) bytes")
      }
      guard alerts <= mostAlerts else {
        throw Failure(description: "\(lines.name) holds more than \(mostAlerts) alerts; give it in parts")
      }
    }
    lines.take(rest, &alerts, take)
    return lines
  }

  private mutating func take(_ bytes: [UInt8], _ alerts: inout Int, _ take: (JSONValue) -> Bool) {
    line += 1
    if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return }
    let cause: String
    do {
      if take(try JSONValue(parsing: bytes[...])) {
        alerts += 1
        return
      }
      cause = "this is no alert of a hunt"
    } catch {
      cause = "this is not JSON: \(error.fault.explanation)"
    }
    bad = (count: (bad?.count ?? 0) + 1, first: bad?.first ?? "\(name):\(line): \(cause)")
  }

  private static func reason() -> String { SystemError.words() }
}
