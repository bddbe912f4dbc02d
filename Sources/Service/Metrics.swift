import Foundation
import Synchronization

/// The numbers of a service, as Prometheus reads them.
public final class Metrics: Sendable {
  /// A number with the labels that tell it from others of its name.
  private struct Key: Hashable {
    var name: String
    var labels: String
  }

  private struct State {
    var values: [Key: Double] = [:]
    var histograms: [Key: (buckets: [Int], sum: Double, count: Int)] = [:]
  }

  private let state = Mutex(State())
  /// Numbers that are kept; names of data streams come from outside, and others than these are not counted.
  private static let most = 20_000
  /// Upper bounds of the buckets of times, in seconds.
  private static let bounds: [Double] = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800]

  public init() {}

  /// Adds to a counter, whose name ends in `_total`.
  public func add(_ value: Double = 1, to name: String, _ labels: KeyValuePairs<String, String> = [:]) {
    change(name, labels) { $0 += value }
  }

  /// Sets what goes up and down.
  public func set(_ name: String, _ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
    change(name, labels) { $0 = value }
  }

  /// Has a histogram be there before it has a time.
  func begin(histogram name: String) {
    let key = Key(name: name, labels: "")
    state.withLock {
      if $0.histograms[key] == nil { $0.histograms[key] = (Array(repeating: 0, count: Self.bounds.count), 0, 0) }
    }
  }

  /// Takes a time into a histogram, in seconds.
  public func observe(_ name: String, _ seconds: Double, _ labels: KeyValuePairs<String, String> = [:]) {
    let key = Key(name: name, labels: Self.text(labels))
    state.withLock { state in
      guard state.histograms[key] != nil || state.histograms.count < Self.most else { return }
      var histogram = state.histograms[key] ?? (Array(repeating: 0, count: Self.bounds.count), 0, 0)
      for (place, bound) in Self.bounds.enumerated() where seconds <= bound { histogram.buckets[place] += 1 }
      histogram.sum += seconds
      histogram.count += 1
      state.histograms[key] = histogram
    }
  }

  /// A number; nil where it has never been set.
  public func value(_ name: String, _ labels: KeyValuePairs<String, String> = [:]) -> Double? {
    state.withLock { $0.values[Key(name: name, labels: Self.text(labels))] }
  }

  private func change(_ name: String, _ labels: KeyValuePairs<String, String>, _ body: (inout Double) -> Void) {
    let key = Key(name: name, labels: Self.text(labels))
    state.withLock { state in
      guard state.values[key] != nil || state.values.count < Self.most else { return }
      body(&state.values[key, default: 0])
    }
  }

  private static func text(_ labels: KeyValuePairs<String, String>) -> String {
    labels.map { name, value in "\(name)=\"\(escaped(value))\"" }.joined(separator: ",")
  }

  /// By scalars: a mark is one also where a combining mark follows it, and a line break behind a carriage return.
  private static func escaped(_ value: String) -> String {
    guard value.utf8.contains(where: { [0x0A, 0x22, 0x5C].contains($0) }) else { return value }
    return value.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      default: String(scalar)
      }
    }.joined()
  }

  /// All numbers in Prometheus' text format, version 0.0.4.
  public var text: String {
    let (values, histograms) = state.withLock { ($0.values, $0.histograms) }
    var lines: [String] = []
    var last = ""
    for (key, value) in values.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }) {
      if key.name != last { lines += Self.head(key.name, key.name.hasSuffix("_total") ? "counter" : "gauge") }
      last = key.name
      lines.append("\(key.name)\(key.labels.isEmpty ? "" : "{\(key.labels)}") \(Self.number(value))")
    }
    for (key, histogram) in histograms.sorted(by: { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) }) {
      if key.name != last { lines += Self.head(key.name, "histogram") }
      last = key.name
      let before = key.labels.isEmpty ? "" : key.labels + ","
      for (bound, count) in zip(Self.bounds, histogram.buckets) {
        lines.append("\(key.name)_bucket{\(before)le=\"\(Self.number(bound))\"} \(count)")
      }
      lines.append("\(key.name)_bucket{\(before)le=\"+Inf\"} \(histogram.count)")
      let labels = key.labels.isEmpty ? "" : "{\(key.labels)}"
      lines.append("\(key.name)_sum\(labels) \(Self.number(histogram.sum))")
      lines.append("\(key.name)_count\(labels) \(histogram.count)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What stands before the first number of a name.
  private static func head(_ name: String, _ type: String) -> [String] {
    let help = MetricNames.help(of: name).replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
  }
}
