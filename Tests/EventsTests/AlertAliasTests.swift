import Events
import TestSupport
import Testing

/// Fields of alerts by their names of before.
struct AlertAliasTests {
  private static func append(_ text: String, to builder: EventBatchBuilder, at path: String) {
    Array(text.utf8).withUnsafeBufferPointer { builder.append(Scalar(.string, $0), at: builder.place(path)) }
  }

  private static func texts(_ batch: EventBatch, _ path: String) -> [[String]] {
    (0..<batch.rowCount).map { row in
      batch.column(path).map { column in column.codes(row: row).map { column.dictionary.text($0) } } ?? []
    }
  }

  @Test("Each name of before stands for a field that alerts have, and has its type")
  func types() {
    #expect(AlertAliases.names.count == 76)
    for name in AlertAliases.names {
      let target = AlertAliases.target(of: name)
      #expect(target.map { FieldCatalog.standard.resolve($0).isKnown } == true, "\(name)")
      #expect(FieldCatalog.standard.type(of: name) == target.flatMap { FieldCatalog.standard.type(of: $0) }, "\(name)")
      #expect(target.map { AlertAliases.names(of: $0).contains(name) } == true, "\(name)")
    }
    #expect(AlertAliases.target(of: "signal.status") == "kibana.alert.workflow_status")
    #expect(AlertAliases.target(of: "signal.rule.severity") == "kibana.alert.severity")
    #expect(AlertAliases.target(of: "signal.rule.id") == "kibana.alert.rule.uuid")
    #expect(AlertAliases.target(of: "signal.rule.building_block_type") == "kibana.alert.building_block_type")
    // One of Kibana 7 that later ones have not, and no name at all.
    #expect(AlertAliases.target(of: "signal.rule.query") == nil)
    #expect(AlertAliases.target(of: "signal.strength") == nil)
  }

  @Test(
    "A column by the name of before has what alerts have in the field, and what other events have of that name themselves"
  )
  func columns() {
    let (name, target) = ("signal.rule.name", "kibana.alert.rule.name")
    func filled(_ plan: FieldPlan) -> EventBatch {
      let builder = EventBatchBuilder(plan)
      builder.beginRow()
      Self.append("an alert's", to: builder, at: target)
      builder.beginRow()
      Self.append("an event's own", to: builder, at: name)
      builder.beginRow()
      Self.append("else", to: builder, at: "event.action")
      return builder.finish()
    }
    let expected = [["an alert's"], ["an event's own"], []]
    // Asked for by path, each column at its place.
    let named = filled(FieldPlan(paths: [name, "event.action"]))
    #expect(Self.texts(named, name) == expected)
    #expect(Self.texts(named, "event.action") == [[], [], ["else"]])
    #expect(named.columnByPath[name] == 0 && named.columnByPath["event.action"] == 1)
    // By pattern.
    var plan = FieldPlan()
    plan.insert { $0.hasPrefix("signal.") }
    #expect(Self.texts(filled(plan), name) == expected)
    // Of what was kept under its own names only.
    let kept = filled(.all)
    #expect(Self.texts(kept, name) == [[], ["an event's own"], []])
    #expect(Self.texts(kept.projecting(FieldPlan(paths: [name])), name) == expected)
    #expect(Self.texts(kept.projecting(plan), name) == expected)
  }
}
