import Events
import Outputs
import Reports

/// What is said of fields that no event can have.
enum UnknownFields {
  /// As `rules check` says it, with the field that was probably meant.
  static func message(_ field: String, _ catalog: FieldCatalog = .standard) -> String {
    FieldNotice.unknown(field, catalog)
  }

  /// What is said of a field, an object or a pattern that no alert has.
  static func ofAlerts(_ field: String, _ catalog: FieldCatalog) -> String {
    if isPattern(field) {
      return "no alert has a field that matches `\(field)`" + hint(catalog.meant(byPattern: field))
    }
    if !AlertView.columns.contains(field), isObject(field, catalog) {
      return "no alert has a value in a field of `\(field)`"
    }
    return "no alert has the field `\(field)`" + (catalog.resolve(field).isKnown ? "" : hint(catalog.meant(by: field)))
  }

  /// What is said of an object or a pattern that stands for no field of the events that were found.
  static func ofEvents(_ field: String, _ catalog: FieldCatalog) -> String {
    if isPattern(field) {
      return "no event that was found has a field that matches `\(field)`" + hint(catalog.meant(byPattern: field))
    }
    return "no event that was found has a value in a field of `\(field)`"
  }

  /// What is said of a field that the catalog does not know and that no event has: of a column of the table of alerts, which
  /// fields tell of it.
  static func ofSearch(_ field: String, _ catalog: FieldCatalog) -> String {
    alertColumn(field) ?? message(field, catalog)
  }

  /// Why a search has no such column; nil for what is no column of alerts.
  static func alertColumn(_ name: String) -> String? {
    guard AlertView.columns.contains(name) else { return nil }
    let start = "`\(name)` is a column of alerts, as `hunt` and `report` show them"
    guard let fields = fieldsOfColumns[name] else { return "\(start); an event has none" }
    return "\(start); of events name \(fields.map { "`\($0)`" }.joined(separator: " or "))"
  }

  /// The fields of events that columns of alerts come from.
  private static let fieldsOfColumns = [
    "id": ["event.id"], "time": ["@timestamp"], "who": ["aws.cloudtrail.user_identity.arn", "user.name"],
    "what": ["event.action"], "outcome": ["event.outcome"],
    "target": ["target.entity.id", "user.target.name", "aws.cloudtrail.resources.arn"],
    "account": ["cloud.account.id"], "region": ["cloud.region"], "from": ["source.address"],
  ]

  private static func hint(_ meant: String?) -> String { meant.map { "; did you mean `\($0)`?" } ?? "" }

  static func isPattern(_ field: String) -> Bool { field.contains("*") }

  /// Whether a field is known to hold others and no value of its own.
  static func isObject(_ field: String, _ catalog: FieldCatalog) -> Bool {
    let type = catalog.type(of: field)
    return type == .object || type == .nested
  }

  /// Those of some fields that the catalog does not know; patterns are none.
  static func among(_ fields: [String], _ catalog: FieldCatalog = .standard) -> [String] {
    fields.filter { !isPattern($0) && !catalog.resolve($0).isKnown }
  }

  /// Why events or alerts cannot be counted or sorted by something that stands for several fields.
  static func refusal(_ field: String, option: String, _ catalog: FieldCatalog) -> String {
    let (shown, left) = catalog.leaves(of: field, limit: 6)
    let kind = isPattern(field) ? "a pattern" : "an object, which holds fields and no value of its own"
    let names = shown.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
    let choice =
      shown.isEmpty
      ? catalog.meant(byPattern: field).map { ", which matches no known field; did you mean `\($0)`?" } ?? "."
      : ": name one of \(names)."
    return "\(option) takes single fields, and `\(field)` is \(kind)\(choice)"
  }
}
