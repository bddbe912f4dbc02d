import Events

extension ValueTest {
  /// True when a value of the test is a time relative to `now`, should its field hold dates.
  var namesNow: Bool {
    switch self {
    case .match(let text), .phrase(let text), .term(let text): Self.isRelative(text)
    case .range(let lower, let upper): [lower, upper].contains { $0.map { Self.isRelative($0.value) } ?? false }
    case .words(let asked): !asked.isFuzzy && asked.whole.map(Self.isRelative) == true
    // A list has no times relative to now.
    case .wildcard, .termPattern, .regex, .list, .sigma: false
    case .inZone(let inner, _): inner.namesNow
    }
  }

  private static func isRelative(_ text: String) -> Bool {
    text.hasPrefix("now") && (try? DateMath(text))?.isRelative == true
  }

  /// The test on a date with the times that it names put in the place of those relative to now.
  func resolved(at now: Timestamp) -> ValueTest {
    func time(_ text: String, up: Bool) -> String? {
      (try? DateMath(text))?.resolve(now: now, roundingUp: up).iso8601
    }
    // The time is written out, whatever the field's own format.
    func known(_ text: String, inclusive: Bool) -> RangeBound {
      var bound = RangeBound(text, inclusive: inclusive)
      bound.format = .writtenOut
      return bound
    }
    guard namesNow else { return self }
    switch self {
    case .words(let asked): return asked.whole.map { ValueTest.match($0).resolved(at: now) } ?? self
    case .match(let text), .phrase(let text), .term(let text):
      guard let first = time(text, up: false), let last = time(text, up: true) else { return self }
      return .range(lower: known(first, inclusive: true), upper: known(last, inclusive: true))
    case .range(let lower, let upper):
      func bound(_ bound: RangeBound?, up: Bool) -> RangeBound? {
        guard let bound, Self.isRelative(bound.value) else { return bound }
        let text =
          bound.zone?.resolve(bound.value, now: now, roundingUp: up).map(DateZone.text)
          ?? time(bound.value, up: up)
        return text.map { known($0, inclusive: bound.inclusive) } ?? bound
      }
      return .range(
        lower: bound(lower, up: lower?.inclusive == false), upper: bound(upper, up: upper?.inclusive == true))
    case .inZone: return asRange.resolved(at: now)
    case .wildcard, .termPattern, .regex, .list, .sigma: return self
    }
  }
}

extension Predicate {
  /// True when some condition on a date names a time relative to `now`.
  public func dependsOnNow(_ catalog: FieldCatalog) -> Bool {
    switch self {
    case .all, .nothing, .exists, .holds: return false
    case .and(let parts), .or(let parts): return parts.contains { $0.dependsOnNow(catalog) }
    case .not(let part), .nested(_, let part): return part.dependsOnNow(catalog)
    case .test(let selector, let test): return test.dependsOnNow(selector, catalog)
    }
  }

  /// A predicate without times relative to now that holds of every event of which this one holds at some time.
  public func atAnyTime(_ catalog: FieldCatalog) -> Predicate {
    dependsOnNow(catalog) ? bound(catalog, upper: true).simplified() : self
  }

  /// `upper`: the result holds wherever the predicate does at some time; else the predicate holds, at every time, wherever
  /// the result does.
  private func bound(_ catalog: FieldCatalog, upper: Bool) -> Predicate {
    switch self {
    case .all, .nothing, .exists, .holds: return self
    case .and(let parts): return .and(parts.map { $0.bound(catalog, upper: upper) })
    case .or(let parts): return .or(parts.map { $0.bound(catalog, upper: upper) })
    case .not(let part): return .not(part.bound(catalog, upper: !upper))
    case .nested(let path, let part): return .nested(path: path, part.bound(catalog, upper: upper))
    case .test(let selector, let test):
      guard test.dependsOnNow(selector, catalog) else { return self }
      guard upper else { return .nothing }
      return selector.path == nil ? .all : .exists(selector)
    }
  }

  /// The predicate with the times that it names at a time in the place of those relative to it, as far as they stand on
  /// fields that are named.
  public func resolved(at now: Timestamp, _ catalog: FieldCatalog) -> Predicate {
    switch self {
    case .all, .nothing, .exists, .holds: return self
    case .and(let parts): return .and(parts.map { $0.resolved(at: now, catalog) })
    case .or(let parts): return .or(parts.map { $0.resolved(at: now, catalog) })
    case .not(let part): return .not(part.resolved(at: now, catalog))
    case .nested(let path, let part): return .nested(path: path, part.resolved(at: now, catalog))
    case .test(let selector, let test):
      guard selector.path != nil, test.dependsOnNow(selector, catalog) else { return self }
      return .test(selector, test.resolved(at: now))
    }
  }
}

extension ValueTest {
  /// True when the test on the selected fields asks another question at another time.
  func dependsOnNow(_ selector: FieldSelector, _ catalog: FieldCatalog) -> Bool {
    // What the test says is told sooner than what the field is.
    guard namesNow else { return false }
    guard let path = selector.path else { return true }
    return catalog.resolve(path).type.holdsTimes
  }
}
