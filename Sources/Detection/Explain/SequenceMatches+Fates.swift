import Events
import Query

extension SequenceMatches {
  /// Why an execution made no sequence with an event, a sentence for each step that the event meets; nothing where the rule's query is no
  /// sequence.
  ///
  /// - Parameters:
  ///   - gathered: of these matches.
  ///   - name: the id of an event.
  func fates(
    of sighting: Sighting, _ gathered: Gathered, _ windows: TickWindows, _ tick: Int64,
    name: (Sighting) throws -> String
  ) rethrows -> (sentences: [String], areOfOpponent: Bool) {
    let times = matches.map(\.sighting.time)
    let (from, to) = (windows.from(tick), windows.to(tick))
    let first = times.firstPlace { $0 >= from }
    let order = gathered.seen(first..<max(first, times.firstPlace { $0 > to })) {
      windows.sees(matches[$0].sighting.condition, tick)
    }
    guard let place = order.first(where: { matches[gathered.matchOf[$0]].sighting == sighting }) else {
      return ([], false)
    }
    let fates = SequenceMatcher(rule.binding.plan).fates(of: place, gathered.candidates, in: order)
    let told = told(fates)
    var sentences = try told.prefix(Self.mostFates).map { try sentence($0, own: place, gathered, name) }
    if told.count > sentences.count { sentences.append("and \(told.count - sentences.count) steps more") }
    return (sentences, !fates.isEmpty && fates.allSatisfy(\.reason.isOfOpponent))
  }

  /// The fates that are told: of a step that asks for several events one for each key, by which the event came the farthest.
  private func told(_ fates: [SequenceFate]) -> [SequenceFate] {
    struct Way: Hashable {
      var step: Int
      var key: JoinKey
    }
    var told: [SequenceFate] = []
    var places: [Way: Int] = [:]
    for fate in fates {
      let way = Way(step: step(fate.step).number, key: fate.key)
      if let place = places[way] {
        // Of those that came equally far the first event that the step asks for says it.
        if progress(fate) > progress(told[place]) { told[place] = fate }
      } else {
        places[way] = told.count
        told.append(fate)
      }
    }
    return told
  }

  /// How far an event came by a fate.
  private func progress(_ fate: SequenceFate) -> Int {
    switch fate.reason {
    case .noneBefore: 0
    case .noneAfter(let step, _), .late(let step, _, _), .stopped(_, let step, _): step
    case .replaced: rule.binding.plan.items.count
    case .forbidden, .cut, .unkept: .max
    case .ended(let sequences), .forbade(let sequences): sequences.count
    }
  }

  /// Where an item stands in the query as it is written.
  ///
  /// - Parameter number: counts from 1.
  private func step(_ number: Int) -> EQLQuery.Step { rule.binding.plan.items[number - 1].step }

  /// “step 2”, or “step 2 (3 of 5)” for the third of the events that it asks for.
  private func stepName(_ number: Int) -> String {
    let step = step(number)
    return "step \(step.number)" + (step.runs > 1 ? " (\(step.run) of \(step.runs))" : "")
  }

  private static let mostFates = 10
  private static let mostSequences = 3

  /// Of each step that an event meets without a value by which events are joined, a sentence that names the fields.
  ///
  /// - Parameter holds: whether the event satisfies a condition.
  func lackedKeys(_ holds: (Predicate) -> Bool) -> [String] {
    let plan = rule.binding.plan
    let until: Int? = if case .sequence(_, hasUntil: true) = plan.form { plan.items.count - 1 } else { nil }
    return plan.items.enumerated().compactMap { place, item in
      guard item.step.run == 1, !item.keys.isEmpty, holds(item.predicate) else { return nil }
      let lacked = item.keys.filter { !$0.isOptional && !holds(.exists(.named($0.field))) }.map(\.field)
      guard !lacked.isEmpty else { return nil }
      let which =
        place == until ? "`until`" : "step \(item.step.number)" + (item.isMissing ? ", which must be missing" : "")
      return "\(which): the event has no value in \(lacked.joined(separator: ", ")), by which events are joined"
    }
  }

  private func sentence(
    _ fate: SequenceFate, own: Int, _ gathered: Gathered, _ name: (Sighting) throws -> String
  ) rethrows -> String {
    func sighting(_ place: Int) -> Sighting { matches[gathered.matchOf[place]].sighting }
    func time(_ place: Int) -> String { Timestamp(milliseconds: sighting(place).time).iso8601 }
    func named(_ place: Int) throws -> String { "\(try name(sighting(place))) of \(time(place))" }
    /// "the sequence of a of …, b of …", of several sequences each.
    func sequences(_ lists: [[Int]], _ verb: String) throws -> String {
      let texts = try lists.prefix(Self.mostSequences).map { events in
        "\(verb) \(try events.map(named).joined(separator: ", "))"
      }
      let more = lists.count - texts.count
      return texts.joined(separator: ", ") + (more > 0 ? ", and \(more) more" : "")
    }
    let values = zip(rule.binding.plan.keyNames, fate.key.values).map { name, value in
      "\(name) \(value.map { ESQLAnswer.text($0, .keyword) } ?? "(none)")"
    }
    let ofKey = values.isEmpty ? "" : " for \(values.joined(separator: ", "))"
    let mine = stepName(fate.step) + ofKey
    switch fate.reason {
    case .noneBefore(let step, let taker?):
      return "\(mine): what was at \(stepName(step)) had gone on with the event of \(time(taker))"
    case .noneBefore(let step, nil):
      return "\(mine): no event for \(stepName(step)) came before it" + (values.isEmpty ? "" : " with the same values")
    case .replaced(let other):
      return "\(mine): a later event for the same step, of \(time(other)), took its place"
    case .late(_, let event, let over) where event == own:
      return "\(mine): it came \(Self.length(over, rule)) after the span had ended"
    case .late(let step, let event, let over):
      return
        "\(mine): the event for \(stepName(step)), of \(time(event)), came \(Self.length(over, rule)) after the span had ended"
    case .stopped(let stop, let step, let event):
      let which = event == own ? "it" : "the event for \(stepName(step)), of \(time(event))"
      return "\(mine): an event of `until` came at \(time(stop)), before \(which)"
    case .noneAfter(let step, let other):
      let none = "\(mine): no event for \(stepName(step)) came after it within the window"
      guard !values.isEmpty else { return none }
      return none + " with the same values" + (other.map { "; that of \(time($0)) has others" } ?? "")
    case .forbidden(let other, let step):
      return
        "\(mine): the sequence was whole, but the event \(try named(other)) was there, which must be missing by step \(self.step(step).number)"
    case .cut: return "\(mine): the sequence was whole, and a pipe of the query took it away"
    case .unkept:
      return "\(mine): the sequence was whole, and the execution had others for all the alerts that max_signals allows"
    case .ended(let lists):
      let end = "`until`" + ofKey + ": "
      guard !lists.isEmpty else {
        return end + "it ended no sequence, since none had begun" + (values.isEmpty ? "" : " with the same values")
      }
      return end + "it ended " + (try sequences(lists, "the sequence that had begun with"))
    case .forbade(let lists):
      let missing = "step \(step(fate.step).number), which must be missing,\(ofKey): "
      guard !lists.isEmpty else {
        return missing + "it forbade no sequence, since none was whole"
          + (values.isEmpty ? "" : " with the same values")
          + " that it was in the way of"
      }
      return missing + "it forbade " + (try sequences(lists, "the sequence of"))
    }
  }

  /// A length of time in seconds, or in milliseconds where it is less.
  private static func length(_ units: Int64, _ rule: SequenceRule) -> String {
    // Less than a millisecond counts for one.
    let unit = rule.binding.unitsOfMillisecond
    let length = units / unit + (units % unit == 0 ? 0 : 1)
    if length < 1000 { return "\(length) ms" }
    return length % 1000 == 0 ? "\(length / 1000) s" : "\(Double(length) / 1000) s"
  }
}
