import Foundation

/// A server in Python that runs as long as this lives.
public final class PythonServer: Sendable {
  public let port: Int
  private let process = Process()
  private let input = Pipe()

  /// Starts a script of `Tests/TestSupport/Python`, which prints its port when it listens, and ends when its input does.
  public init(_ script: String, _ arguments: [String] = []) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-u", Self.folder + "/" + script] + arguments
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var line: [UInt8] = []
    // The handle of the pipe gives what there is; a port is a short line.
    while !line.contains(0x0A) {
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { break }
      line += piece
    }
    guard let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
      process.terminate()
      throw Failure(script: script)
    }
    self.port = port
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.terminate()
  }

  public var url: String { "http://127.0.0.1:\(port)" }

  public struct Failure: Error { let script: String }

  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Python").path

  /// True where Python can import all of these.
  public static func has(_ modules: String...) -> Bool {
    run(["python3", "-c", "import sys" + modules.map { ", \($0)" }.joined()]).status == 0
  }

  /// Runs a program to its end: its status and what it printed.
  public static func run(_ arguments: [String], input text: String = "") -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    guard let scratch = try? Scratch(), let file = try? scratch.write(text, "in"),
      let out = try? scratch.write("", "out")
    else { return (-1, "") }
    process.standardInput = FileHandle(forReadingAtPath: file)
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return (-1, "") }
    process.waitUntilExit()
    let output = (try? String(contentsOfFile: out, encoding: .utf8)) ?? ""
    return (process.terminationStatus, output)
  }

  /// The path of a script of `Tests/TestSupport/Python`.
  public static func script(_ name: String) -> String { folder + "/" + name }
}

/// A certificate for 127.0.0.1 and localhost, signed by an authority of its own; made by OpenSSL's program.
public struct TestCertificate {
  public let authority: String
  public let certificate: String
  public let key: String

  /// Nil where there is no `openssl`.
  public init?(in scratch: Scratch) throws {
    let folder = scratch.path
    authority = folder + "/authority.pem"
    certificate = folder + "/server.pem"
    key = folder + "/server.key"
    let names = try scratch.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n", "names.cnf")
    let steps: [[String]] = [
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout",
        folder + "/authority.key", "-out", authority, "-addext", "basicConstraints=critical,CA:TRUE",
      ],
      [
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out",
        folder + "/server.csr",
      ],
      [
        "x509", "-req", "-in", folder + "/server.csr", "-CA", authority, "-CAkey", folder + "/authority.key",
        "-CAcreateserial", "-days", "2", "-extfile", names, "-out", certificate,
      ],
    ]
    for step in steps where PythonServer.run(["openssl"] + step).status != 0 { return nil }
  }
}
