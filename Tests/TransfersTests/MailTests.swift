import Foundation
import JSON
import TestSupport
import Testing

@testable import Transfers

@Suite("Mail goes out over SMTP", .enabled(if: PythonServer.has("socketserver"), "there is no python3"))
struct MailTests {
  let scratch: Scratch
  let client: HTTPClient
  let message = MailMessage(
    from: "martlet@example.com", to: ["soc@example.com", "night@example.com"],
    subject: "Überraschung\r\nBcc: all@example.com — a subject that is long enough to need a second line",
    body: "first\n.second\n" + String(repeating: "ä", count: 200), date: 1_767_225_600, id: "alert-1/mail")

  init() throws {
    scratch = try Scratch()
    var settings = TransferSettings()
    settings.leastTimeout = .seconds(3600)
    client = HTTPClient(settings)
  }

  private func taken(_ number: Int = 1) throws -> JSONValue {
    try JSONValue(parsing: String(contentsOfFile: scratch.path + "/\(number).json", encoding: .utf8))
  }

  private func cause(_ message: MailMessage, _ server: MailServer) async -> TransferError.Cause? {
    do {
      try await client.send(message, by: server)
      return nil
    } catch {
      return (error as? TransferError)?.cause
    }
  }

  @Test("A message arrives whole, its lines as they were, its subject in one field")
  func sent() async throws {
    let server = try PythonServer("mail.py", [scratch.path])
    try await client.send(message, by: MailServer(host: "127.0.0.1", port: server.port, security: .none))
    let mail = try taken()
    #expect(mail["to"] == ["<soc@example.com>", "<night@example.com>"])
    #expect(mail["from"]?.stringValue?.hasPrefix("<martlet@example.com>") == true)
    let text = try #require(mail["text"]?.stringValue)
    let read = PythonServer.run(
      [
        "python3", "-c",
        """
        import sys, email, email.policy, json
        m = email.message_from_string(sys.stdin.read(), policy=email.policy.default)
        print(json.dumps([m["subject"], m["bcc"], m["date"], m["message-id"], m.get_content()]))
        """,
      ], input: text)
    let parts = try JSONValue(parsing: read.output)
    #expect(
      parts[0]
        == "Überraschung Bcc: all@example.com — a subject that is long enough to need a second line")
    #expect(parts[1] == .null)
    #expect(parts[2] == "Thu, 01 Jan 2026 00:00:00 +0000")
    #expect(parts[3] == "<alert-1-mail@martlet.invalid>")
    #expect(
      parts[4]?.stringValue?.replacingOccurrences(of: "\r\n", with: "\n").trimmingCharacters(in: .newlines)
        == "first\n.second\n" + String(repeating: "ä", count: 200))
  }

  /// A certificate, and a client that trusts who made it; nil where none can be made, which is told.
  private func trusting() throws -> (TestCertificate, HTTPClient)? {
    guard let made = try TestCertificate(in: scratch) else {
      print("note: there is no openssl; encrypted mail is not tried")
      return nil
    }
    var settings = TransferSettings()
    settings.trust = .only(made.authority)
    settings.leastTimeout = .seconds(3600)
    return (made, HTTPClient(settings))
  }

  @Test(
    "Mail goes encrypted, with a login, and not at all where the server offers no encryption",
    arguments: ["start", "always"])
  func encrypted(tls: String) async throws {
    guard let (made, trusting) = try trusting() else { return }
    let server = try PythonServer(
      "mail.py",
      [scratch.path, "--tls", tls, "--certificate", made.certificate, "--key", made.key, "--login", "user:secret"])
    var to = MailServer(
      host: "127.0.0.1", port: server.port, security: tls == "start" ? .startTLS : .tls, user: "user",
      password: "secret")
    try await trusting.send(message, by: to)
    #expect(try taken()["encrypted"] == true)
    #expect(try taken()["user"] == "user")
    #expect(await cause(message, to) == .untrusted)
    to.password = "wrong"
    do {
      try await trusting.send(message, by: to)
      Issue.record("the password was wrong")
    } catch {
      #expect((error as? TransferError)?.cause == .unauthenticated)
      #expect(!"\(error)".contains("wrong:") && !"\(error)".contains("user"))
    }
  }

  @Test("A server without encryption is told nothing, and open mail stays on this machine")
  func open() async throws {
    let server = try PythonServer("mail.py", [scratch.path])
    #expect(await cause(message, MailServer(host: "127.0.0.1", port: server.port)) == .untrusted)
    #expect(await cause(message, MailServer(host: "mail.example.com", port: 25, security: .none)) == .invalid)
    #expect(throws: (any Error).self) { try taken() }
  }

  @Test("Mail that is to be encrypted never goes through a connection that other mail has opened without encryption")
  func connections() async throws {
    guard let (made, client) = try trusting() else { return }
    let server = try PythonServer(
      "mail.py", [scratch.path, "--tls", "start", "--certificate", made.certificate, "--key", made.key])
    for (number, security) in [MailServer.Security.none, .startTLS, .none, .startTLS].enumerated() {
      try await client.send(message, by: MailServer(host: "127.0.0.1", port: server.port, security: security))
      #expect(try taken(number + 1)["encrypted"] == .bool(security == .startTLS))
    }
  }

  @Test("A recipient that is refused for now may be tried again, one that is refused for good may not")
  func refused() async throws {
    let server = try PythonServer("mail.py", [scratch.path])
    let to = MailServer(host: "127.0.0.1", port: server.port, security: .none)
    func mail(_ recipient: String) -> MailMessage {
      MailMessage(from: "a@example.com", to: [recipient], subject: "s", body: "b", date: 0, id: "1")
    }
    #expect(await cause(mail("x@refused.example"), to) == .refused(550))
    #expect(await cause(mail("x@later.example"), to) == .refused(451))
    #expect(await cause(mail("a@b>\r\nRCPT TO:<c@d"), to) == .invalid)
    // All are refused, one of them for now.
    let both = MailMessage(
      from: "a@example.com", to: ["x@later.example", "x@refused.example"], subject: "s", body: "b", date: 0, id: "1")
    #expect(await cause(both, to) == .refused(451))
    #expect(TransferError(.refused(451), at: "", "").isTransient)
    #expect(!TransferError(.refused(550), at: "", "").isTransient)
  }

  @Test("A message that a server does not take once it has come has gone to nobody", arguments: [451, 554])
  func refusedMessage(status: Int) async throws {
    let server = try PythonServer("mail.py", [scratch.path, "--refuse", "\(status)"])
    // One of two recipients is refused for another reason.
    let mail = MailMessage(
      from: "a@example.com", to: ["no@refused.example", "x@example.com"], subject: "s", body: "b", date: 0, id: "1")
    do {
      try await client.send(mail, by: MailServer(host: "127.0.0.1", port: server.port, security: .none))
      Issue.record("it was taken")
    } catch let error as TransferError {
      #expect(error.cause == .refused(status) && !error.mayHaveArrived, "\(error)")
      #expect("\(error)".contains("\(status): not this one"))
    }
    #expect(throws: (any Error).self) { try taken() }
  }

  @Test("Whom the server takes has the mail, and whom it does not take is named with its words")
  func partly() async throws {
    let server = try PythonServer("mail.py", [scratch.path])
    let mail = MailMessage(
      from: "a@example.com", to: ["no@refused.example", "x@example.com", "y@later.example", "z@example.com"],
      subject: "s", body: "b", date: 0, id: "1")
    let refused = try await client.send(
      mail, by: MailServer(host: "127.0.0.1", port: server.port, security: .none))
    #expect(
      refused == [
        MailRefusal(recipient: "no@refused.example", status: 550, words: "no such mailbox"),
        MailRefusal(recipient: "y@later.example", status: 451, words: "later"),
      ])
    #expect(refused.map(\.isLasting) == [true, false])
    #expect(try taken()["to"] == ["<x@example.com>", "<z@example.com>"])
  }

  @Test(
    "What a server says of a missing login is nothing that it says of the message", arguments: ["530", "534", "535"])
  func wantsLogin(status: String) async throws {
    let server = try PythonServer("mail.py", [scratch.path, "--open-login", status])
    #expect(
      await cause(message, MailServer(host: "127.0.0.1", port: server.port, security: .none)) == .unauthenticated)
  }
}
