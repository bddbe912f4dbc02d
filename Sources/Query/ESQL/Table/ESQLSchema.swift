import Events

/// The columns of a table between two commands.
struct ESQLSchema: Sendable {
  struct Column: Sendable {
    var name: String
    var type: DataType
    /// The column as the events have it, which full-text functions can search.
    var isField = false
    /// The document itself, which hardly any function takes.
    var isSource = false
    /// What it is where indices map the field differently: it has no value then but to a function that converts.
    var union: FieldUnion?
    /// Why it has no value: subqueries give it different types.
    var conflict: String?
    /// These types, where functions that convert find its values, as `ESQLMixture` has them.
    var mixed: [DataType] = []
    /// Columns of one identity have the same values: one that `EVAL` or `RENAME` gives another name.
    var identity = Identity()
    /// What every row has, where that is known: such a column can stand where only a constant can.
    var constant: Cell?

    /// What an answer calls the type.
    var typeName: String { isSource ? "_source" : type.columnName }
  }

  final class Identity: Sendable {}

  private(set) var columns: [Column] = []
  private var places: [String: Int] = [:]

  init(_ columns: [Column] = []) {
    for column in columns { append(column) }
  }

  func place(of name: String) -> Int? { places[name] }
  var types: [DataType] { columns.map(\.type) }

  /// Adds a column at the right end, whose name no other has.
  mutating func append(_ column: Column) {
    places[column.name] = columns.count
    columns.append(column)
  }

  /// Some of the columns, in the order given.
  func selecting(_ chosen: [Int]) -> ESQLSchema { ESQLSchema(chosen.map { columns[$0] }) }

  /// The same columns, some under other names.
  mutating func rename(_ place: Int, _ name: String) {
    places[columns[place].name] = nil
    columns[place].name = name
    places[name] = place
  }
}
