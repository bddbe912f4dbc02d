/// What is said of fields that no event can have: the same words wherever they are named.
public enum FieldNotice {
  /// Says that a field, or one that matches a pattern, is not known, with what was probably meant.
  public static func unknown(_ field: String, _ catalog: FieldCatalog) -> String {
    let what = field.contains("*") ? "a field that matches `\(field)`" : "the field `\(field)`"
    return "No event is known to have \(what)" + (meant(field, catalog).map { "; did you mean `\($0)`?" } ?? ".")
  }

  /// The field, or the pattern, that one which is not known most likely means; nil when none is near.
  public static func meant(_ field: String, _ catalog: FieldCatalog) -> String? {
    field.contains("*") ? catalog.meant(byPattern: field) : catalog.meant(by: field)
  }

  /// Whether no event is known to have a field, or one that matches a pattern.
  public static func isUnknown(_ field: String, _ catalog: FieldCatalog) -> Bool {
    field.contains("*") ? !catalog.mayMatch(field) : !catalog.resolve(field).isKnown
  }
}
