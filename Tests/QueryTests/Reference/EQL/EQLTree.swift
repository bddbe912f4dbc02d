/// EQL as the tests ask for it: a tree of their own, which is printed to be searched for and evaluated as it stands.
///
/// A value that a condition works with.
indirect enum EQLTerm: Hashable {
  case text(String)
  case whole(Int64)
  case decimal(Double)
  case boolean(Bool)
  case null
  case field(String, isOptional: Bool)
  /// A function; `tilde` for its form that ignores case.
  case call(String, [EQLTerm], tilde: Bool)
  case arithmetic(String, EQLTerm, EQLTerm)
  case negative(EQLTerm)
  /// A condition as a value.
  case condition(EQLTest)
}

indirect enum EQLTest: Hashable {
  case compares(EQLTerm, String, EQLTerm)
  /// `in`, `in~` and with `not` before them.
  case among(EQLTerm, [EQLTerm], tilde: Bool, isNegated: Bool)
  /// `:`, `like`, `like~`, `regex`, `regex~`.
  case fits(EQLTerm, String, [String])
  /// A boolean field, function or literal by itself.
  case bare(EQLTerm)
  case and([EQLTest])
  case or([EQLTest])
  case not(EQLTest)
}

/// A whole query.
struct EQLAsked: Hashable {
  /// What an item asks of an event.
  struct Item: Hashable {
    /// Nil for `any`.
    var category: String?
    var test: EQLTest
    var keys: [Key] = []
    var isMissing = false
    var runs = 1
  }

  struct Key: Hashable {
    var field: String
    var isOptional: Bool
  }

  enum Form: Hashable {
    case event
    case sequence
    case sample
  }

  enum Pipe: Hashable {
    case head(Int)
    case tail(Int)
  }

  var form: Form
  /// The keys of every item, before its own.
  var keys: [Key] = []
  /// Milliseconds.
  var maxspan: Int64?
  /// One for an event query.
  var items: [Item]
  var until: Item?
  var pipes: [Pipe] = []
}
