import Query
import Testing

struct SimplifiedTests {
  private let a = match("a", "x")
  private let b = match("b", "y")
  private let c = match("c", "z")

  @Test("Groups flatten, constants fall away, double negation is none")
  func forms() {
    #expect(Predicate.and([a, .and([b, .and([c])])]).simplified() == .and([a, b, c]))
    #expect(Predicate.or([.or([a, b]), c]).simplified() == .or([a, b, c]))
    #expect(Predicate.and([a, .or([b, c])]).simplified() == .and([a, .or([b, c])]))
    #expect(Predicate.and([]).simplified() == .all)
    #expect(Predicate.or([]).simplified() == .nothing)
    #expect(Predicate.and([.all, a]).simplified() == a)
    #expect(Predicate.and([a, .nothing]).simplified() == .nothing)
    #expect(Predicate.or([a, .all]).simplified() == .all)
    #expect(Predicate.or([.nothing, a, .not(.all)]).simplified() == a)
    #expect(Predicate.not(.not(a)).simplified() == a)
    #expect(Predicate.not(.not(.not(a))).simplified() == .not(a))
    #expect(Predicate.not(.or([])).simplified() == .all)
    #expect(Predicate.and([.not(.not(.and([a, b]))), c]).simplified() == .and([a, b, c]))
    #expect(Predicate.nested(path: "p", .or([])).simplified() == .nothing)
    #expect(Predicate.nested(path: "p", .and([])).simplified() == .nested(path: "p", .all))
  }

  @Test("Every event that passes one form passes the other", arguments: [UInt64.random(in: 0...UInt64.max), 7])
  func meaning(seed: UInt64) {
    var maker = PredicateMaker(seed: seed)
    let evaluator = ReferenceEvaluator(type: { $0 == "a" ? .nested : .keyword })
    for _ in 0..<400 {
      let predicate = maker.predicate(depth: 4, path: nil)
      let plain = predicate.simplified()
      #expect(plain.simplified() == plain)
      for event in maker.events() {
        #expect(evaluator.matches(predicate, event) == evaluator.matches(plain, event), "seed \(seed): \(predicate)")
      }
    }
  }

  @Test("A predicate lists the fields it reads, each once")
  func fields() throws {
    let predicate = try KQL.parse("a: x and not (b.*: y or a > 3) and p: { c: * } and text")
    #expect(
      predicate.fields == [.named("a"), .matching(pattern("b.*")), .named("p.c"), .any])
  }
}
