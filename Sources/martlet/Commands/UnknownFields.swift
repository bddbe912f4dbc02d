import Events
import Outputs

/// What is said of fields that no event can have.
enum UnknownFields {
  /// As `rules check` says it, with the field that was probably meant.
  static func message(_ field: String, _ catalog: FieldCatalog = .standard) -> String {
    "No event is known to have the field `\(field)`"
      + (catalog.meant(by: field).map { "; did you mean `\($0)`?" } ?? ".")
  }

  /// What is said of a field that no alert has.
  static func ofAlerts(_ field: String) -> String {
    "no alert has the field `\(field)`"
      + (FieldCatalog.standard.meant(by: field).map { "; did you mean `\($0)`?" } ?? "")
  }

  /// Those of some fields that the catalog does not know; patterns are none.
  static func among(_ fields: [String], _ catalog: FieldCatalog = .standard) -> [String] {
    fields.filter { !$0.contains("*") && !catalog.resolve($0).isKnown }
  }
}
