import Foundation
import TestSupport
import Testing

@Suite("serve --check names what is wrong, and lets nothing pass that cannot work", .timeLimit(.minutes(hang)))
struct CheckTests {
  /// What it says on standard error, and its status.
  private func check(
    _ settings: String, _ variables: [String: String] = [:], _ arguments: [String] = []
  ) throws -> (status: Int32, errors: String) {
    let scratch = try Scratch()
    let file = try scratch.write(settings, "martlet.yaml")
    return try run(["--data", scratch.path + "/events", "--config", file] + arguments, variables)
  }

  private func run(
    _ arguments: [String], _ variables: [String: String] = [:]
  ) throws -> (status: Int32, errors: String) {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    process.arguments = ["serve", "--check"] + arguments
    process.environment = Tool.environment(variables)
    let errors = try scratch.write("", "errors")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: errors, encoding: .utf8))
  }

  @Test(
    "Each fault has its key and its cause; HERE is a folder with a file of words",
    arguments: [
      ("listen: localhost:99999", ["martlet: listen: cannot listen at localhost:99999"]),
      ("listen: \"\"", ["martlet: listen: it is empty"]),
      ("tls: {key: HERE/words}", ["martlet: tls.certificate: it is missing, and tls.key is of no use without it"]),
      (
        "tls: {certificate: /nope.pem, key: /nope.key}",
        ["martlet: tls.certificate: the certificate /nope.pem cannot be read: no such file"]
      ),
      (
        "tls: {certificate: HERE/words, key: HERE/words}",
        ["martlet: tls.certificate: the file HERE/words holds no certificate in PEM"]
      ),
      ("outgoing: {proxy_env: NOPE}", ["martlet: outgoing.proxy_env: the variable NOPE"]),
      ("outgoing: {authorities: HERE/words}", ["martlet: outgoing.authorities: HERE/words holds no certificate"]),
      ("health: {silence: never}", ["martlet: health.silence: it is auto, off, or a time"]),
      ("health: {streams: {x: never}}", ["martlet: health.streams.x: it is off, or a time"]),
      (
        "roads: [{type: folder, path: HERE}, {type: folder, path: HERE/none}]",
        ["martlet: roads[1].path: HERE/none cannot be read: no such file or directory"]
      ),
      ("roads: [{type: folder, path: /dev/null}]", ["martlet: roads[0].path: /dev/null cannot be read: it is neither"]),
      (
        "notifications: {channels: [{name: f, type: file, path: /nope/x.ndjson}]}",
        ["martlet: notifications.channels[0].path: /nope/x.ndjson cannot be written: there is no folder /nope"]
      ),
      (
        "notifications: {channels: [{name: f, type: file, path: HERE}]}",
        ["martlet: notifications.channels[0].path: HERE cannot be written: it is a folder"]
      ),
      (
        "notifications: {channels: [{name: f, type: file, path: HERE/x.ndjson, tags: [Nonexistent Tag]}]}",
        ["martlet: notifications.channels[0].tags: no rule has the tag \"Nonexistent Tag\""]
      ),
    ])
  func keys(settings: String, told: [String]) throws {
    let scratch = try Scratch()
    _ = try scratch.write("words", "words")
    func here(_ text: String) -> String { text.replacingOccurrences(of: "HERE", with: scratch.path) }
    let checked = try check(here(settings))
    #expect(checked.status == 1)
    for words in told { #expect(checked.errors.contains(here(words)), "\(checked.errors)") }
  }

  @Test("What an option or a variable says is told by its name, and a variable that is none is warned of")
  func variables() throws {
    #expect(try check("{}", [:], ["--listen", "x"]).errors.contains("martlet: --listen: cannot listen at x"))
    let listen = try check("{}", ["MARTLET_LISTEN": "x"])
    #expect(listen.errors.contains("listen, which the variable MARTLET_LISTEN sets: cannot listen at x"))
    let bracket = try check("{}", ["MARTLET_LISTEN": "[::1"])
    #expect(bracket.errors.contains("listen, which the variable MARTLET_LISTEN sets: "), "\(bracket.errors)")
    let right = try check("{}", ["MARTLET_LISTEN": "[::1]:19399", "MARTLET_NAMESPACE": "1234"])
    #expect(right.status == 0 && right.errors.contains("[::1]:19399"), "\(right.errors)")
    let files = ["MARTLET_TLS_CERTIFICATE": "/nope.pem", "MARTLET_TLS_KEY": "/nope.key"]
    #expect(try check("{}", files).errors.contains("tls.certificate, which the variable MARTLET_TLS_CERTIFICATE sets"))
    #expect(try check("{}", ["MARTLET_RULES_SPREAD": "200"]).errors.contains("the variable MARTLET_RULES_SPREAD sets"))
    let strange = try check("{}", ["MARTLET_LISTN": "foo"])
    #expect(strange.status == 0 && strange.errors.contains("warning: MARTLET_LISTN is no variable"))
    // Those that Kubernetes gives for a service that is called martlet.
    let cluster = [
      "MARTLET_SERVICE_HOST": "10.0.0.1", "MARTLET_SERVICE_PORT": "9200", "MARTLET_SERVICE_PORT_HTTP": "9200",
      "MARTLET_PORT": "tcp://10.0.0.1:9200", "MARTLET_PORT_9200_TCP": "tcp://10.0.0.1:9200",
      "MARTLET_PORT_9200_TCP_ADDR": "10.0.0.1", "MARTLET_HTTP_SERVICE_HOST": "10.0.0.2",
    ]
    let given = try check("{}", cluster.merging(["MARTLET_LISTEN_PORT": "9"]) { $1 })
    #expect(given.errors.components(separatedBy: "is no variable").count == 2, "\(given.errors)")
    #expect(given.errors.contains("warning: MARTLET_LISTEN_PORT is no variable"), "\(given.errors)")
    let named = try check(
      "notifications: {channels: [{name: s, type: slack, url_env: MARTLET_SLACK}]}",
      ["MARTLET_SLACK": "https://hooks.slack.example/x"])
    #expect(named.status == 0 && !named.errors.contains("MARTLET_SLACK"))
  }

  @Test("A key without its certificate is told by the service that begins as by --check")
  func halfOfTLS() async throws {
    let words =
      "tls.certificate: it is missing, and tls.key is of no use without it: set it, or the variable MARTLET_TLS_CERTIFICATE"
    let variables = ["MARTLET_TLS_KEY": "/etc/martlet/tls/key.pem"]
    #expect(try check("{}", variables).errors.contains(words))
    let scratch = try Scratch()
    let failure = await #expect(throws: ServedProcess.Failure.self) {
      _ = try await ServedProcess(data: scratch.path + "/events", variables: variables)
    }
    #expect(failure?.log.contains(words) == true, "\(failure?.log ?? "")")
  }

  @Test("A file of settings that cannot be read is told once, with why")
  func files() throws {
    let scratch = try Scratch()
    for (path, cause) in [(scratch.path + "/nope.yaml", "no such file"), (scratch.path, "it is a folder")] {
      let checked = try run(["--data", scratch.path + "/events", "--config", path])
      #expect(checked.status == 1 && checked.errors.contains("martlet: \(path) cannot be read: \(cause)"))
    }
  }

  @Test("A watched folder that is not there is a warning of the service that begins, since it may come later")
  func mount() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(
      data: scratch.path + "/events", settings: "roads: [{type: folder, path: \(scratch.path)/mnt}]")
    #expect(try await service.says("roads[0].path: \(scratch.path)/mnt cannot be read"))
    #expect(try await service.stop() == 0)
  }

  @Test("A tag that a rule has, whatever the case of its letters, and a file that can be made are right")
  func right() throws {
    let scratch = try Scratch()
    let checked = try check(
      "notifications: {channels: [{name: f, type: file, path: \(scratch.path)/x.ndjson, tags: [\"domain: cloud\"]}]}")
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(access(scratch.path + "/x.ndjson", F_OK) != 0)
  }
}
