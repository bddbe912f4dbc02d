import Events
import Query

extension SequenceMatches {
  /// Why an execution made no sequence with an event, a sentence for each step that the event meets; nothing where the rule's query is no
  /// sequence.
  ///
  /// - Parameter gathered: of these matches.
  func fates(of sighting: Sighting, _ gathered: Gathered, _ windows: TickWindows, _ tick: Int64) -> [String] {
    let times = matches.map(\.sighting.time)
    let (from, to) = (windows.from(tick), windows.to(tick))
    let first = times.firstPlace { $0 >= from }
    let order = gathered.seen(first..<max(first, times.firstPlace { $0 > to })) {
      windows.sees(matches[$0].sighting.condition, tick)
    }
    guard let place = order.first(where: { matches[gathered.matchOf[$0]].sighting == sighting }) else { return [] }
    let fates = SequenceMatcher(rule.binding.plan).fates(of: place, gathered.candidates, in: order)
    return fates.prefix(Self.mostFates).map { sentence($0, own: place, gathered) }
  }

  private static let mostFates = 10

  private func sentence(_ fate: SequenceFate, own: Int, _ gathered: Gathered) -> String {
    func time(_ place: Int) -> String {
      Timestamp(milliseconds: matches[gathered.matchOf[place]].sighting.time).iso8601
    }
    let values = zip(rule.binding.plan.keyNames, fate.key.values).map { name, value in
      "\(name) \(value.map { ESQLAnswer.text($0, .keyword) } ?? "(none)")"
    }
    let mine = "step \(fate.step)" + (values.isEmpty ? "" : " for \(values.joined(separator: ", "))")
    switch fate.reason {
    case .noneBefore(let step, let taker?):
      return "\(mine): what was at step \(step) had gone on with the event of \(time(taker))"
    case .noneBefore(let step, nil):
      return "\(mine): no event for step \(step) came before it" + (values.isEmpty ? "" : " with the same values")
    case .replaced(let other):
      return "\(mine): a later event for the same step, of \(time(other)), took its place"
    case .late(_, let event, let over) where event == own:
      return "\(mine): it came \(Self.length(over, rule)) after the span had ended"
    case .late(let step, let event, let over):
      return
        "\(mine): the event for step \(step), of \(time(event)), came \(Self.length(over, rule)) after the span had ended"
    case .stopped(let stop, let step, let event):
      let which = event == own ? "it" : "the event for step \(step), of \(time(event))"
      return "\(mine): an event of `until` came at \(time(stop)), before \(which)"
    case .noneAfter(let step, let other):
      let none = "\(mine): no event for step \(step) came after it within the window"
      guard !values.isEmpty else { return none }
      return none + " with the same values" + (other.map { "; that of \(time($0)) has others" } ?? "")
    case .wholeInVain:
      return
        "\(mine): the sequence was whole, but for an event that must be missing and was there, or was cut by a pipe"
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
