import Events
import Foundation
import Hashing
import JSON
import Reports
import Rules
import Settings
import Transfers

/// Sends what is told by a channel, once.
struct ChannelSender: Sendable {
  let client: HTTPClient
  let variables: [String: String]
  let link: String?

  /// An alert to be sent.
  struct Item: Sendable {
    var document: [UInt8]
  }

  enum Outcome: Equatable, Sendable {
    case sent
    /// May succeed later; what is to be waited for at least.
    case failed(String, wait: Duration? = nil)
    /// Will not succeed, however often.
    case refused(String)
    /// Some recipients of a mail have it now, others have not, for the cause that is given; they may take it later, or never do.
    case partly(reached: Set<String>, String, isLasting: Bool)
    /// Some alerts of an export will never be taken, by their place among those that were sent and with the cause; the others have arrived.
    case inPart(refused: [Int: String])
    /// Nobody knows whether it arrived; what is to be waited for at least where it is sent again.
    case unanswered(String, wait: Duration? = nil)
  }

  /// - Parameters:
  ///   - id: the same for the same notification, however often it is sent.
  ///   - reached: recipients of a mail that have it already, who are not told again.
  func send(
    _ items: [Item], to channel: NotificationChannel, id: String, at now: Timestamp, reached: Set<String> = [],
    isTest: Bool = false
  ) async -> Outcome {
    do {
      switch channel.kind {
      case .file(let path): return AlertFileExport.append(items.map(\.document), to: path)
      case .elasticsearch(let target): return try await export(items, to: target, now)
      case .email(let email): return try await mail(text(items, isTest), email, id, now, reached)
      default:
        let request = try request(items, text(items, isTest), channel, id, now)
        return Self.outcome(try await client.send(request), at: now)
      }
    } catch let error as TransferError {
      if case .refused(let status) = error.cause, status >= 500 { return .refused("\(error)") }
      return error.mayHaveArrived ? .unanswered("\(error)") : .failed("\(error)")
    } catch is CancellationError {
      return .unanswered("the process was ended")
    } catch {
      return .failed("\(error)")
    }
  }

  private func text(_ items: [Item], _ isTest: Bool) -> NotificationText {
    NotificationText(
      items: items.compactMap { item in
        guard let alert = try? AlertDocument(written: item.document) else { return nil }
        let notice = AlertNotice(alert)
        return NotificationText.Item(alert: notice, link: link(notice.id))
      }, isTest: isTest)
  }

  private func link(_ id: String) -> String? {
    link?.replacingOccurrences(
      of: "{id}",
      with: id.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? "")
  }

  // MARK: Answers

  private static func outcome(_ answer: HTTPResponse, at now: Timestamp) -> Outcome {
    if answer.isSuccess { return .sent }
    // What a server says may be of use, and may be anything.
    let said = String(decoding: answer.body.prefix(300), as: UTF8.self)
      .map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } ?? false ? " " : String($0) }.joined()
    let words = "the answer was \(answer.status)" + (said.isEmpty ? "" : ": \(said)")
    // The body is wrong, and will be.
    if [400, 405, 413, 415, 422].contains(answer.status) { return .refused(words) }
    let wait = answer.headers.retryAfter(at: now.milliseconds / 1000, most: 3600)
    // A gateway that had no answer, or none in time, may have handed the request on.
    if [502, 504].contains(answer.status) { return .unanswered(words, wait: wait) }
    return .failed(words, wait: wait)
  }

  // MARK: Requests

  private func request(
    _ items: [Item], _ text: NotificationText, _ channel: NotificationChannel, _ id: String, _ now: Timestamp
  ) throws -> HTTPRequest {
    switch channel.kind {
    case .webhook(let webhook): return try self.webhook(items, text, webhook, id, now)
    case .slack(let url): return post(try secretAddress(url), SlackMessage.json(text))
    case .teams(let url): return post(try secretAddress(url), TeamsMessage.json(text))
    case .pagerDuty(let key, let url):
      return post(url, PagerDutyEvent.json(text, key: try key.read(variables), source: "martlet"))
    case .jira(let jira):
      let token = try jira.token.read(variables)
      let authorization =
        jira.user.map { "Basic " + Data("\($0):\(token)".utf8).base64EncodedString() } ?? "Bearer \(token)"
      var base = jira.url
      while base.hasSuffix("/") { base.removeLast() }
      return post(base + "/rest/api/2/issue", JiraIssue.json(text, jira), ["Authorization": authorization])
    case .email, .file, .elasticsearch: throw SettingsFault("this channel sends no such request")
    }
  }

  /// What is said of credentials that others could read.
  static let openWay = "credentials go to another machine only encrypted: the address begins with https://"

  /// An address that is a secret itself.
  private func secretAddress(_ source: SecretSource) throws -> String {
    let url = try source.read(variables)
    guard !OpenWay.leadsAway(url) else { throw SettingsFault(Self.openWay) }
    return url
  }

  private func post(_ url: String, _ body: JSONValue, _ headers: HTTPHeaders = [:]) -> HTTPRequest {
    var headers = headers
    headers["Content-Type"] = "application/json"
    return Self.once(url, headers, Array(body.text.utf8))
  }

  private func webhook(
    _ items: [Item], _ text: NotificationText, _ webhook: NotificationChannel.Webhook, _ id: String, _ now: Timestamp
  ) throws -> HTTPRequest {
    let kind = text.isTest ? "test" : "alerts"
    let body: String
    if let template = webhook.template {
      var values: [String: JSONValue] = [
        "id": .string(id), "kind": .string(kind), "headline": .string(text.title), "text": .string(text.body),
        "count": .integer(Int64(items.count)), "severity": .string(text.worst.rawValue),
      ]
      if let item = text.items.first {
        for (key, value) in item.alert.json(link: item.link).objectValue ?? [:] where values[key] == nil {
          values[key] = value
        }
        values["rule.id"] = .string(item.alert.ruleID)
        values["rule.name"] = .string(item.alert.rule)
      }
      body = try BodyTemplate.fill(template, values)
    } else {
      let alerts = zip(text.items, items).map { item, source -> JSONValue in
        guard case .object(var members) = item.alert.json(link: item.link) else { return .null }
        if webhook.hasDocument { members["document"] = try? JSONValue(parsing: source.document[...]) }
        return .object(members)
      }
      body =
        JSONValue.object([
          "version": 1, "id": .string(id), "kind": .string(kind), "title": .string(text.title),
          "alerts": .array(alerts),
        ]).text
    }
    var headers: HTTPHeaders = [
      "Content-Type": "application/json", "Martlet-Notification-Id": id, "Idempotency-Key": id,
    ]
    let url = try webhook.url.read(variables)
    if let token = try webhook.token?.read(variables) {
      guard !OpenWay.leadsAway(url) else { throw SettingsFault(Self.openWay) }
      headers["Authorization"] = "Bearer \(token)"
    }
    if let secret = try webhook.secret?.read(variables) {
      headers["Martlet-Signature"] = Self.signature(body, secret, at: now)
    }
    return Self.once(url, headers, Array(body.utf8))
  }

  /// A request of which two would tell people twice.
  private static func once(_ url: String, _ headers: HTTPHeaders, _ body: [UInt8]) -> HTTPRequest {
    var request = HTTPRequest(
      "POST", url, headers: headers, body: body, longestBody: 256 << 10, timeout: .seconds(30))
    request.isNeverRepeated = true
    return request
  }

  /// `t=` the seconds since 1970, `v1=` the HMAC with SHA-256 of these seconds, a dot and the body, in hexadecimal.
  static func signature(_ body: String, _ secret: String, at now: Timestamp) -> String {
    let time = now.milliseconds / 1000
    let signed = Array("\(time).\(body)".utf8)
    let code = signed.withUnsafeBytes { message in
      Array(secret.utf8).withUnsafeBytes { HMACSHA256.code(of: message, key: $0).hexadecimal }
    }
    return "t=\(time),v1=\(code)"
  }

  private func mail(
    _ text: NotificationText, _ email: NotificationChannel.Email, _ id: String, _ now: Timestamp, _ reached: Set<String>
  ) async throws -> Outcome {
    let recipients = email.to.filter { !reached.contains($0) }
    // The settings may name others than they did.
    guard !recipients.isEmpty else { return .sent }
    let server = MailServer(
      host: email.host, port: email.port, security: email.security, user: email.user,
      password: try email.password?.read(variables))
    let message = MailMessage(
      from: email.from, to: recipients, subject: text.title, body: text.body, date: now.milliseconds / 1000, id: id)
    let refused = try await client.send(message, by: server)
    guard !refused.isEmpty else { return .sent }
    return .partly(
      reached: Set(recipients).subtracting(refused.map(\.recipient)),
      "the mail server does not take all recipients, of whom the others have it: \(MailRefusal.sentence(refused))",
      isLasting: refused.allSatisfy(\.isLasting))
  }

  // MARK: Another Elasticsearch

  /// Alerts as they are, under their ids: one that is there already is not there twice.
  private func export(
    _ items: [Item], to target: NotificationChannel.Elasticsearch, _ now: Timestamp
  ) async throws -> Outcome {
    var headers: HTTPHeaders = ["Content-Type": "application/x-ndjson"]
    if let key = try target.apiKey?.read(variables) {
      headers["Authorization"] = "ApiKey " + (key.contains(":") ? Data(key.utf8).base64EncodedString() : key)
    } else if let user = target.user, let password = try target.password?.read(variables) {
      headers["Authorization"] = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }
    var (body, places): ([UInt8], [Int]) = ([], [])
    for (place, item) in items.enumerated() {
      guard let alert = try? AlertDocument(written: item.document) else { continue }
      places.append(place)
      JSONValue.object(["create": ["_index": .string(target.index), "_id": .string(alert.id)]]).append(to: &body)
      body.append(0x0A)
      body += alert.json
      body.append(0x0A)
    }
    var base = target.url
    while base.hasSuffix("/") { base.removeLast() }
    let answer = try await client.send(
      HTTPRequest("POST", base + "/_bulk", headers: headers, body: body, longestBody: 16 << 20, timeout: .seconds(60)))
    guard answer.isSuccess else {
      // What a server takes in one request may be less than what was sent.
      if answer.status == 413, items.count > 1 {
        let half = items.count / 2
        var refused: [Int: String] = [:]
        for part in [items[..<half], items[half...]] {
          // One that is refused keeps none of the others from being sent.
          switch try await export(Array(part), to: target, now) {
          case .sent: break
          case .refused(let cause): for place in part.indices { refused[place] = cause }
          case .inPart(let some): for (place, cause) in some { refused[part.startIndex + place] = cause }
          case let other: return other
          }
        }
        return Self.outcome(refused, of: items.count)
      }
      return Self.outcome(answer, at: now)
    }
    guard let json = try? JSONValue(parsing: answer.body[...]), let results = json["items"]?.arrayValue else {
      return .failed("the answer is none to a bulk request")
    }
    guard results.count == places.count else {
      return .failed("the answer tells of \(results.count) documents, and \(places.count) were sent")
    }
    var refused: [Int: String] = [:]
    for (place, result) in zip(places, results) {
      let item = result.objectValue?.values.first
      let status = item?["status"]?.integerValue ?? 0
      if (200..<300).contains(status) || status == 409 { continue }
      let reason = item?["error"]?["reason"]?.stringValue ?? item?["error"]?["type"]?.stringValue ?? ""
      let words = "an alert was answered with \(status): \(reason.cut(200))"
      if status == 429 || status >= 500 || status == 0 { return .failed(words) }
      refused[place] = words
    }
    return Self.outcome(refused, of: items.count)
  }

  /// What became of alerts of which all have arrived but those that are refused.
  private static func outcome(_ refused: [Int: String], of count: Int) -> Outcome {
    guard let first = refused.min(by: { $0.key < $1.key }) else { return .sent }
    return refused.count < count ? .inPart(refused: refused) : .refused(first.value)
  }
}
