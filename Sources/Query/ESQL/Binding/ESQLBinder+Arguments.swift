/// What functions ask of their arguments beyond the types that each may have.
extension ESQLBinder {
  /// Throws where a bound has another type than the values. Numbers are not widened, and texts not read as dates.
  func checkBounds(_ arguments: [TypedExpression], _ range: Range<Int>) throws(TypeFault) {
    let typed = arguments.enumerated().filter { $0.element.type != .null }
    // A value of no type takes any one bound.
    guard arguments[0].type != .null || typed.count > 1, let first = typed.first?.element.type.withoutText else {
      return
    }
    for (place, argument) in typed where argument.type.withoutText != first {
      throw wrongType(argument, Self.number(place, of: arguments.count), [first], of: range)
    }
  }

  /// Throws unless keys and values stand by turns.
  func checkPairs(_ arguments: [TypedExpression], _ range: Range<Int>) throws(TypeFault) {
    guard arguments.count % 2 == 0 else {
      throw TypeFault(
        "function [\(text(range))] expects an even number of arguments (at least one key/value pair) but got "
          + "[\(arguments.count)]", at: range)
    }
    for place in stride(from: 0, to: arguments.count, by: 2) {
      let key = arguments[place]
      guard key.type.isString || key.type == .null else {
        throw wrongType(key, Self.number(place, of: arguments.count), .strings, of: range)
      }
    }
  }

  /// Whether a value that is the bound itself counts. Options are read as texts, whatever they are written as.
  func includesBound(
    _ options: [(name: String, value: ESQLTerm)], _ range: Range<Int>
  ) throws(TypeFault) -> Bool {
    var includes = false
    for option in options {
      guard option.name == "include_bound" else {
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], expected one of [include_bound]", at: option.value.range
        )
      }
      guard let written = Self.written(option.value) else {
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], a boolean value is required", at: option.value.range)
      }
      guard let flag = Bool(written.lowercased()) else {
        throw TypeFault(
          "Invalid option [\(option.name)] in [\(text(range))], cannot cast [\(written)] to [boolean]",
          at: option.value.range)
      }
      includes = flag
    }
    return includes
  }
}
