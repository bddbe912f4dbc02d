import Foundation
import TestSupport
import Testing

@Suite("A running service bounds what each client asks for", .timeLimit(.minutes(hang)))
struct RateServiceTests {
  @Test(
    "curl is told to wait, waits as long as it is told, and gets through; the page for operators counts it and is not bounded"
  )
  func waits() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(
      data: scratch.path + "/events", settings: "limits: {requests_per_second: 1, requests_burst: 2}\n")
    /// The statuses of so many requests, one right after the other.
    func ask(_ count: Int, _ more: [String] = []) -> [Substring] {
      let arguments = ["curl", "-sS", "-w", "\\n%{http_code}\\n"] + more
      // What comes goes to one file: curl would cut /dev/null before it tries again, which it cannot.
      return PythonServer.run(arguments + Array(repeating: service.url + "/", count: count)).output.split(
        separator: "\n")
    }
    // One a second is taken, and a busy machine may send no more than that.
    var refused = 0
    for count in [50, 500, 5000] where refused == 0 { refused = ask(count).count { $0 == "429" } }
    #expect(refused > 0)
    // All that it may retry is a client that is told to wait.
    #expect(ask(4, ["--retry", "20"]).count { $0 == "200" } == 4)
    for _ in 0..<10 {
      #expect(PythonServer.run(["curl", "-sS", "-f", "-o", "/dev/null", service.url + "/metrics"]).status == 0)
    }
    let metrics = PythonServer.run(["curl", "-sS", service.url + "/metrics"]).output
    let counted = metrics.split(separator: "\n").first {
      $0.hasPrefix(#"martlet_http_rate_limited_total{reason="requests"}"#)
    }
    #expect(counted.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0 >= refused, "\(counted ?? "")")
    #expect(metrics.contains("martlet_http_clients 1\n"))
    try await service.stop()
  }
}
