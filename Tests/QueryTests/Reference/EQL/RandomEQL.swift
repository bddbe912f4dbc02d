import TestSupport

/// Random conditions and queries of EQL that Elasticsearch would take.
struct RandomEQL {
  typealias Kind = RandomEQLEvents.Kind

  var maker: RandomEQLEvents

  private mutating func any<Choice: Collection>(_ choices: Choice) -> Choice.Element { maker.any(choices) }
  private mutating func chance(_ part: Int, in whole: Int) -> Bool { maker.chance(part, in: whole) }

  // MARK: Terms

  private mutating func field(_ kind: Kind) -> EQLTerm {
    .field(maker.field(kind), isOptional: chance(1, in: 8))
  }

  private mutating func constant(_ kind: Kind) -> EQLTerm {
    switch kind {
    case .text: .text(any(RandomEQLEvents.words))
    case .whole: .whole(any(RandomEQLEvents.wholes))
    case .decimal: .decimal(any(RandomEQLEvents.decimals))
    case .boolean: .boolean(any([true, false]))
    case .address: .text(any(RandomEQLEvents.addresses))
    case .date: .text(any(RandomEQLEvents.dates))
    }
  }

  /// A text that is none of the literals alone.
  private mutating func text(_ depth: Int) -> EQLTerm {
    if depth == 0 || chance(1, in: 3) { return field(.text) }
    switch Int.random(in: 0..<6, using: &maker.random) {
    case 0: return .call("concat", [text(depth - 1), argument(depth - 1)], tilde: false)
    case 1: return .call("concat", [argument(depth - 1), .text(any(["", ":", "b"])), text(depth - 1)], tilde: false)
    case 2:
      let start: EQLTerm = chance(1, in: 8) ? .null : .whole(any([-9, -2, -1, 0, 1, 2, 9]))
      let ends: [EQLTerm] = chance(1, in: 2) ? [] : [chance(1, in: 8) ? .null : .whole(any([-2, -1, 0, 2, 3, 9]))]
      return .call("substring", [text(depth - 1), start] + ends, tilde: false)
    case 3:
      let greedy: [EQLTerm] = chance(1, in: 2) ? [] : [.boolean(any([true, false]))]
      return .call(
        "between",
        [text(depth - 1), .text(any(["a", "B", ":", "", "x"])), .text(any(["b", "H", ":", "", " "]))] + greedy,
        tilde: any([true, false]))
    case 4: return .call("string", [argument(depth - 1)], tilde: false)
    default: return field(.text)
    }
  }

  /// What `string` and `concat` take.
  private mutating func argument(_ depth: Int) -> EQLTerm {
    switch Int.random(in: 0..<12, using: &maker.random) {
    case 0...4: text(depth)
    case 5, 6: number(depth)
    case 7: field(.boolean)
    case 8: field(any([.address, .date]))
    case 9: .null
    case 10: .condition(.compares(field(.text), "==", constant(.text)))
    default: constant(any([.text, .whole, .boolean]))
    }
  }

  private mutating func number(_ depth: Int) -> EQLTerm {
    if depth == 0 || chance(1, in: 4) { return field(any([.whole, .whole, .decimal])) }
    switch Int.random(in: 0..<8, using: &maker.random) {
    case 0, 1: return .call("length", [text(depth - 1)], tilde: false)
    case 2:
      let start: [EQLTerm] = chance(1, in: 2) ? [] : [chance(1, in: 6) ? .null : .whole(any([-1, 0, 1, 2, 9]))]
      return .call("indexOf", [text(depth - 1), part(depth)] + start, tilde: any([true, false]))
    case 3, 4:
      let right: EQLTerm = chance(1, in: 3) ? number(depth - 1) : constant(any([.whole, .decimal]))
      return .arithmetic(any(["+", "-", "*", "/", "%"]), number(depth - 1), right)
    case 5:
      let name = any(["add", "subtract", "multiply", "divide", "modulo"])
      return .call(name, [number(depth - 1), constant(.whole)], tilde: false)
    case 6: return .negative(number(depth - 1))
    default:
      let base: [EQLTerm] = chance(1, in: 2) ? [] : [any([.null, .whole(10), .whole(16), .whole(8)])]
      return .call("number", [text(depth - 1)] + base, tilde: false)
    }
  }

  /// A text that is looked for in another.
  private mutating func part(_ depth: Int) -> EQLTerm {
    chance(1, in: 4) ? text(depth - 1) : .text(any(["a", "B", "bash", "", "*", "\u{e9}", ":", "1", "\u{1F600}"]))
  }

  // MARK: Conditions

  mutating func test(_ depth: Int) -> EQLTest {
    if depth > 0 {
      switch Int.random(in: 0..<6, using: &maker.random) {
      case 0: return .and([test(depth - 1), test(depth - 1)])
      case 1: return .or([test(depth - 1), test(depth - 1)])
      case 2: return .not(test(depth - 1))
      default: break
      }
    }
    return leaf()
  }

  private mutating func leaf() -> EQLTest {
    switch Int.random(in: 0..<21, using: &maker.random) {
    case 20: return ofConstants()
    case 0...3: return ofField()
    case 4, 5: return swapped(number(2), any(Self.signs), constant(any([.whole, .decimal])))
    case 6, 7: return swapped(text(2), any(Self.signs), constant(.text))
    case 8: return chance(1, in: 3) ? missing() : nothing()
    case 9...11: return pattern()
    case 12, 13: return membership()
    case 14...16: return .bare(search())
    case 17: return .compares(search(), any(["==", "!="]), constant(.boolean))
    case 18: return .bare(field(.boolean))
    default:
      var inner = leaf()
      // A field in parentheses is the field.
      while case .bare(.field) = inner { inner = leaf() }
      return .compares(.condition(inner), any(["==", "!="]), constant(.boolean))
    }
  }

  /// A condition that names no field.
  private mutating func ofConstants() -> EQLTest {
    let terms: [EQLTerm] = [
      .null, .text("a"), .text("bash"), .call("string", [.null], tilde: false),
      .call("concat", [.text("a"), any([.null, .text("b")])], tilde: false),
    ]
    switch Int.random(in: 0..<4, using: &maker.random) {
    case 0: return .bare(any([.null, .boolean(true), .boolean(false)]))
    case 1: return .bare(.call(any(["startsWith", "endsWith"]), [any(terms), any(terms)], tilde: any([true, false])))
    case 2: return .compares(.call("length", [any(terms)], tilde: false), any(Self.signs), any([.null, .whole(1)]))
    default: return .compares(any(terms), any(Self.signs), any(terms))
    }
  }

  private static let signs = ["==", "!=", "<", "<=", ">", ">="]

  /// A constant may stand on the left too.
  private mutating func swapped(_ left: EQLTerm, _ sign: String, _ right: EQLTerm) -> EQLTest {
    guard chance(1, in: 6) else { return .compares(left, sign, right) }
    let turned = ["<": ">", ">": "<", "<=": ">=", ">=": "<="]
    return .compares(right, turned[sign] ?? sign, left)
  }

  private mutating func ofField() -> EQLTest {
    let kind = any(Kind.allCases)
    switch kind {
    case .boolean: return .compares(field(kind), any(["==", "!="]), constant(kind))
    case .address where chance(1, in: 3):
      return .compares(field(kind), any(["==", "!="]), .text(any(RandomEQLEvents.networks)))
    case .whole, .decimal: return swapped(field(kind), any(Self.signs), constant(any([.whole, .decimal])))
    default: return swapped(field(kind), any(Self.signs), constant(kind))
    }
  }

  private mutating func nothing() -> EQLTest {
    let term: EQLTerm =
      switch Int.random(in: 0..<5, using: &maker.random) {
      case 0, 1: field(any(Kind.allCases))
      case 2: number(2)
      case 3: text(2)
      default: .condition(.compares(number(1), any(["==", "<", ">"]), constant(.whole)))
      }
    return swapped(term, any(["==", "!="]), .null)
  }

  /// A comparison with a field that no schema and no event knows.
  private mutating func missing() -> EQLTest {
    let unknown = EQLTerm.field(ReferenceEQL.unmapped, isOptional: true)
    let other = any([unknown, field(any(Kind.allCases)), number(2), text(2), constant(.text)])
    let sides = any([(other, unknown), (unknown, other)])
    return .compares(sides.0, any(["==", "!=", "<"]), sides.1)
  }

  private mutating func pattern() -> EQLTest {
    let term = chance(3, in: 4) ? field(.text) : text(2)
    let word = any([":", ":", "like", "like~", "regex", "regex~"])
    let choices =
      word.hasPrefix("regex")
      ? ["[aAbB].*", "b?a?sh", "B[A-Za-z]{2}H", ".", "(a|x).b", "10|0x.+", ".*", "", "[^aA]+", "caf.", "l1.l2"]
      : ["b*", "*SH", "?", "a?b", "*", "", "*:*:*", "bash", "c:\\*", "*\u{c9}", "l1*2", "??", "**b"]
    return .fits(term, word, (0..<any([1, 1, 2])).map { _ in any(choices) })
  }

  private mutating func membership() -> EQLTest {
    let kind = any([Kind.text, .text, .whole, .decimal, .address, .date])
    let term: EQLTerm =
      switch kind {
      case .text where chance(1, in: 3): text(2)
      case .whole where chance(1, in: 3): number(2)
      default: field(kind)
      }
    let tilde = kind == .text && chance(1, in: 3)
    return .among(
      term, (0..<any([1, 2, 3])).map { _ in constant(kind) }, tilde: tilde, isNegated: chance(1, in: 3))
  }

  /// A function that is true or false.
  private mutating func search() -> EQLTerm {
    if chance(1, in: 4) {
      return .call(
        "cidrMatch", [field(.address)] + (0..<any([1, 2])).map { _ in .text(any(RandomEQLEvents.networks)) },
        tilde: false)
    }
    let term = chance(2, in: 3) ? field(.text) : text(2)
    return .call(any(["startsWith", "endsWith", "stringContains"]), [term, part(2)], tilde: any([true, false]))
  }
}
