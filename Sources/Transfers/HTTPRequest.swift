/// A request to be sent once.
public struct HTTPRequest: Sendable {
  public var method: String
  /// `http` or `https`, with host, path and query as they are to be sent.
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// A longer answer is refused as soon as that is known.
  public var longestBody: Int
  /// For the whole of it, connecting included.
  public var timeout: Duration
  /// After how long without a byte it is given up; nil for an answer that may take as long as `timeout`.
  public var stall: Duration?
  /// How many redirects are followed. None unless asked for: whoever answers could otherwise send the request anywhere.
  public var redirects = 0
  /// Goes to its host by the straight way, whatever the settings and the environment say of proxies: for addresses that
  /// only this machine can reach.
  public var isDirect = false
  /// Reaches its host once at most: it goes by a connection of its own. One that was used before may be closed by the other side at any
  /// moment, and then the request would be sent again although nobody knows what became of it.
  public var isNeverRepeated = false

  public init(
    _ method: String = "GET", _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    longestBody: Int = 1 << 20, timeout: Duration = .seconds(60), stall: Duration? = .seconds(30)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.longestBody = longestBody
    self.timeout = timeout
    self.stall = stall
  }
}

/// What came back, whatever its status.
public struct HTTPResponse: Sendable {
  public var status: Int
  public var headers: HTTPHeaders
  /// As it was sent: a `Content-Encoding` is not taken off.
  public var body: [UInt8]
  /// Of an answer to mail: whom the server did not take, while it took others.
  var refusedRecipients: [MailRefusal] = []

  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// True for 200 to 299.
  public var isSuccess: Bool { (200..<300).contains(status) }
}
