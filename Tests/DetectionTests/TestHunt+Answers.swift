import CloudTrail
import Events
import Testing

@testable import Detection

extension TestHunt {
  /// Runs the same rules over the same texts as over stored events: each batch is a piece for each of its data streams, of
  /// which rules' answers are written down and read again.
  ///
  /// Events that do not say when they were taken in were taken in at some time by a store, which a replay does not go by.
  ///
  /// - Parameter reach: what lies before it is left out.
  func runOverAnswers(_ texts: [[String]], reach: HuntReach? = nil) throws -> HuntFindings {
    let registry = EventRegistry()
    let questions = plan.questions
    var pieces: [KeptRecords] = []
    var findings: [HuntFindings] = []
    for batches in texts {
      let observer = PieceObserver(plan, reach: reach)
      let mapper = EventMapper(plan.eventFields, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
      let scanner = RecordScanner(leanFields: [], registry: registry)
      for text in batches {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 64)
        try bytes.withUnsafeBufferPointer { buffer in
          scanner.beginBatch()
          scanner.scan(UnsafeBufferPointer(rebasing: buffer[..<(buffer.count - 64)]), of: TextRegion(file: "test"))
          scanner.finishBatch()
          var dated = scanner.batch
          dated.ingestionTimes = dated.rows.map { row in
            let text = String(decoding: row.text, as: UTF8.self)
            let says = row.kind == .ecs && text.contains(#"ingested":"#)
            return says ? .missing : Timestamp(milliseconds: 1_767_225_600_000 + Int64(row.id.low % 100_000) * 1000)
          }
          for (batch, asksIngestion) in [(dated, false), (scanner.batch, true)] {
            try mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
              let streams = Dictionary(grouping: 0..<events.rowCount) { events.dataStream.code(row: $0) }
              for (stream, own) in streams where stream != 0 {
                var kept = KeptRecords()
                for row in own { _ = try kept.keep(scanner.batch.rows[rows[row]]) }
                let piece = events.selecting(own)
                let paths = piece.columnByPath.keys.filter { piece.column($0)?.isEmpty == false }
                let times = PieceObserver.credibleTimes(at: plan.context.readAt)
                let readers = observer.beginPiece(
                  "a piece", source: pieces.count, dataStream: events.dataStream.dictionary.text(stream),
                  eventCount: asksIngestion ? 0 : own.count, paths: paths,
                  earliest: piece.heads.map(\.time).filter(times.contains).min())
                let rules = readers.filter { plan.rulesAskingIngestion[$0] == asksIngestion }
                pieces.append(kept)
                try observer.ask(piece, numbers: (0..<UInt32(own.count)).map { $0 }, rules: rules)
                for (rule, answer) in observer.takeAnswers() {
                  let bytes = answer.encoded()
                  #expect(bytes != nil || questions[rule] == nil)
                  let read = bytes.map { $0.withUnsafeBytes { RuleAnswer($0, eventCount: own.count) } } ?? answer
                  try observer.add(try #require(read), rule: rule) { _ in false }
                }
              }
            }
          }
        }
      }
      findings.append(observer.finish())
    }
    return HuntFindings(joining: findings, texts: pieces)
  }

  /// Expects the alerts of a hunt from answers too, and from those alone that executions look at.
  func expectSame(as result: HuntResult, _ texts: [[String]], _ replay: Replay) throws {
    func described(_ result: HuntResult) -> [String] {
      result.planned.map { alert in
        "\(plan.rules[alert.rule].rule.ruleID) \(alert.tick.iso8601) \(alert.sighting.time) \(alert.sighting.id.text) "
          + "\(alert.terms.map(\.text)) \(alert.evidence)"
      }
    }
    let findings = try runOverAnswers(texts)
    let other = HuntResult(plan, findings, replay: replay)
    #expect(described(other) == described(result), "answers give other alerts than the events do")
    let first =
      replay.earliestTick ?? min(replay.events.lowerBound, findings.overriddenSpan?.lowerBound ?? .latest)
    let reached = HuntResult(plan, try runOverAnswers(texts, reach: plan.reach { _ in first }), replay: replay)
    #expect(described(reached) == described(result), "what executions look at gives other alerts than all does")
    #expect(other.unknownFields.map(\.field) == result.unknownFields.map(\.field))
    #expect(other.refused.map(\.rule.ruleID) == result.refused.map(\.rule.ruleID))
    #expect(other.outcomes.map(\.cutEvents) == result.outcomes.map(\.cutEvents))
    #expect(other.blindRules.map(\.ruleID) == result.blindRules.map(\.ruleID))
    #expect(other.unreadEvents.map(\.count) == result.unreadEvents.map(\.count))
  }
}
