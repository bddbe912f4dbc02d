import Foundation
import Intake
import Service
import Settings
import TestSupport
import Testing

@Suite("Settings of a service") struct ServiceSettingsTests {
  @Test("Nothing needs to be set; a file and variables set every key, and variables count first")
  func read() throws {
    let scratch = try Scratch()
    let none = try ServiceSettings(file: nil, data: scratch.path, variables: [:])
    #expect(none.listen == "localhost:9200" && none.logFormat == .text && none.outside.roadSettings.isEmpty)
    let file = try scratch.write(
      """
      listen: localhost:9300
      namespace: prod
      log: {format: json, level: debug}
      rules: {spread: 0, catch_up: 2d, late_events: 3d, max_alerts: 50}
      ingestion: {memory_mb: 64}
      health: {silence: 6h, patience: 60s, streams: {"logs-aws.cloudtrail-*": 2h, other: off}}
      limits: {requests_per_second: 50, bytes_per_second: 1048576, bytes_burst: 8388608}
      roads: [{type: folder, path: /x}]
      """, "martlet.yaml")
    let variables = [
      "MARTLET_LISTEN": "localhost:9400", "MARTLET_LOG_LEVEL": "error", "MARTLET_LIMITS_REQUESTS": "70",
    ]
    let settings = try ServiceSettings(file: file, data: scratch.path, variables: variables)
    #expect(settings.listen == "localhost:9400" && settings.logLevel == .error && settings.namespace == "prod")
    #expect(settings.rules.mostAlerts == 50 && settings.rules.catchUp.value == 2 * 86_400_000)
    #expect(settings.rules.lateBound.text == "3d" && settings.rules.lateBound.value == 3 * 86_400_000)
    #expect(none.rules.lateBound.value == 14 * 86_400_000)
    #expect(settings.ingestion.mostBytes == 64 << 20 && settings.health.silence == 6 * 3_600_000)
    #expect(settings.rates.requests == 70 && settings.rates.requestsBurst == nil)
    #expect(settings.rates.bytes == 1 << 20 && settings.rates.bytesBurst == 8 << 20)
    #expect(none.rates == ServiceSettings.Rates())
    #expect(settings.health.streams.count == 2 && settings.outside.roadSettings.count == 1)
  }

  @Test(
    "What is wrong is named by its key",
    arguments: [
      ("listn: x", "listn"), ("log: {format: xml}", "log.format"), ("log: {leve: x}", "log.leve"),
      ("rules: {spread: 200}", "rules.spread"), ("rules: {catch_up: soon}", "rules.catch_up"),
      ("rules: {late_events: soon}", "rules.late_events"),
      ("health: {silence: 5}", "health.silence"), ("ingestion: {memory_mb: 1}", "ingestion.memory_mb"),
      ("limits: {requests_per_second: 0}", "limits.requests_per_second"),
      ("limits: {bytes_per_second: 100}", "limits.bytes_per_second"), ("limits: {rate: 1}", "limits.rate"),
      ("limits: {requests_burst: 5}", "limits.requests_burst"),
      ("limits: {bytes_per_second: 4096, bytes_burst: 2048}", "limits.bytes_burst"), ("limits: 5", "limits"),
      ("namespace: A B", "namespace"), ("roads: [{type: x}]", "roads[0].type"),
    ])
  func wrong(_ text: String, _ key: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(text, "martlet.yaml")
    #expect {
      _ = try ServiceSettings(file: file, data: scratch.path, variables: [:])
    } throws: {
      ($0 as? SettingsFault)?.key == key
    }
  }

  @Test("What a variable says is a text where its key is one, whatever it looks like, and blanks are nothing")
  func texts() throws {
    let scratch = try Scratch()
    let file = try scratch.write("{log: null, tls: }", "martlet.yaml")
    func read(_ variables: [String: String]) throws -> ServiceSettings {
      try ServiceSettings(file: file, data: scratch.path, variables: variables)
    }
    for name in ["1234", "true", "null", "~", "1e3", "007"] {
      #expect(try read(["MARTLET_NAMESPACE": name]).namespace == name)
    }
    #expect(try read(["MARTLET_LISTEN": "[::1]:19399"]).listen == "[::1]:19399")
    #expect(try read(["MARTLET_LISTEN": " localhost:9300\n", "MARTLET_NAMESPACE": " "]).listen == "localhost:9300")
    let tls = try read(["MARTLET_TLS_CERTIFICATE": "/etc/a: b #c", "MARTLET_TLS_KEY": "{key}"]).tls
    #expect(tls?.certificate == "/etc/a: b #c" && tls?.key == "{key}")
    #expect(try read(["MARTLET_LOG_LEVEL": "debug"]).logLevel == .debug)
    #expect(try read(["MARTLET_RULES_MAX_ALERTS": "50"]).rules.mostAlerts == 50)
  }

  @Test(
    "A fault of what a variable says has the variable's name, and its key",
    arguments: ServiceSettings.variables.keys.sorted())
  func faultyVariable(name: String) throws {
    let scratch = try Scratch()
    // Longer than any text may be, and no number.
    let variables = [name: String(repeating: "[x", count: 2500)]
    let key = ServiceSettings.variables[name]?.joined(separator: ".") ?? ""
    #expect {
      _ = try ServiceSettings(file: nil, data: scratch.path, variables: variables)
    } throws: {
      "\($0)".hasPrefix("\(key), which the variable \(name) sets: ")
    }
  }

  @Test(
    "Of the certificate and the key that belongs to it the one that is missing is named, and what to do",
    arguments: [
      ("{}", ["MARTLET_TLS_KEY": "/k"], "certificate", "key"),
      ("{}", ["MARTLET_TLS_CERTIFICATE": "/c"], "key", "certificate"),
      ("tls: {key: /k}", [:], "certificate", "key"), ("tls: {certificate: /c}", [:], "key", "certificate"),
      ("tls: {}", [:], "certificate", nil),
    ] as [(String, [String: String], String, String?)])
  func halfOfTLS(_ text: String, _ variables: [String: String], _ missing: String, _ other: String?) throws {
    let scratch = try Scratch()
    let file = try scratch.write(text, "martlet.yaml")
    let fault = #expect(throws: SettingsFault.self) {
      _ = try ServiceSettings(file: file, data: scratch.path, variables: variables)
    }
    let told = fault.map { "\($0)" } ?? ""
    #expect(told.hasPrefix("tls.\(missing): it is missing"), "\(told)")
    #expect(told.contains("set it, or the variable MARTLET_TLS_\(missing.uppercased()), to the file"), "\(told)")
    if let other {
      #expect(told.contains("take tls.\(other) and MARTLET_TLS_\(other.uppercased()) away"), "\(told)")
    }
  }

  @Test("Lists of indicators are named by the index that they stand for")
  func lists() throws {
    let scratch = try Scratch()
    func read(_ text: String) throws -> [String] {
      let file = try scratch.write(text, "martlet.yaml")
      return try ServiceSettings(file: file, data: scratch.path, variables: [:]).indicators
    }
    #expect(
      try read(#"indicators: {logs-ti_own: b.ndjson, "logs-ti_*": /lists/a.csv}"#)
        == ["logs-ti_*=/lists/a.csv", "logs-ti_own=b.ndjson"])
    #expect(try read("namespace: prod") == [])
    for wrong in ["indicators: [a]", "indicators: {a: 5}", "indicators: {a: ''}"] {
      #expect(throws: SettingsFault.self) { try read(wrong) }
    }
  }

  @Test("No secret that settings name, or that a variable holds, is in a line of the log, as text or as JSON")
  func secrets() throws {
    let scratch = try Scratch()
    let secret = try scratch.write("hunter2hunter2\n", "secret")
    let file = try scratch.write(
      """
      notifications:
        channels: [{name: hook, type: webhook, url: "http://127.0.0.1:1/", secret_file: \(secret)}]
      """, "martlet.yaml")
    let variables = ["AWS_SECRET_ACCESS_KEY": "abcdefgh12345678"]
    let settings = try ServiceSettings(file: file, data: scratch.path, variables: variables)
    let lines = ServedFolder.Lines()
    let log = ServiceLog(SimulatedClock("2026-01-01T00:00:00Z")) { line in lines.all.withLock { $0.append(line) } }
    log.hide(settings.secrets)
    for format in ServiceLog.Format.allCases {
      log.set(format, from: .debug)
      log.tell(.error, "it said hunter2hunter2\nnew line", ["reply": "key abcdefgh12345678"])
    }
    let all = lines.all.withLock { $0 }
    #expect(all.count == 2 && all.allSatisfy { !$0.contains("hunter2") && !$0.contains("abcdefgh") })
    #expect(all.allSatisfy { $0.contains("[secret]") && !$0.contains("\n") })
  }
}
