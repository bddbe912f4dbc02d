import CCurl
import Foundation

/// One transfer of libcurl: its handle, and what comes of it. Used on the loop's thread alone.
final class Transfer {
  let handle: UnsafeMutableRawPointer
  private let place: String
  private let limit: Int
  private let isMail: Bool
  /// Whom the mail server takes.
  private var recipients = RecipientWatch([])
  private var list: UnsafeMutablePointer<curl_slist>?
  /// What is sent; it stays where it is as long as the transfer does.
  private let sent: UnsafeMutableBufferPointer<UInt8>
  private var taken = 0
  private let words: UnsafeMutablePointer<CChar>

  private var headers = HTTPHeaders()
  private var headerBytes = 0
  private var body: [UInt8] = []
  private var isTooLong = false

  private static let mostHeaderBytes = 256 << 10

  init(_ work: TransferWork) throws {
    guard let handle = curl_easy_init() else {
      throw TransferError(.other, at: work.place, "out of memory")
    }
    self.handle = handle
    place = work.place
    words = .allocate(capacity: Int(CURL_ERROR_SIZE))
    words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    switch work {
    case .http(let request, let settings):
      isMail = false
      // The answer to a HEAD tells of a body that does not come.
      limit = request.method == "HEAD" ? .max : request.longestBody
      sent = Self.copy(request.body)
      try set(settings)
      try set(request, settings)
    case .mail(let message, let server, let settings):
      isMail = true
      limit = 64 << 10
      sent = Self.copy(message.text)
      try set(settings)
      try set(message, server, settings)
    }
  }

  deinit {
    // Nothing calls back into what is going away.
    _ = martlet_curl_set_long(handle, CURLOPT_VERBOSE, 0)
    curl_easy_cleanup(handle)
    curl_slist_free_all(list)
    sent.deallocate()
    words.deallocate()
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = copy.initialize(from: bytes)
    return UnsafeMutableBufferPointer(rebasing: copy[..<bytes.count])
  }

  // MARK: Setting up

  private func set(_ settings: TransferSettings) throws {
    try set(CURLOPT_NOSIGNAL, 1)
    try check(martlet_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, words))
    try set(CURLOPT_CONNECTTIMEOUT_MS, max(settings.connectTimeout, settings.leastTimeout).curlMilliseconds)
    try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    switch settings.trust {
    case .system: break
    case .systemAnd(let file): try set(authorities: file)
    case .only(let file):
      try set(authorities: file)
      try check(martlet_curl_set_text(handle, CURLOPT_CAPATH, nil))
      try check(martlet_curl_set_text(handle, CURLOPT_PROXY_CAPATH, nil))
    }
    switch settings.proxy {
    case .environment: break
    case .none: try set(CURLOPT_PROXY, "")
    case .url(let url, let except):
      try set(CURLOPT_PROXY, url)
      try set(CURLOPT_NOPROXY, except)
    }
    try check(martlet_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque()))
    try check(
      martlet_curl_set_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return transfer.take(piece) ? size * count : 0
      })
  }

  private func set(authorities file: String) throws {
    guard access(file, R_OK) == 0 else {
      throw TransferError(
        .invalid, at: place,
        "the file of certificate authorities \(file) cannot be read: \(String(cString: strerror(errno)))")
    }
    try set(CURLOPT_CAINFO, file)
    try set(CURLOPT_PROXY_CAINFO, file)
  }

  private func set(_ request: HTTPRequest, _ settings: TransferSettings) throws {
    guard request.url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw TransferError(.invalid, at: place, "its address has white space or other characters that are to be encoded")
    }
    try check(martlet_curl_allow_http(handle))
    try set(CURLOPT_URL, request.url)
    // What is signed is sent as it was signed.
    try set(CURLOPT_PATH_AS_IS, 1)
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    try set(CURLOPT_TIMEOUT_MS, max(request.timeout, settings.leastTimeout).curlMilliseconds)
    if let stall = request.stall {
      try set(CURLOPT_LOW_SPEED_LIMIT, 1)
      try set(CURLOPT_LOW_SPEED_TIME, max(1, max(stall, settings.leastTimeout).curlMilliseconds / 1000))
    }
    if request.redirects > 0 {
      try set(CURLOPT_FOLLOWLOCATION, 1)
      try set(CURLOPT_MAXREDIRS, request.redirects)
    }
    if request.isDirect {
      try set(CURLOPT_PROXY, "")
      try set(CURLOPT_NOPROXY, "*")
    }
    if request.isNeverRepeated {
      // On a connection that was used before, libcurl sends a request again by itself when no answer comes.
      try set(CURLOPT_FRESH_CONNECT, 1)
      try set(CURLOPT_FORBID_REUSE, 1)
    }
    var headers = request.headers
    if headers["User-Agent"] == nil { headers["User-Agent"] = settings.userAgent }
    switch request.method {
    case "GET" where request.body.isEmpty: try set(CURLOPT_HTTPGET, 1)
    case "HEAD": try set(CURLOPT_NOBODY, 1)
    case let method:
      guard !method.isEmpty, method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        throw TransferError(.invalid, at: place, "its method is not written in capital letters")
      }
      try set(CURLOPT_POST, 1)
      try set(CURLOPT_CUSTOMREQUEST, method)
      try check(martlet_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, CLongLong(sent.count)))
      try check(martlet_curl_set_pointer(handle, CURLOPT_POSTFIELDS, sent.baseAddress))
      // Without a type of its own a body would be called a form.
      if headers["Content-Type"] == nil { try append("Content-Type:") }
      // A server that does not know this would keep every request waiting for a second.
      try append("Expect:")
    }
    for field in headers.fields {
      guard Self.isPlain(field) else {
        throw TransferError(
          .invalid, at: place, "the value or the name of a header field has characters that are not allowed there")
      }
      try append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    try check(martlet_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list))
    try check(martlet_curl_set_pointer(handle, CURLOPT_HEADERDATA, Unmanaged.passUnretained(self).toOpaque()))
    try check(
      martlet_curl_set_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return transfer.takeHeader(line) ? size * count : 0
      })
  }

  private static func isPlain(_ field: HTTPHeaders.Field) -> Bool {
    !field.name.isEmpty
      && field.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";") }
      && field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }

  private func set(_ message: MailMessage, _ server: MailServer, _ settings: TransferSettings) throws {
    try server.check()
    try check(martlet_curl_allow_mail(handle))
    try set(CURLOPT_URL, server.url)
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_TIMEOUT_MS, max(server.timeout, settings.leastTimeout).curlMilliseconds)
    try set(CURLOPT_USE_SSL, server.security == .none ? Int(CURLUSESSL_NONE.rawValue) : Int(CURLUSESSL_ALL.rawValue))
    // Each message has a connection of its own: one that is open already may be one without encryption, which libcurl takes all the same.
    try set(CURLOPT_FRESH_CONNECT, 1)
    try set(CURLOPT_FORBID_REUSE, 1)
    if let user = server.user {
      try set(CURLOPT_USERNAME, user)
      try set(CURLOPT_PASSWORD, server.password ?? "")
    }
    for address in [message.from] + message.to where !MailMessage.isAddress(address) {
      throw TransferError(.invalid, at: place, "\(address.debugDescription) is no mail address")
    }
    try set(CURLOPT_MAIL_FROM, "<\(message.from)>")
    for recipient in message.to { try append("<\(recipient)>") }
    try check(martlet_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, list))
    // One whom the server does not take is no reason not to tell the others.
    try check(martlet_curl_allow_refused_recipients(handle))
    recipients = RecipientWatch(message.to)
    try check(
      martlet_curl_watch(
        handle,
        { _, kind, bytes, count, context in
          guard let bytes, let context, kind == CURLINFO_HEADER_OUT || kind == CURLINFO_HEADER_IN else { return 0 }
          let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          let line = UnsafeRawBufferPointer(start: bytes, count: count)
          // What is sent for the login goes by here as well, and nothing is made of it.
          if kind == CURLINFO_HEADER_OUT {
            transfer.recipients.goesOut(line)
          } else {
            transfer.recipients.comesIn(line)
          }
          return 0
        }, Unmanaged.passUnretained(self).toOpaque()))
    try set(CURLOPT_UPLOAD, 1)
    try check(martlet_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, CLongLong(sent.count)))
    try check(martlet_curl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque()))
    try check(
      martlet_curl_set_function(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().give(
          UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
      })
  }

  private func append(_ text: String) throws {
    guard let longer = curl_slist_append(list, text) else {
      throw TransferError(.other, at: place, "out of memory")
    }
    list = longer
  }

  private func set(_ option: CURLoption, _ value: Int) throws {
    try check(martlet_curl_set_long(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: String) throws {
    guard !value.utf8.contains(0) else { throw TransferError(.invalid, at: place, "a setting has a zero byte") }
    try check(martlet_curl_set_text(handle, option, value))
  }

  private func check(_ code: CURLcode) throws {
    guard code == CURLE_OK else { throw TransferError(.invalid, at: place, String(cString: curl_easy_strerror(code))) }
  }

  // MARK: What comes and goes

  private func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    // What a mail server says beside its statuses is of no use.
    if isMail { return true }
    guard body.count + piece.count <= limit else {
      isTooLong = true
      return false
    }
    body.append(contentsOf: piece)
    return true
  }

  private func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.mostHeaderBytes else { return false }
    let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    if text.hasPrefix("HTTP/") {
      // An interim answer, or one that redirects, has gone before.
      headers = HTTPHeaders()
      body = []
    } else if let colon = text.firstIndex(of: ":") {
      headers.add(String(text[..<colon]), text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    if let length = headers["Content-Length"].flatMap(Int.init) {
      guard length <= limit else {
        isTooLong = true
        return false
      }
      body.reserveCapacity(min(length, 1 << 20))
    }
    return true
  }

  private func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, sent.count - taken)
    guard count > 0 else { return 0 }
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(sent)[taken..<taken + count]))
    taken += count
    return count
  }

  // MARK: The end

  func outcome(_ code: CURLcode) throws -> HTTPResponse {
    var status = 0
    martlet_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    guard code == CURLE_OK else {
      if isTooLong { throw TransferError(.tooLong(limit: limit), at: place, "", mayHaveArrived: true) }
      var said = String(cString: words)
      var cause = cause(code, status)
      if case .refused(let status) = cause {
        if MailRefusal.wantsLogin(status) { cause = .unauthenticated }
        // The last of all recipients alone would be told of otherwise; where one may be taken later, all may be tried again.
        if let telling = recipients.refused.first(where: { !$0.isLasting }) ?? recipients.refused.last,
          recipients.areAllRefused
        {
          cause = MailRefusal.wantsLogin(telling.status) ? .unauthenticated : .refused(telling.status)
          said = MailRefusal.sentence(recipients.refused)
        } else if taken > 0, !recipients.lastWords.isEmpty {
          // Of a message that has come libcurl tells no words.
          said = recipients.lastWords
        }
      }
      // Once it was about to be sent, nobody knows; a mail server that refuses has said so.
      var begun = 0.0
      martlet_curl_get_double(handle, CURLINFO_PRETRANSFER_TIME, &begun)
      let isRefused = if case .refused = cause { true } else { cause == .unauthenticated || cause == .untrusted }
      throw TransferError(
        cause, at: place, said.isEmpty ? String(cString: curl_easy_strerror(code)) : said,
        // Of a message of which no byte was asked for, nothing has gone.
        mayHaveArrived: begun > 0 && !isRefused && cause != .invalid && (!isMail || taken > 0))
    }
    var answer = HTTPResponse(status: status, headers: headers, body: body)
    answer.refusedRecipients = recipients.refused
    return answer
  }

  private func cause(_ code: CURLcode, _ status: Int) -> TransferError.Cause {
    switch code {
    // What a mail server refuses is told as something that could not be sent.
    case CURLE_SEND_ERROR where isMail && (400..<600).contains(status): .refused(status)
    // And once it has all of it, as a strange answer. One before that is of the server and not of the message.
    case _
    where isMail && taken == sent.count && taken > 0 && (400..<600).contains(status)
      && [CURLE_WEIRD_SERVER_REPLY, CURLE_RECV_ERROR].contains(code):
      .refused(status)
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
    case CURLE_COULDNT_CONNECT, CURLE_PROXY: .unconnected
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY: .cut
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_USE_SSL_FAILED, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_CERTPROBLEM:
      .untrusted
    case CURLE_SSL_CONNECT_ERROR: .unconnected
    case CURLE_LOGIN_DENIED: .unauthenticated
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT: .invalid
    default: isMail && (400..<600).contains(status) ? .refused(status) : .other
    }
  }
}

extension Duration {
  /// At least one: none would mean without end.
  fileprivate var curlMilliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(max(1, min(seconds, 1_000_000) * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}
