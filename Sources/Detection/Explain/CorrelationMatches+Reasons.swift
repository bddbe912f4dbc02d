import Events
import Query

extension CorrelationMatches {
  /// Why an execution made no alert of a group of an event, a sentence for each correlation and group that the event is in.
  ///
  /// - Parameters:
  ///   - alerts: all of the rule; the events of those count in no other.
  ///   - candidates: of these matches.
  func reasons(
    of sighting: Sighting, alerts: [Finding], _ candidates: [EQLCandidate?], _ windows: TickWindows, _ tick: Int64
  ) -> [String] {
    guard let own = matches.firstIndex(where: { $0.sighting == sighting }), candidates[own] != nil else { return [] }
    let seen = matches.indices.filter { windows.sees(matches[$0].sighting.condition, tick) }
    let sight = Sight(from: .min, former: .min)
    var sentences: [String] = []
    for (place, node) in rule.plan.nodes.enumerated() {
      let isWhole = place == rule.plan.nodes.count - 1
      let now = isWhole && node.correlation.isJudgedByExecution ? windows.time(tick).milliseconds : nil
      let mine = groups(place, seen, candidates, sight).filter { $0.value.contains { $0.events.contains(own) } }
      for (group, inputs) in mine {
        let terms = group.map { $0.map(\.groupText) ?? "" }
        let used = Set(
          (isWhole ? alerts : []).filter { $0.groupTerms.map(\.text) == terms }.flatMap(\.events).map(\.id))
        let left = inputs.filter { input in
          input.events.contains(own) || !input.events.contains { used.contains(matches[$0].sighting.id) }
        }.sorted { ($0.time, $0.events.last ?? 0) < ($1.time, $1.events.last ?? 0) }
        let best = now.map { Self.judged(left, own, node.correlation, $0) } ?? Self.best(left, own, node.correlation)
        let names = rule.groupFields(of: place)
        let values = zip(names, terms).map { name, text in "\(name) \(text.isEmpty ? "(none)" : text)" }
        var sentence = values.isEmpty ? "" : "for \(values.joined(separator: ", ")): "
        sentence += Self.sentence(best, node.correlation, isJudged: now != nil)
        if left.count < inputs.count {
          let count = inputs.count - left.count
          sentence +=
            "; \(count) more \(count == 1 ? "is" : "are") of an alert, and \(count == 1 ? "counts" : "count") no more"
        }
        sentences.append(sentence)
      }
    }
    return Array(sentences.sorted().prefix(Self.mostReasons))
  }

  private static let mostReasons = 10

  /// Of each rule that an event meets without a value by which events are grouped, a sentence that names the fields.
  ///
  /// - Parameter holds: whether the event satisfies a condition.
  func lackedKeys(_ holds: (Predicate) -> Bool) -> [String] {
    var sentences: [String] = []
    for node in rule.plan.nodes {
      for (number, source) in node.sources.enumerated() {
        guard case .item(let place) = source else { continue }
        let item = rule.plan.plan.items[place]
        guard holds(item.predicate) else { continue }
        // By the names that the correlation has for them.
        let lacked = zip(item.keys, node.correlation.groupBy).filter { key, _ in
          !key.isOptional && !holds(.exists(.named(key.field)))
        }.map(\.1)
        guard !lacked.isEmpty else { continue }
        sentences.append(
          "“\(node.correlation.rules[number])”: the event has no value in \(lacked.joined(separator: ", ")), which events are "
            + "grouped by")
      }
    }
    return sentences
  }

  // MARK: Spans

  /// What the events of a span come to.
  private struct Span {
    var number: Double?
    var rules: Set<Int>
    var holds: Bool
    /// The event itself is in it.
    var hasOwn = true
  }

  /// The span around an event that comes nearest to what is asked for.
  private static func best(_ inputs: [Input], _ own: Int, _ correlation: SigmaCorrelation) -> Span? {
    guard let place = inputs.firstIndex(where: { $0.events.contains(own) }) else { return nil }
    var window = CorrelationWindow(correlation)
    var start = 0
    var best: (span: Span, score: Double)?
    for (at, input) in inputs.enumerated() {
      window.append(input.time, input.rules, input.values)
      while inputs[start].time < input.time - correlation.timespan {
        window.removeFirst()
        start += 1
      }
      guard at >= place else { continue }
      guard start <= place else { break }
      let span = Span(number: window.number, rules: window.rules, holds: window.holds)
      let wanted = window.rules.subtracting(correlation.forbidden).count
      let score = span.holds ? .infinity : correlation.kind.isTemporal ? Double(wanted) : span.number ?? -.infinity
      if best.map({ score > $0.score }) ?? true { best = (span, score) }
    }
    return best?.span
  }

  /// The span that ends with an execution.
  private static func judged(_ inputs: [Input], _ own: Int, _ correlation: SigmaCorrelation, _ now: Int64) -> Span {
    var window = CorrelationWindow(correlation)
    let span = inputs.filter { $0.time > now - correlation.timespan && $0.time <= now }
    for input in span { window.append(input.time, input.rules, input.values) }
    return Span(
      number: window.number, rules: window.rules, holds: window.holds, hasOwn: span.contains { $0.events.contains(own) }
    )
  }

  // MARK: Words

  private static func sentence(_ span: Span?, _ correlation: SigmaCorrelation, isJudged: Bool) -> String {
    let length = length(correlation.timespan)
    guard let span else { return "no other event came within \(length)" }
    guard span.hasOwn else { return "the event is not of the \(length) before the execution" }
    if span.holds {
      return
        "all that is asked for came within \(length), and the execution had others for all the alerts that max_signals allows"
    }
    let within = isJudged ? "in the \(length) before the execution" : "within \(length) with it"
    if correlation.kind.isTemporal { return rules(span, correlation, within) }
    let asked = correlation.comparisons.map(words).joined(separator: " and ")
    let field = correlation.fields.joined(separator: ", ")
    let most = isJudged ? "" : " at most"
    let what: String
    switch correlation.kind {
    case .eventCount:
      let count = Int(span.number ?? 0)
      what = "\(count) event\(count == 1 ? "" : "s") came \(within)\(most)"
    case .valueCount:
      let count = Int(span.number ?? 0)
      what = "\(count) different value\(count == 1 ? "" : "s") of \(field) came \(within)\(most)"
    default:
      let name =
        switch correlation.kind {
        case .valueSum: "sum"
        case .valueAverage: "average"
        case .valueMedian: "median"
        default: "\(text(correlation.percentile))th percentile"
        }
      guard let number = span.number else {
        return "no number came in \(field) \(within), and the rule asks for \(asked)"
      }
      what = "the \(name) of \(field) \(within) is \(text(number))\(most)"
    }
    return what + ", and the rule asks for \(asked)"
  }

  /// Which rules have events, and which have not.
  private static func rules(_ span: Span, _ correlation: SigmaCorrelation, _ within: String) -> String {
    func named(_ places: some Sequence<Int>) -> String {
      places.map { "“\(correlation.rules[$0])”" }.joined(separator: ", ")
    }
    let forbidden = correlation.forbidden
    let wanted = correlation.rules.indices.filter { !forbidden.contains($0) }
    let missing = wanted.filter { !span.rules.contains($0) }
    let there = wanted.filter { span.rules.contains($0) }
    let inTheWay = forbidden.intersection(span.rules).sorted()
    var text =
      there.isEmpty ? "no event came \(within) of \(named(missing))" : "events of \(named(there)) came \(within)"
    if !there.isEmpty, !missing.isEmpty { text += ", none of \(named(missing))" }
    if !inTheWay.isEmpty { text += ", and events of \(named(inTheWay)) did, of which there must be none" }
    if missing.isEmpty, inTheWay.isEmpty, correlation.ways != nil {
      text += ", but not in the order that the rule asks for"
    }
    // Where it is not simply all of them.
    let isAll =
      correlation.comparisons.map(\.kind) == [.greaterOrEqual]
      && correlation.comparisons.first?.number == Double(correlation.rules.count)
    if correlation.condition == nil, !isAll {
      text +=
        "; the rule asks for \(correlation.comparisons.map(words).joined(separator: " and ")) of \(correlation.rules.count)"
    }
    return text
  }

  private static func words(_ comparison: SigmaCorrelation.Comparison) -> String {
    let number = text(comparison.number)
    return switch comparison.kind {
    case .less: "less than \(number)"
    case .lessOrEqual: "at most \(number)"
    case .greater: "more than \(number)"
    case .greaterOrEqual: "at least \(number)"
    case .equal: "just \(number)"
    case .notEqual: "another number than \(number)"
    }
  }

  /// Whole numbers without a point.
  private static func text(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? "\(number)"
  }

  /// A length of time in the largest unit that it is a whole number of.
  private static func length(_ milliseconds: Int64) -> String {
    for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")] as [(Int64, String)]
    where milliseconds % unit == 0 {
      return "\(milliseconds / unit) \(name)"
    }
    return "\(milliseconds) ms"
  }
}
