/// The words that join conditions.
enum KQLKeyword: String, CaseIterable {
  case and
  case or
  case not
}
