import Rules

/// The timeline as SVG: a bar a bin, the graver the lower in it.
struct TimelinePicture {
  let bins: TimelineBins
  let width: Double
  let height: Double
  /// How many labels the time axis has at most.
  let labels: Int

  private let left = 40.0
  private let right = 8.0
  private let top = 10.0
  private let bottom = 26.0

  func write(to html: inout HTMLWriter, description: String) {
    html.open("svg", ("viewBox", "0 0 \(Self.number(width)) \(Self.number(height))"), ("role", "img"))
    html.element("title", text: "Alerts over time")
    html.element("desc", text: description)
    let room = height - top - bottom
    let step = Self.step(bins.highest)
    let ceiling = max(step, (bins.highest + step - 1) / step * step)
    for value in stride(from: 0, through: ceiling, by: step) {
      let y = Self.number(top + room * (1 - Double(value) / Double(ceiling)))
      html.open(
        "line", ("class", value == 0 ? "axis" : "grid"), ("x1", Self.number(left)), ("x2", Self.number(width - right)),
        ("y1", y), ("y2", y))
      html.close("line")
      html.element(
        "text", ("class", "tick"), ("x", Self.number(left - 6)), ("y", y), ("dy", "4"), ("text-anchor", "end"),
        text: value.grouped)
    }
    bars(room: room, ceiling: ceiling, to: &html)
    axis(to: &html)
    outliers(to: &html)
    html.close("svg")
  }

  private var slot: Double { (width - left - right) / Double(max(1, bins.counts.count)) }

  private func bars(room: Double, ceiling: Int, to html: inout HTMLWriter) {
    let gap = min(2, slot * 0.2)
    for bin in bins.counts.indices where bins.total(bin) > 0 {
      html.open("g")
      html.element("title", text: "\(bins.label(bin)): \(Self.words(bins.counts[bin]))")
      var base = top + room
      for severity in Severity.allCases.reversed() {
        let count = bins.counts[bin][TimelineBins.place(severity)]
        guard count > 0 else { continue }
        // A lone alert among thousands stays visible.
        let tall = max(2, room * Double(count) / Double(ceiling))
        base -= tall
        html.open(
          "rect", ("class", "f-\(severity.rawValue)"), ("x", Self.number(left + Double(bin) * slot + gap / 2)),
          ("y", Self.number(base)), ("width", Self.number(max(2, slot - gap))), ("height", Self.number(tall)))
        html.close("rect")
      }
      html.close("g")
    }
  }

  /// What lies too far off to be in the picture is marked at the side where it lies.
  private func outliers(to html: inout HTMLWriter) {
    func mark(_ count: Int, _ text: String, x: Double, anchor: String) {
      guard count > 0 else { return }
      html.element(
        "text", ("class", "tick off"), ("x", Self.number(x)), ("y", Self.number(top + 10)), ("text-anchor", anchor),
        text: text)
    }
    let (before, after) = bins.outsideCounts
    mark(before, "◂ \(before.grouped) far before", x: left + 4, anchor: "start")
    mark(after, "\(after.grouped) far after ▸", x: width - right - 4, anchor: "end")
  }

  private func axis(to html: inout HTMLWriter) {
    let count = bins.counts.count
    let every = max(1, (count + labels - 1) / labels)
    for bin in stride(from: 0, to: count, by: every) {
      let x = left + (Double(bin)) * slot
      guard x < width - right - 60 || bin == 0 else { continue }
      html.open(
        "line", ("class", "axis"), ("x1", Self.number(x)), ("x2", Self.number(x)), ("y1", Self.number(height - bottom)),
        ("y2", Self.number(height - bottom + 5)))
      html.close("line")
      html.element(
        "text", ("class", "tick"), ("x", Self.number(x)), ("y", Self.number(height - 6)), text: bins.label(bin))
    }
  }

  /// Counts by severity in words, the gravest first.
  static func words(_ counts: [Int]) -> String {
    Severity.allCases.reversed().compactMap { severity in
      let count = counts[TimelineBins.place(severity)]
      return count > 0 ? "\(count.grouped) \(severity.rawValue)" : nil
    }.joined(separator: ", ")
  }

  /// The distance of grid lines: 1, 2 or 5 times a power of ten, for at most five of them.
  private static func step(_ highest: Int) -> Int {
    var power = 1
    while true {
      for factor in [1, 2, 5] where highest <= factor * power * 4 { return factor * power }
      power *= 10
    }
  }

  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
