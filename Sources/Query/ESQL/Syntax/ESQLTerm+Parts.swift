extension ESQLTerm {
  /// What an `AND` joins, however deep; anything else is its only part.
  var conjuncts: [ESQLTerm] {
    var parts: [ESQLTerm] = []
    var open = [self]
    while let term = open.popLast() {
      if case .and(let left, let right) = term.form { open += [right, left] } else { parts.append(term) }
    }
    return parts
  }

  /// The expressions that it is made of.
  var children: [ESQLTerm] {
    switch form {
    case .literal, .column, .star: []
    case .negative(let inner), .not(let inner), .isNull(let inner), .isNotNull(let inner), .cast(let inner, _),
      .like(let inner, _, _):
      [inner]
    case .arithmetic(_, let left, let right), .comparison(_, let left, let right), .and(let left, let right),
      .or(let left, let right), .match(let left, let right):
      [left, right]
    case .among(let value, let list): [value] + list
    case .amongRows(let value, _): [value]
    case .function(_, _, let arguments, _): arguments
    }
  }

  /// The name in upper case of a function of full text; nil for anything else.
  private var fullTextName: String? {
    switch form {
    case .match: return "MATCH"
    case .function(let name, _, _, _):
      let upper = name.uppercased()
      return ESQLFunctions.fullText[upper] == nil ? nil : upper
    default: return nil
    }
  }

  /// True where a function of full text stands in it, and where one does that asks of whole events.
  var asksText: (any: Bool, ofEvents: Bool) {
    let own = fullTextName
    return children.reduce((own != nil, own == "KQL" || own == "QSTR")) { found, child in
      let inner = child.asksText
      return (found.0 || inner.any, found.1 || inner.ofEvents)
    }
  }

  /// The first column in it of a kind, with its place.
  func firstColumn(where isMeant: (String) -> Bool) -> (name: String, range: Range<Int>)? {
    if case .column(let name) = form { return isMeant(name) ? (name, range) : nil }
    for child in children { if let found = child.firstColumn(where: isMeant) { return found } }
    return nil
  }

  /// The expression where some columns are null: a function of full text that looks at none but them is null too.
  func lacking(_ isMissing: (String) -> Bool) -> ESQLTerm {
    func replaced(_ form: Form) -> ESQLTerm {
      var term = self
      term.form = form
      return term
    }
    func isMissingField(_ term: ESQLTerm) -> Bool {
      switch term.form {
      case .column(let name): isMissing(name)
      case .cast(let inner, _): isMissingField(inner)
      default: false
      }
    }
    let nothing = Form.literal(.none, .null)
    switch (form, fullTextName) {
    case (.match(let field, _), _): return isMissingField(field) ? replaced(nothing) : self
    case (.function(let name, let place, let arguments, let options), "MULTI_MATCH"?):
      let left = arguments.dropFirst().filter { !isMissingField($0) }
      guard arguments.count > 1 else { return self }
      return left.isEmpty
        ? replaced(nothing)
        : replaced(.function(name: name, nameRange: place, arguments.prefix(1) + left, options: options))
    case (.function(_, _, let arguments, _), _?):
      return arguments.first.map(isMissingField) == true ? replaced(nothing) : self
    default: break
    }
    func lacking(_ term: ESQLTerm) -> ESQLTerm { term.lacking(isMissing) }
    switch form {
    case .literal, .star, .match: return self
    case .column(let name): return isMissing(name) ? replaced(nothing) : self
    case .negative(let inner): return replaced(.negative(lacking(inner)))
    case .not(let inner): return replaced(.not(lacking(inner)))
    case .isNull(let inner): return replaced(.isNull(lacking(inner)))
    case .isNotNull(let inner): return replaced(.isNotNull(lacking(inner)))
    case .cast(let inner, let type): return replaced(.cast(lacking(inner), type))
    case .like(let inner, let patterns, let isRegex): return replaced(.like(lacking(inner), patterns, isRegex: isRegex))
    case .arithmetic(let kind, let left, let right):
      return replaced(.arithmetic(kind, lacking(left), lacking(right)))
    case .comparison(let kind, let left, let right):
      return replaced(.comparison(kind, lacking(left), lacking(right)))
    case .and(let left, let right): return replaced(.and(lacking(left), lacking(right)))
    case .or(let left, let right): return replaced(.or(lacking(left), lacking(right)))
    case .among(let value, let list): return replaced(.among(lacking(value), list.map(lacking)))
    case .amongRows(let value, let rows): return replaced(.amongRows(lacking(value), rows))
    case .function(let name, let place, let arguments, let options):
      return replaced(.function(name: name, nameRange: place, arguments.map(lacking), options: options))
    }
  }
}
