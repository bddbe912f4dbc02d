/// The functions of EQL, as Elasticsearch has them; indexes count UTF-16 units.
public enum EQLFunctions {
  typealias Parameter = FunctionDefinition.Parameter

  /// A constant that is null stands for one that is not given.
  static func whole(_ cells: [Cell], _ at: Int) -> Int64? { at < cells.count ? cells[at].single?.wholeValue : nil }
}
