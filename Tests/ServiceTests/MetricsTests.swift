import Service
import Testing

@Suite("The numbers of a service") struct MetricsTests {
  @Test("Counters, gauges and histograms are written as Prometheus reads them, with labels escaped")
  func text() {
    let metrics = Metrics()
    metrics.add(2, to: "martlet_a_total", ["road": "s3 \"x\"\n"])
    metrics.set("martlet_b", 1.5)
    metrics.observe("martlet_c_seconds", 0.3)
    let lines = metrics.text.split(separator: "\n").map(String.init)
    #expect(lines.contains("# TYPE martlet_a_total counter"))
    #expect(lines.contains(#"martlet_a_total{road="s3 \"x\"\n"} 2"#))
    #expect(lines.contains("martlet_b 1.5"))
    #expect(lines.contains(#"martlet_c_seconds_bucket{le="0.25"} 0"#))
    #expect(lines.contains(#"martlet_c_seconds_bucket{le="0.5"} 1"#))
    #expect(lines.contains("martlet_c_seconds_count 1"))
  }
}
