import Foundation
import JSON
import TestSupport
import Testing

@testable import Transfers

@Suite(
  "Requests go out over HTTP", .enabled(if: PythonServer.has("http.server"), "there is no python3"),
  .timeLimit(.minutes(hang)))
struct HTTPClientTests {
  let server: PythonServer
  let client: HTTPClient
  /// One whose limits of time are those of its requests.
  let impatient: HTTPClient

  init() throws {
    server = try PythonServer("hostile.py")
    impatient = HTTPClient(Self.settings(0))
    client = HTTPClient(Self.settings())
  }

  /// - Parameter hours: that a server on a busy machine may take.
  private static func settings(_ hours: Int = 10) -> TransferSettings {
    var settings = TransferSettings()
    settings.proxy = .none
    settings.leastTimeout = .seconds(hours * 3600)
    return settings
  }

  private func cause(_ request: HTTPRequest, by client: HTTPClient? = nil) async -> TransferError.Cause? {
    do {
      _ = try await (client ?? self.client).send(request)
      return nil
    } catch {
      return (error as? TransferError)?.cause
    }
  }

  @Test("Method, path, fields and body arrive as they were given, and nothing is added that was not asked for")
  func sent() async throws {
    let request = HTTPRequest(
      "PUT", server.url + "/echo/a%2Fb/../c?x=%20&y", headers: ["X-One": "1", "X-None": "", "Accept": "text/plain"],
      body: Array("bytes\u{0}".utf8))
    let answer = try await client.send(request)
    let told = try JSONValue(parsing: answer.body[...])
    #expect(told["method"] == "PUT")
    #expect(told["path"] == "/echo/a%2Fb/../c?x=%20&y")
    #expect(told["body"] == "bytes\u{0}")
    let names = (told["headers"]?.arrayValue ?? []).compactMap { $0[0]?.stringValue?.lowercased() }.sorted()
    #expect(names == ["accept", "content-length", "host", "user-agent", "x-none", "x-one"])
    #expect(answer.headers["x-empty"] == "")
    #expect(answer.headers.fields.filter { $0.name == "X-Twice" }.map(\.value) == ["1", "2"])
  }

  @Test("A status is an answer, not an error", arguments: [200, 204, 404, 429, 503])
  func statuses(status: Int) async throws {
    #expect(try await client.send(HTTPRequest("GET", server.url + "/status/\(status)")).status == status)
  }

  @Test("An answer may have as many bytes as were allowed, and not one more, whether its length is told or not")
  func bound() async throws {
    let fits = HTTPRequest("GET", server.url + "/bytes/5000", longestBody: 5000)
    #expect(try await client.send(fits).body.count == 5000)
    #expect(await cause(HTTPRequest("GET", server.url + "/bytes/5001", longestBody: 5000)) == .tooLong(limit: 5000))
    let chunks = HTTPRequest("GET", server.url + "/chunks/5", longestBody: 5120)
    #expect(try await client.send(chunks).body.count == 5120)
    #expect(await cause(HTTPRequest("GET", server.url + "/chunks/6", longestBody: 5120)) == .tooLong(limit: 5120))
    #expect(await cause(HTTPRequest("GET", server.url + "/headers/400000")) == .other)
  }

  @Test("What ends too early is no answer")
  func cut() async {
    #expect(await cause(HTTPRequest("GET", server.url + "/cut/100000")) == .cut)
    #expect(await cause(HTTPRequest("GET", server.url + "/silent")) == .cut)
  }

  @Test("What takes too long is given up, as a whole and where nothing comes")
  func slow() async {
    // Whatever else would give them up comes in hours.
    let slow = HTTPRequest("GET", server.url + "/slow/36000", timeout: .milliseconds(300), stall: nil)
    #expect(await cause(slow, by: impatient) == .timedOut)
    let silent = HTTPRequest("GET", server.url + "/trickle", timeout: .seconds(36_000), stall: .seconds(1))
    #expect(await cause(silent, by: impatient) == .timedOut)
  }

  @Test("It is told whether a request that failed may have arrived")
  func arrival() async {
    func mayHaveArrived(_ url: String, within milliseconds: Int = 500) async -> Bool? {
      do {
        _ = try await impatient.send(HTTPRequest("POST", url, timeout: .milliseconds(milliseconds)))
        return nil
      } catch {
        return (error as? TransferError)?.mayHaveArrived
      }
    }
    // In a time in which a busy machine has not sent it, it has not arrived: then a longer one follows.
    var slow: Bool?
    for milliseconds in [500, 5000, 50_000, 500_000] where slow != true {
      slow = await mayHaveArrived(server.url + "/slow/36000", within: milliseconds)
    }
    #expect(slow == true)
    #expect(await mayHaveArrived(server.url + "/silent", within: 600_000) == true)
    #expect(await mayHaveArrived("http://127.0.0.1:1/") == false)
    #expect(await mayHaveArrived("http://nowhere.invalid/") == false)
  }

  @Test("Redirects are followed only where that was asked for, and to no other protocol")
  func redirects() async throws {
    let away = server.url + "/redirect?to=" + server.url + "/status/200"
    var request = HTTPRequest("GET", away)
    #expect(try await client.send(request).status == 302)
    request.redirects = 1
    #expect(try await client.send(request).status == 200)
    request.url = server.url + "/redirect?to=file:///etc/hostname"
    #expect(await cause(request) == .invalid)
  }

  @Test("Nothing can be put into a request that makes another one of it")
  func injection() async {
    let url = server.url + "/echo"
    #expect(await cause(HTTPRequest("GET", url, headers: ["X": "a\r\nY: b"])) == .invalid)
    #expect(await cause(HTTPRequest("GET", url, headers: ["X\nY": "b"])) == .invalid)
    #expect(await cause(HTTPRequest("GET / HTTP/1.1\r\nX:", url)) == .invalid)
    #expect(await cause(HTTPRequest("GET", url + " HTTP/1.1\r\nX: y")) == .invalid)
    #expect(await cause(HTTPRequest("GET", "file:///etc/hostname")) == .invalid)
  }

  @Test("A task that is cancelled waits no longer, also while its request waits for its turn")
  func cancelled() async throws {
    var settings = Self.settings()
    settings.mostTransfers = 1
    let narrow = HTTPClient(settings)
    let tasks = (0..<3).map { _ in Task { try await narrow.send(HTTPRequest("GET", server.url + "/slow/36000")) } }
    try await Task.sleep(for: .milliseconds(100))
    for task in tasks { task.cancel() }
    for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    // One that was cancelled before it began.
    let late = Task {
      try? await Task.sleep(for: .seconds(36_000))
      return try await narrow.send(HTTPRequest("GET", server.url + "/slow/36000"))
    }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
    #expect(try await narrow.send(HTTPRequest("GET", server.url + "/status/200")).status == 200)
  }

  @Test("Many requests go at once over few connections, and each has its own answer")
  func many() async throws {
    let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for size in 0..<300 {
        group.addTask { [client, server] in
          (size, try await client.send(HTTPRequest("GET", server.url + "/bytes/\(size)")).body.count)
        }
      }
      return try await group.reduce(into: [(Int, Int)]()) { $0.append($1) }
    }
    #expect(answers.count == 300)
    #expect(answers.allSatisfy { $0 == $1 })
  }

  @Test("A proxy that is set is used, one of the environment too, and neither for what is direct or excepted")
  func proxies() async throws {
    var settings = Self.settings()
    settings.proxy = .url("http://user:pass@127.0.0.1:\(server.port)", except: "127.0.0.1")
    let client = HTTPClient(settings)
    let answer = try await client.send(HTTPRequest("GET", "http://far.invalid/x"))
    let told = try JSONValue(parsing: answer.body[...])
    #expect(told["proxied"] == "http://far.invalid/x")
    #expect(told["authorization"] == "Basic dXNlcjpwYXNz")
    #expect(try await client.send(HTTPRequest("GET", server.url + "/status/204")).status == 204)
    var direct = HTTPRequest("GET", "http://far.invalid/x")
    direct.isDirect = true
    await #expect(throws: TransferError.self) { try await client.send(direct) }
  }

  @Test("An error tells the host and nothing of an address in which a secret may be")
  func secrets() async throws {
    let secret = "http://name:pass@127.0.0.1:1/services/T0/SECRET?key=SECRET#SECRET"
    do {
      _ = try await client.send(HTTPRequest("GET", secret))
      Issue.record("nothing listens there")
    } catch {
      #expect("\(error)".contains("http://127.0.0.1:1"))
      for word in ["SECRET", "pass", "T0"] { #expect(!"\(error)".contains(word)) }
    }
  }

  @Test("Only certificates of authorities that are believed are taken, and only for their host")
  func certificates() async throws {
    let scratch = try Scratch()
    guard let made = try TestCertificate(in: scratch) else {
      print("note: there is no openssl; certificates are not tried")
      return
    }
    let secure = try PythonServer("hostile.py", ["--certificate", made.certificate, "--key", made.key])
    let url = "https://127.0.0.1:\(secure.port)/status/200"
    #expect(await cause(HTTPRequest("GET", url)) == .untrusted)
    for trust in [TransferSettings.Trust.systemAnd(made.authority), .only(made.authority)] {
      var settings = Self.settings()
      settings.trust = trust
      #expect(try await HTTPClient(settings).send(HTTPRequest("GET", url)).status == 200)
    }
    var missing = TransferSettings()
    missing.trust = .only(scratch.path + "/none.pem")
    await #expect(throws: TransferError.self) { try await HTTPClient(missing).send(HTTPRequest("GET", url)) }
  }
}
