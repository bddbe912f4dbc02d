/// A word, sign, number or text of an EQL query, and where it stands.
struct EQLToken {
  enum Kind: Equatable {
    /// A keyword or a name in plain letters.
    case word(String)
    /// A name between backticks.
    case quotedName(String)
    case text(String)
    case whole(Int64)
    case decimal(Double)
    case sign(String)
    case end
  }

  var kind: Kind
  /// In Unicode scalars.
  var range: Range<Int>
  /// The signs and words before it stand right at it, without white space.
  var isGlued = false
}
