import Events
import Query
import Rules

/// Turns the entries of an exception into a condition on events, and notes what is wrong with them.
struct ExceptionPredicate {
  let catalog: FieldCatalog
  let meanings: FieldMeanings
  let notes: RuleNotes
  let format: Format
  /// Finds a value list, or says why there is none.
  let list: (ValueListReference) throws(ValueListError) -> ValueList

  /// How the file names what an entry compares with, for the places of messages.
  enum Format {
    case toml
    case kibana

    fileprivate func key(_ test: ExceptionTest) -> String {
      switch (test, self) {
      case (.match, .toml): "match"
      case (.matchAny, .toml): "match_any"
      case (.wildcard, .toml): "wildcard"
      case (.exists, .toml): "exists"
      case (.list, .toml): "value_list"
      case (.list, .kibana): "list"
      case (.nested, .toml): "nested"
      case (.nested, .kibana): "field"
      case (_, .kibana): "value"
      }
    }
  }

  /// Fields that the catalog does not know are warned of.
  var tellsUnknownFields = true

  /// Whether a value can be one of the field's does not depend on it.
  private static let epoch = Timestamp(milliseconds: 0)

  /// The condition; what is noted as an error makes it unusable.
  func predicate(_ item: ExceptionItem, at path: RuleKeyPath) -> Predicate {
    var parts = item.entries.enumerated().map {
      predicate($1, at: path.appending("entries").appending($0), within: nil)
    }
    if !item.osTypes.isEmpty {
      // Agents have written the system into one field or the other.
      let tests = item.osTypes.map { ValueTest.phrase($0) }
      parts.append(
        .or(["host.os.type", "host.os.name.caseless"].flatMap { field in tests.map { .test(.named(field), $0) } }))
    }
    return Predicate.and(parts).simplified()
  }

  private func predicate(_ entry: ExceptionEntry, at path: RuleKeyPath, within nested: String?) -> Predicate {
    check(entry, at: path, within: nested)
    let field = FieldSelector.named(entry.field)
    let place = path.appending(format.key(entry.test))
    let predicate: Predicate
    switch entry.test {
    case .match(let value): predicate = .test(field, test(.phrase(value), entry, at: place))
    case .matchAny(let values):
      if values.count > ExceptionLimits.spelledOut, isListed(values, catalog.resolve(entry.field).type) {
        predicate = .test(field, test(.list(ValueList(.keyword, values)), entry, at: place))
      } else {
        predicate = .or(
          values.enumerated().map { .test(field, test(.phrase($1), entry, at: place.appending($0))) })
      }
    case .exists: predicate = .exists(field)
    case .wildcard(let text):
      predicate = .test(field, test(.termPattern(WildcardPattern(written: text)), entry, at: place))
    case .list(let reference):
      do {
        predicate = .test(field, test(.list(try list(reference)), entry, at: place))
      } catch {
        notes.add(.error, place, .value, error.message)
        predicate = .nothing
      }
    case .nested(let entries):
      let inner = entries.enumerated().map {
        self.predicate($1, at: path.appending("entries").appending($0), within: entry.field)
      }
      predicate = .nested(path: NestedPath(entry.field), .and(inner))
    }
    return entry.isExcluded ? .not(predicate) : predicate
  }

  /// True where a list means what its values mean one by one: it knows neither the phrases of a text nor times relative to now.
  private func isListed(_ values: [String], _ type: FieldType) -> Bool {
    switch type {
    case .analyzed: false
    case .date, .dateNanos: !values.contains { $0.hasPrefix("now") }
    default: true
    }
  }

  /// The test itself; one that no value of the field can pass is an error, since it would never hold, and its opposite
  /// always.
  private func test(_ test: ValueTest, _ entry: ExceptionEntry, at path: RuleKeyPath) -> ValueTest {
    let field = catalog.resolve(entry.field)
    let type = field.type
    let condition = Predicate.test(.named(entry.field), test)
    // Where an entry stands is looked at elsewhere.
    if format == .kibana || DocumentNames.contains(entry.field), case .termPattern = test, field.nestedPath == nil,
      let refusal = QueryJudge(catalog).refusal(of: condition)
    {
      notes.add(.error, path, .value, "Elasticsearch refuses the entry, and so every execution of the rule: \(refusal)")
    } else if !test.canHold(for: type, now: Self.epoch) {
      notes.add(.error, path, .value, "no value of `\(entry.field)` can be that: \(Self.advice(test, type))")
    }
    return test
  }

  private static func advice(_ test: ValueTest, _ type: FieldType) -> String {
    if case .termPattern = test { return "the field holds no text, so it knows no patterns" }
    return switch type {
    case .ip: "it holds addresses; write one, or a network as 10.0.0.0/8"
    case .integer, .double, .narrow: "it holds numbers"
    case .boolean: "it holds true or false"
    case .date, .dateNanos: "it holds times; write a date or a time"
    case .object: "it holds other fields; name one of them"
    case .nested: "it holds objects; use a nested entry"
    case .analyzed: "it holds words, and there is none here"
    case .keyword, .wildcard, .constant, .version, .flattened, .dynamic: "it is longer than what the field keeps"
    case .geoPoint, .binary: "its values cannot be searched for"
    }
  }

  private func check(_ entry: ExceptionEntry, at path: RuleKeyPath, within nested: String?) {
    let place = path.appending("field")
    if case .nested = entry.test {
      if catalog.type(of: entry.field) != .nested {
        notes.add(
          .error, path.appending(format.key(entry.test)), .value,
          "`\(entry.field)` is no nested field, so a nested entry never holds; write its entries by themselves")
      }
      return
    }
    let field = catalog.resolve(entry.field)
    if let holder = field.nestedPath, holder != nested {
      notes.add(
        .error, place, .value, "`\(entry.field)` lies in the nested field `\(holder)`: use a nested entry")
    } else if !field.isKnown, tellsUnknownFields {
      let meant = meanings.field(meantBy: entry.field).map { "; did you mean `\($0)`?" } ?? ""
      notes.add(.warning, place, .value, "No event is known to have the field `\(entry.field)`\(meant)")
    }
  }
}
