import Foundation
import JSON
import Trust

/// What people and their programs ask of a folder of events over HTTP: searching, alerts, rules, keys, how all is.
///
/// Each route is a command of the command line under another name: it is checked, run and told of by the same code, in a process of its own. Its
/// changes are in the audit log under the name of the key.
public struct OperatorAPI: Sendable {
  private let commands: any OperatorCommands
  private let data: String
  private let events: OperatorEvents

  /// Rows, events or alerts of an answer at most, and where a request does not say how many.
  public static let mostRows = 10_000
  public static let usualRows = 100
  /// Bytes of the body of a request.
  static let longestBody = 256 << 10

  /// Is told of commands that were run, for metrics.
  public typealias OperatorEvents = @Sendable (_ route: String, _ seconds: Double, _ status: Int) -> Void

  /// - Parameter data: the folder of events.
  public init(
    _ commands: any OperatorCommands, data: String, telling events: @escaping OperatorEvents = { _, _, _ in }
  ) {
    self.commands = commands
    self.data = data
    self.events = events
  }

  public func add(to routes: inout ServerRoutes) {
    func add(
      _ method: String, _ pattern: String, _ role: Role,
      _ command: @escaping @Sendable (ServerRequest) throws(OperatorFault) -> OperatorCommand
    ) {
      var route = ServerRoute([method], pattern, role: role, longestBody: Self.longestBody) { request in
        await answer(request, "\(method) \(pattern)", command)
      }
      // A search that nobody waits for would keep others from theirs.
      route.endsWithClient = role == .read
      routes.add(route)
    }
    let data = "--data=\(data)"
    add("POST", "/api/search", .read) { request throws(OperatorFault) in try SearchRequest.command(request, data) }
    add("GET", "/api/status", .read) { request throws(OperatorFault) in
      _ = try OperatorQuery(request, [])
      return OperatorCommand(["status", data, "--format=json"], .value(nil))
    }
    add("GET", "/api/alerts", .read) { request throws(OperatorFault) in try AlertRequests.list(request, data) }
    add("GET", "/api/alerts/{id}", .read) { request throws(OperatorFault) in try AlertRequests.show(request, data) }
    add("GET", "/api/alerts/{id}/context", .read) { request throws(OperatorFault) in
      try AlertRequests.context(request, data)
    }
    add("POST", "/api/alerts", .triage) { request throws(OperatorFault) in try AlertRequests.setMany(request, data) }
    add("POST", "/api/alerts/{id}", .triage) { request throws(OperatorFault) in try AlertRequests.setOne(request, data)
    }
    add("GET", "/api/rules", .read) { request throws(OperatorFault) in
      _ = try OperatorQuery(request, [])
      return OperatorCommand(["rules", "list", data, "--format=json"], .value("rules"))
    }
    for change in ["enable", "disable"] {
      add("POST", "/api/rules/{id}/\(change)", .rules) { request throws(OperatorFault) in
        let body = try OperatorBody(request)
        try body.finish()
        return OperatorCommand(
          ["rules", change, data] + request.caller.author + ["--", try OperatorBody.id(request)], .sentence)
      }
    }
    add("GET", "/api/keys", .admin) { request throws(OperatorFault) in
      _ = try OperatorQuery(request, [])
      return OperatorCommand(["keys", "list", data, "--format=json"], .value("keys"))
    }
    add("POST", "/api/keys", .admin) { request throws(OperatorFault) in
      // The first one says who may make others: whoever has the machine does.
      guard request.caller.keyID != nil else {
        throw OperatorFault(403, "the first key is made on the machine: martlet keys create")
      }
      let body = try OperatorBody(request)
      var arguments = ["keys", "create", data, "--format=json"] + request.caller.author
      arguments += try body.option("name", "--name", isRequired: true)
      arguments += try body.option("role", "--role", isRequired: true)
      arguments += try body.option("expires", "--expires")
      try body.finish()
      return OperatorCommand(arguments, .value(nil))
    }
    add("POST", "/api/keys/{id}/revoke", .admin) { request throws(OperatorFault) in
      let body = try OperatorBody(request)
      try body.finish()
      return OperatorCommand(
        ["keys", "revoke", data] + request.caller.author + ["--", try OperatorBody.id(request)], .sentence)
    }
  }

  private func answer(
    _ request: ServerRequest, _ route: String,
    _ command: @Sendable (ServerRequest) throws(OperatorFault) -> OperatorCommand
  ) async -> ServerReply {
    let begun = ContinuousClock.now
    var reply: ServerReply
    do {
      let command = try command(request)
      let outcome = try await commands.run(command.arguments)
      reply = OperatorReply.of(outcome, command.form, keys: command.keys, took: ContinuousClock.now - begun)
    } catch let fault as OperatorFault {
      reply = fault.reply
    } catch CommandRefusal.busy {
      reply = .busy("as many requests as may wait for others do already")
    } catch is CancellationError {
      reply = .failure(499, "task_cancelled_exception", "the client has gone")
    } catch {
      reply = .failure(503, "no_shard_available_action_exception", "the command cannot be run now")
    }
    events(route, (ContinuousClock.now - begun) / .seconds(1), reply.status)
    return reply
  }
}

/// A command, and how its output becomes an answer.
struct OperatorCommand: Sendable, Equatable {
  enum Form: Sendable, Equatable {
    /// Lines of JSON, which become a list.
    case lines
    /// One JSON value, which is the answer, or stands in it under a name.
    case value(String?)
    /// One number.
    case count
    /// An object, whose members stand beside those of every answer.
    case members
    /// Nothing but what it says to people.
    case sentence
  }

  var arguments: [String]
  var form: Form
  /// Keys of requests whose names are not those of the options that they become, by these.
  var keys: [String: String]

  init(_ arguments: [String], _ form: Form, keys: [String: String] = [:]) {
    self.arguments = arguments
    self.form = form
    self.keys = keys
  }
}

extension Caller {
  /// Who makes a change, as commands are told it.
  var author: [String] { ["--by=\(keyName ?? name)"] + (keyID.map { ["--by-key=\($0)"] } ?? []) }
}

/// Why a request is none.
struct OperatorFault: Error, Equatable {
  var status: Int
  var reason: String

  init(_ status: Int, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  var reply: ServerReply {
    status == 403 ? .forbidden(reason) : .failure(status, "illegal_argument_exception", reason)
  }
}
