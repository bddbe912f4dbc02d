import Foundation
import JSON
import TestSupport
import Testing

@Suite("Channels of notifications are tried on the command line")
struct NotifyCommandTests {
  @Test(
    "A test says of each channel whether it went, and shows no secret",
    .enabled(if: PythonServer.has("http.server"), "there is no python3"))
  func tried() async throws {
    let scratch = try Scratch()
    let server = try PythonServer("hook.py")
    let config = try scratch.write(
      """
      data: /nowhere
      outgoing:
        proxy: none
      notifications:
        link: https://martlet.example/alerts/{id}
        channels:
          - name: hook
            type: webhook
            url_env: HOOK
          - name: gone
            type: slack
            url_env: GONE
          - name: file
            type: file
            path: \(scratch.path)/alerts.ndjson
      """, "martlet.yaml")
    let environment = ["HOOK": server.url + "/SECRET", "GONE": "http://127.0.0.1:1/services/SECRET"]
    let all = try Binary(["notify", "test", "--config", config], environment: environment)
    #expect(all.status == 1)
    #expect(all.lines.map { String($0.prefix { $0 != "(" }.prefix(24)) }.first == "hook: sent")
    #expect(all.output.contains("gone: not sent: http://127.0.0.1:1") && all.output.contains("file: sent"))
    #expect(!all.output.contains("SECRET") && !all.errors.contains("SECRET"))
    let one = try Binary(["notify", "test", "--config", config, "hook"], environment: environment)
    #expect(one.status == 0 && one.lines == ["hook: sent"])
    let line = try String(contentsOfFile: scratch.path + "/alerts.ndjson", encoding: .utf8)
    #expect(try JSONValue(parsing: line)["kibana.alert.rule.name"] == "Test of a notification")
    let unknown = try Binary(["notify", "test", "--config", config, "nobody"], environment: environment)
    #expect(unknown.status == 64 && unknown.errors.contains("hook, gone, file"))
  }

  @Test("Wrong settings are told with their key, and what is not there is said not to be")
  func wrong() throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      "notifications: {channels: [{name: a, type: slack, url: \"https://x/SECRET\"}]}", "m.yaml")
    let told = try Binary(["notify", "test", "--config", config])
    #expect(told.status == 1)
    #expect(told.errors.contains("notifications.channels[0].url") && !told.errors.contains("SECRET"))
    let none = try Binary(["notify", "test", "--config", scratch.path + "/none.yaml"])
    #expect(none.status == 1 && none.errors.split(separator: "none.yaml").count == 2, "once: \(none.errors)")
    #expect(none.errors.contains("none.yaml cannot be read: no such file"))
    let empty = try Binary(["notify", "test", "--config", scratch.write("a: b", "e.yaml")])
    #expect(empty.status == 64 && empty.errors.contains("no channel"))
    let status = try Binary(["notify", "status", "--data", scratch.path])
    #expect(status.status == 1 && status.errors.contains("no notifications"))
  }
}
