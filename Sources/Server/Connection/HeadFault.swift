import NIOHTTP1

/// Why the header of a request is refused, after which its connection is closed.
struct HeadFault: Equatable {
  var status: HTTPResponseStatus
  var reason: String

  /// The fault of a header; nil where there is none.
  ///
  /// Whatever two programs on the way could read in two ways is refused, so that no request can hide in another's body.
  static func find(in head: HTTPRequestHead, longestField: Int) -> HeadFault? {
    guard head.version.major == 1, head.version.minor <= 1 else {
      return HeadFault(status: .httpVersionNotSupported, reason: "only HTTP/1.0 and HTTP/1.1 are spoken here")
    }
    func bad(_ reason: String) -> HeadFault { HeadFault(status: .badRequest, reason: reason) }
    guard head.uri.utf8.count <= longestField else {
      return HeadFault(status: .uriTooLong, reason: "the request's line has more than \(longestField) bytes")
    }
    guard head.uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      head.uri.hasPrefix("/") || AbsoluteTarget(head.uri) != nil
    else {
      return bad("the request's target is no path and no address of http or https")
    }
    if head.method == .CONNECT || head.method == .TRACE {
      return HeadFault(status: .methodNotAllowed, reason: "\(head.method) is not allowed")
    }
    for (name, value) in head.headers {
      guard value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else {
        return bad("the header field \(name) has a control character")
      }
    }
    let hosts = head.headers["Host"]
    if head.version.minor == 1 || !hosts.isEmpty {
      guard hosts.count == 1, hosts[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) else {
        return bad("there must be one header field Host")
      }
    }
    if let target = AbsoluteTarget(head.uri), let host = hosts.first {
      guard target.authority.lowercased() == host.lowercased() else {
        return bad("the request's target names another host than the header field Host")
      }
    }
    // Whoever stands before this server may go by another of them.
    for name in ["Authorization", "X-Amz-Firehose-Access-Key"] where Set(head.headers[name]).count > 1 {
      return bad("there must be one header field \(name)")
    }
    let lengths = head.headers["Content-Length"]
    let codings = head.headers["Transfer-Encoding"]
    guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else {
      return bad("there must be one Content-Length or one Transfer-Encoding")
    }
    if let length = lengths.first {
      guard !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return bad("Content-Length is no number")
      }
    }
    if let coding = codings.first {
      guard head.version.minor == 1, coding.lowercased() == "chunked" else {
        return bad("the only Transfer-Encoding is chunked, of HTTP/1.1")
      }
    }
    let expectations = head.headers["Expect"]
    guard expectations.isEmpty || expectations.count == 1 && expectations[0].lowercased() == "100-continue" else {
      return HeadFault(status: .expectationFailed, reason: "nothing but 100-continue can be expected")
    }
    return nil
  }
}
