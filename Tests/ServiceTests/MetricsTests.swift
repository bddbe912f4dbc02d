import Notifications
import TestSupport
import Testing

@testable import Service

@Suite("The numbers of a service") struct MetricsTests {
  @Test("Counters, gauges and histograms are written as Prometheus reads them, with labels escaped")
  func text() {
    let metrics = Metrics()
    metrics.add(2, to: "martlet_a_total", ["road": "s3 \"x\"\n"])
    metrics.add(1, to: "martlet_a_total", ["road": "\"\u{301}\r\n"])
    metrics.set("martlet_b", 1.5)
    metrics.observe("martlet_c_seconds", 0.3)
    let lines = metrics.text.split(separator: "\n").map(String.init)
    #expect(lines.contains("# TYPE martlet_a_total counter"))
    #expect(lines.contains(#"martlet_a_total{road="s3 \"x\"\n"} 2"#))
    #expect(Array(metrics.text.utf8).contains(Array("{road=\"\\\"\u{301}\r\\n\"} 1\n".utf8)))
    #expect(lines.contains("martlet_b 1.5"))
    #expect(lines.contains(#"martlet_c_seconds_bucket{le="0.25"} 0"#))
    #expect(lines.contains(#"martlet_c_seconds_bucket{le="0.5"} 1"#))
    #expect(lines.contains("martlet_c_seconds_count 1"))
  }

  @Test("What a channel counts is under names that are there from when it is set, with what they count")
  func retried() throws {
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let metrics = Metrics()
    MetricNames.begin(metrics)
    MetricNames.begin(metrics, channel: "soc")
    let names = metrics.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count
    let health = ServiceHealth(clock)
    let report = PartReporter(
      ServiceLog(clock) { _ in }, metrics, health, kind: "notifications", name: NotificationChannel.part("soc"),
      label: ("channel", "soc"))
    for counter in ["failed", "retried", "sent", "unknown"] { report.add(1, to: "notifications_\(counter)_total") }
    for gauge in ["held", "waiting"] { report.set(1, of: "notifications_\(gauge)") }
    for name in ["failed_total", "retried_total", "sent_total", "unknown_total", "held", "waiting"] {
      #expect(metrics.value("martlet_notifications_\(name)", ["channel": "soc"]) == 1)
      #expect(MetricNames.help["martlet_notifications_\(name)"] != nil)
    }
    #expect(metrics.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == names)
    // The notifier knows the alarm of its own channel by this.
    report.setTrouble("nobody is there")
    #expect(health.troubles.map(\.part) == ["notifications channel soc"])
  }

  @Test(
    "Every number that the page for operators names and whose labels are known is there from the start, with what it counts"
  )
  func fromTheStart() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(
      data: scratch.path + "/events",
      settings: "notifications: {channels: [{name: soc, type: file, path: \(scratch.path)/out.ndjson}]}")
    let text = try await RawRequest.send("GET /metrics", to: service.port, [], []).body
    let lines = text.split(separator: "\n").map(String.init)
    for name in [
      "martlet_store_failures_total", "martlet_executions_skipped_total", "martlet_executions_failed_total",
      "martlet_rounds_failed_total", "martlet_rules_behind", "martlet_rules_failing", "martlet_alerts_total",
      "martlet_executions_total", "martlet_alerts_late_total", "martlet_alerts_contradicted_total",
      "martlet_segments_merged_total", "martlet_store_missing_events", "martlet_tick_start_lag_seconds_count",
      "martlet_commit_seconds_count", "martlet_round_seconds_count",
      #"martlet_ingestion_refusals_total{road="bulk"}"#, #"martlet_events_stored_total{road="sqs"}"#,
      #"martlet_notifications_total{notifications="all"}"#,
      #"martlet_notifications_sent_total{channel="soc"}"#, #"martlet_notifications_failed_total{channel="soc"}"#,
      #"martlet_notifications_retried_total{channel="soc"}"#, #"martlet_notifications_unknown_total{channel="soc"}"#,
      #"martlet_notifications_waiting{channel="soc"}"#, #"martlet_notifications_held{channel="soc"}"#,
      #"martlet_http_connections_refused_total{reason="what came is no HTTP"}"#,
    ] {
      #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
    }
    // Each name has its words once, before its numbers.
    let typed = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
    let helped = lines.filter { $0.hasPrefix("# HELP ") }
    #expect(helped.map { $0.split(separator: " ")[2] } == typed && Set(typed).count == typed.count)
    #expect(helped.allSatisfy { $0.split(separator: " ").count > 3 })
    #expect(try await service.stop() == 0)
  }
}
