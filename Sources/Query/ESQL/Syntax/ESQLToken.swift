/// A word of a query.
struct ESQLToken: Sendable {
  enum Kind: Equatable, Sendable {
    case identifier(String)
    /// A name in backquotes.
    case quoted(String)
    case string(String)
    case whole(String)
    case decimal(String)
    /// A sign such as `==` or `(`.
    case sign(String)
    case end
  }

  var kind: Kind
  var range: Range<Int>

  /// The token in upper case, if it is a plain word.
  var keyword: String? { if case .identifier(let name) = kind { name.uppercased() } else { nil } }

  func isSign(_ sign: String) -> Bool { kind == .sign(sign) }

  /// What messages call it.
  var shown: String {
    switch kind {
    case .identifier(let name), .whole(let name), .decimal(let name), .sign(let name): "'\(name)'"
    case .quoted(let name): "'`\(name)`'"
    case .string(let text): "'\"\(text)\"'"
    case .end: "'<EOF>'"
    }
  }
}
