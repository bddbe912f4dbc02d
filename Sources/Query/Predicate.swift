import Events

/// The intermediate form of every query language: what must be true of an event.
///
/// A predicate is two-valued. A test on a field that the event lacks is false, and `not` is the plain complement, so
/// `not user.name: x` is true of an event without a `user.name`. A test on a field with several values is true when
/// any one value passes it. Values are held as written; `FieldType` decides what they mean when a predicate is bound
/// to the fields of a batch.
public indirect enum Predicate: Hashable, Sendable {
  /// True of every event.
  case all
  /// True of no event.
  case nothing
  case and([Predicate])
  case or([Predicate])
  case not(Predicate)
  /// The event has at least one searchable value in a selected field.
  case exists(FieldSelector)
  /// At least one value of a selected field passes the test.
  case test(FieldSelector, ValueTest)
  /// One object of the nested field `path` satisfies the inner predicate by itself (its fields named by full path).
  case nested(path: NestedPath, Predicate)
  /// A condition that is no test of single values, evaluated row by row.
  case holds(RowCondition)
}

/// The path of a nested field.
public struct NestedPath: Hashable, Sendable, ExpressibleByStringLiteral {
  public var text: String
  /// Where no field has the path, or one that is not nested, nothing is found; it would be refused.
  public var ignoresUnmapped: Bool

  public init(_ text: String, ignoresUnmapped: Bool = false) {
    self.text = text
    self.ignoresUnmapped = ignoresUnmapped
  }

  public init(stringLiteral text: String) { self.init(text) }
}

extension ValueTest {
  /// The test with dates that name no zone read in a zone.
  func inZone(_ zone: DateZone) -> ValueTest {
    switch self {
    case .match, .phrase: return .inZone(self, zone)
    case .range(let lower, let upper):
      func placed(_ bound: RangeBound?) -> RangeBound? {
        var bound = bound
        bound?.zone = zone
        return bound
      }
      return .range(lower: placed(lower), upper: placed(upper))
    default: return self
    }
  }

  /// A value in a zone as the range of times that it names; any other test as it is.
  var asRange: ValueTest {
    guard case .inZone(.match(let text), let zone) = self.phrasesAsMatches else { return self }
    var bound = RangeBound(text, inclusive: true)
    bound.zone = zone
    return .range(lower: bound, upper: bound)
  }

  private var phrasesAsMatches: ValueTest {
    switch self {
    case .inZone(.phrase(let text), let zone), .inZone(.term(let text), let zone): .inZone(.match(text), zone)
    default: self
    }
  }

  /// The test without the zone that dates are read in.
  var withoutZone: ValueTest { if case .inZone(let inner, _) = self { inner.withoutZone } else { self } }
}

/// Which fields a test looks at.
public indirect enum FieldSelector: Hashable, Sendable {
  /// One field by its full dotted path.
  case named(String)
  /// Every field whose full path matches the pattern, for example `user.*`.
  case matching(WildcardPattern)
  /// Every field: a value without a field name. Values that a field's type cannot read are passed over.
  case any
  /// The same fields, of which one whose type cannot be asked has nothing that is found, where it would be refused.
  case lenient(FieldSelector)

  /// The same fields, asked leniently, as every field is anyway.
  var leniently: FieldSelector {
    switch self {
    case .named, .matching: .lenient(self)
    case .any, .lenient: self
    }
  }

  /// The same fields, whether or not they are asked leniently.
  public var strict: FieldSelector { if case .lenient(let inner) = self { inner.strict } else { self } }

  /// One field by its full path, which is found in the objects of a nested field from outside too.
  static func reaching(_ path: String) -> FieldSelector { .matching(WildcardPattern([.literal(path)])) }

  /// The full path of the field, where it is one.
  var path: String? {
    switch self {
    case .named(let path): path
    case .matching(let pattern): pattern.plainText
    case .any: nil
    case .lenient(let inner): inner.path
    }
  }
}

/// What one value of a field must satisfy.
public enum ValueTest: Hashable, Sendable {
  /// An unquoted value: whole for keywords, any of its words for text, typed for ip (also CIDR), number, boolean, date.
  case match(String)
  /// A quoted value: as `match`, save that for text its words must stand in order, next to each other.
  case phrase(String)
  /// A pattern with wildcards as KQL has it: the whole keyword. On other fields blanks part it into alternatives: for text
  /// each is held against single words in lower case, and one without a wildcard is as `match`.
  case wildcard(WildcardPattern)
  /// A value as the query DSL's `term` has it: as `phrase`, save that for text it is one word as it is indexed.
  case term(String)
  /// A pattern as the query DSL's `prefix` and `wildcard` have it: the whole keyword; for text any one word as it is
  /// indexed, in lower case, which the pattern is not brought to.
  case termPattern(WildcardPattern)
  /// Both bounds hold for the same value; at least one of them is present.
  case range(lower: RangeBound?, upper: RangeBound?)
  /// The whole keyword fits a regular expression; for text any one word as it is indexed.
  case regex(RegularExpression)
  /// Words of a text, near each other or nearly as they are written; any other value is compared as a whole.
  case words(WordTest)
  /// The value is one of a list's; the list's kind says how they compare.
  case list(ValueList)
  /// What Sigma asks of a value as it came, whatever the field's type.
  case sigma(SigmaTest)
  /// A `match` or `phrase` of which a date that names no zone is read in this one.
  indirect case inZone(ValueTest, DateZone)
}

extension ValueTest {
  /// The texts that are asked for, in bytes, where they are more than ASCII; empty otherwise. Tests are equal, as strings are, whose
  /// texts are written with other scalars for the same letters, and differ here.
  var spelling: [UInt8] {
    func bytes(_ texts: [String]) -> [UInt8] {
      texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } } ? [] : texts.flatMap { Array($0.utf8) + [0xFF] }
    }
    switch self {
    case .match(let text), .phrase(let text), .term(let text): return bytes([text])
    case .wildcard(let pattern), .termPattern(let pattern):
      return bytes(pattern.parts.compactMap { if case .literal(let text) = $0 { text } else { nil } })
    case .range(let lower, let upper): return bytes([lower?.value ?? "", upper?.value ?? ""])
    case .inZone(let test, _): return test.spelling
    case .list: return []
    case .regex, .words, .sigma: return bytes([String(describing: self)])
    }
  }
}

/// One end of a range, as written: a number, a text, an address, a date or date math.
public struct RangeBound: Hashable, Sendable {
  public var value: String
  public var inclusive: Bool
  /// Fields of text compare it in lower case, as Lucene's query strings have it.
  var isLowered = false
  /// Where a date is read that names no zone; nil for UTC.
  var zone: DateZone?
  /// How a date is written; nil for the format of its field.
  var format: DateFormat?

  public init(_ value: String, inclusive: Bool) {
    self.value = value
    self.inclusive = inclusive
  }
}
