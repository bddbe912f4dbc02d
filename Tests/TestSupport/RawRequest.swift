import Foundation

/// One request over a connection of its own, as a test writes its head, and what came back.
public struct RawRequest: Sendable {
  public struct Answer: Sendable {
    /// 0 where no answer came.
    public var status = 0
    public var head = ""
    public var body = ""
    /// All that came.
    public var text: String
  }

  /// - Parameters:
  ///   - line: the first line without the version: `POST /_bulk`.
  ///   - fields: of the head, beside `Host` and `Content-Length`.
  public static func send(
    _ line: String, to port: Int, _ fields: [String] = [], _ body: [UInt8] = []
  ) async throws -> Answer {
    let client = try RawClient(port: port)
    let head = ["\(line) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Content-Length: \(body.count)"] + fields
    await client.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    var answer = Answer(text: await client.receive(head: line.hasPrefix("HEAD ")))
    answer.status = Int(answer.text.dropFirst(9).prefix(3)) ?? 0
    guard let end = answer.text.range(of: "\r\n\r\n") else { return answer }
    answer.head = String(answer.text[..<end.lowerBound])
    answer.body = String(answer.text[end.upperBound...])
    return answer
  }
}
