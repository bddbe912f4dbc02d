import Foundation
import JSON
import TestSupport
import Testing

@Suite("Daemons of syslog send to a running service", .timeLimit(.minutes(hang)))
struct SyslogServiceTests {
  private static let rsyslog = "/usr/sbin/rsyslogd"
  private static var hasRsyslog: Bool {
    FileManager.default.isExecutableFile(atPath: rsyslog)
      && FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so")
  }
  private static let syslogNG = "/usr/sbin/syslog-ng"
  private static var hasSyslogNG: Bool {
    FileManager.default.isExecutableFile(atPath: syslogNG)
      && FileManager.default.fileExists(atPath: "/usr/lib/syslog-ng/3.38/libhttp.so")
  }

  private func record(_ number: Int) -> String {
    #"{"eventVersion":"1.08","eventID":"line-\#(number)","eventTime":"2026-01-01T00:00:00Z","#
      + #""eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"us-east-1"}"# + "\n"
  }

  /// Runs a daemon until the service has all records of a file that it follows.
  private func follow(_ program: String, _ arguments: (String) throws -> [String], _ scratch: Scratch, _ data: String)
    async throws
  {
    let daemon = Process()
    daemon.executableURL = URL(fileURLWithPath: program)
    daemon.arguments = try arguments(scratch.path)
    daemon.standardOutput = FileHandle.nullDevice
    daemon.standardError = FileHandle.nullDevice
    try daemon.run()
    defer { daemon.terminate() }
    func count() -> Int {
      Int(
        ServedProcess.run(
          [
            "search", "--data", data, "--index", "logs-aws.*", "--format", "count", "--quiet",
            "event.action: ListUsers",
          ]
        ).output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
    while count() < 200 { try await Task.sleep(for: .milliseconds(300)) }
    #expect(count() == 200)
  }

  @Test(
    "rsyslog's omelasticsearch sends the lines of a file", .enabled(if: hasRsyslog, "no rsyslog with omelasticsearch"))
  func rsyslog() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let lines = try scratch.write((0..<200).map(record).joined(), "trail.log")
    let settings = """
      global(workDirectory="\(scratch.path)" maxMessageSize="1m")
      module(load="imfile" mode="inotify")
      module(load="omelasticsearch")
      template(name="document" type="list" option.jsonf="on") {
        property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
        property(outname="message" name="msg" format="jsonf")
      }
      ruleset(name="send") {
        action(type="omelasticsearch" server="127.0.0.1" serverport="\(service.port)" template="document"
          searchIndex="logs-rsyslog-default" searchType="" bulkmode="on" action.resumeRetryCount="-1")
      }
      input(type="imfile" File="\(lines)" Tag="trail" ruleset="send" freshStartTail="off")

      """
    let file = try scratch.write(settings, "rsyslog.conf")
    try await follow(Self.rsyslog, { ["-n", "-f", file, "-i", $0 + "/pid"] }, scratch, data)
    try await service.stop()
  }

  @Test("syslog-ng's http sends the lines of a file", .enabled(if: hasSyslogNG, "no syslog-ng with its http module"))
  func syslogNG() async throws {
    let scratch = try Scratch()
    let data = scratch.path + "/events"
    let service = try await ServedProcess(data: data)
    let lines = try scratch.write((0..<200).map(record).joined(), "trail.log")
    let settings = """
      @version: 3.38
      source s { file("\(lines)" flags(no-parse) follow-freq(1) read-old-records(yes)); };
      destination d {
        http(url("\(service.url)/_bulk") method("POST") headers("Content-Type: application/x-ndjson") batch-lines(50)
          batch-timeout(500) body-suffix("\\n") delimiter("\\n")
          body("{\\"create\\":{\\"_index\\":\\"logs-syslogng-default\\"}}\\n$(format-json @timestamp=$ISODATE message=$MSG)"));
      };
      log { source(s); destination(d); };

      """
    let file = try scratch.write(settings, "syslog-ng.conf")
    try await follow(
      Self.syslogNG,
      { ["-F", "-f", file, "-R", $0 + "/persist", "-p", $0 + "/pid", "-c", $0 + "/control"] }, scratch, data)
    try await service.stop()
  }
}
