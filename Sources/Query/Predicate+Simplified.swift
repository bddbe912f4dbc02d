extension Predicate {
  /// The same condition in a plainer form.
  ///
  /// Groups of one kind inside each other become one group, constants are worked out, a double negation falls away
  /// and a group of one part is that part. Every event that passes one form passes the other. What remains is `all`,
  /// `nothing`, or a tree without constants (save for `nested` over `all`: the field has an object at all).
  public func simplified() -> Predicate {
    switch self {
    case .all, .nothing, .exists, .test, .holds: return self
    case .and(let parts): return Predicate.group(parts, isAnd: true)
    case .or(let parts): return Predicate.group(parts, isAnd: false)
    case .not(let inner):
      switch inner.simplified() {
      case .all: return .nothing
      case .nothing: return .all
      case .not(let twice): return twice
      case let plain: return .not(plain)
      }
    case .nested(let path, let inner):
      let inner = inner.simplified()
      return inner == .nothing ? .nothing : .nested(path: path, inner)
    }
  }

  private static func group(_ parts: [Predicate], isAnd: Bool) -> Predicate {
    let neutral: Predicate = isAnd ? .all : .nothing
    let absorbing: Predicate = isAnd ? .nothing : .all
    var kept: [Predicate] = []
    for part in parts {
      switch (part.simplified(), isAnd) {
      case (.and(let inner), true), (.or(let inner), false): kept += inner
      case (absorbing, _): return absorbing
      case (neutral, _): continue
      case (let plain, _): kept.append(plain)
      }
    }
    if kept.count < 2 { return kept.first ?? neutral }
    return isAnd ? .and(kept) : .or(kept)
  }
}
