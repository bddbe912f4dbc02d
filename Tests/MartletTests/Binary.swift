import Foundation
import JSON
import TestSupport
import Testing

/// The command line tool as a process.
struct Binary {
  var status: Int32
  var output: String
  var errors: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The lines of standard output as JSON.
  var documents: [JSONValue] { get throws { try lines.map { try JSONValue(parsing: $0) } } }

  /// Runs the tool to its end.
  ///
  /// - Parameters:
  ///   - environment: variables beside those of the tests.
  ///   - megabytes: the address space that it may have, as `ulimit -v` sets it.
  ///   - processorSeconds: after so much time of the processor it is ended, as `ulimit -t` says; a busy machine takes none of it.
  ///   - directory: where it runs; where the tests do unless given.
  init(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], megabytes: Int? = nil,
    processorSeconds: Int? = nil, directory: String? = nil
  ) throws {
    let scratch = try Scratch()
    let process = Process()
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    process.arguments = arguments
    process.environment = Tool.environment(environment)
    let bounds =
      [megabytes.map { "ulimit -v \($0 << 10)" }, processorSeconds.map { "ulimit -t \($0)" }].compactMap(\.self)
    if !bounds.isEmpty {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments =
        ["-c", (bounds + ["exec \"$0\" \"$@\""]).joined(separator: " && "), try Tool.path()] + arguments
    }
    // Files hold any amount of output without anybody reading along.
    let files = try [scratch.write(input, "in"), scratch.write("", "out"), scratch.write("", "err")]
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    output = try String(contentsOfFile: files[1], encoding: .utf8)
    errors = try String(contentsOfFile: files[2], encoding: .utf8)
  }
}

/// Records and rules that the tests of the commands share.
enum Sample {
  static let records = """
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000000001","eventTime":"2026-01-01T00:03:00Z","eventSource":"iam.amazonaws.com","eventName":"UpdateAssumeRolePolicy","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","userName":"eve"},"requestParameters":{"roleName":"ops","policyDocument":"{}"}}
    {"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000000002","eventTime":"2026-01-01T00:04:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","userName":"bob"}}

    """

  static let rule = """
    [rule]
    rule_id = "test-rule"
    name = "Objects read"
    description = "Somebody read an object."
    severity = "high"
    risk_score = 73
    type = "query"
    language = "kuery"
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: GetObject"
    """
}
