import Events

/// A column of an evaluation: the distinct cells that rows have, and which row has which.
///
/// A function of one column gives a column of the same codes, so that it is evaluated once per distinct cell.
public struct CellColumn: Sendable {
  public var type: DataType
  /// The distinct cells; some may be equal after a function, and some may be those of no row.
  public var cells: [Cell]
  /// Which cell each row has.
  public var codes: Codes

  /// The places of rows' cells; one list is shared by all columns that are functions of one.
  public final class Codes: Sendable {
    public let list: [UInt32]

    public init(_ list: [UInt32]) { self.list = list }
  }

  public init(_ type: DataType, cells: [Cell], codes: Codes) {
    self.type = type
    self.cells = cells
    self.codes = codes
  }

  /// A column with the same cell in every row.
  public init(_ type: DataType, constant: Cell, rowCount: Int) {
    self.init(type, cells: [constant], codes: Codes([UInt32](repeating: 0, count: rowCount)))
  }

  /// A column of cells row by row; equal ones are one.
  public init(_ type: DataType, rows: some Sequence<Cell>) {
    var places: [Cell: UInt32] = [:]
    var cells: [Cell] = []
    var list: [UInt32] = []
    for cell in rows {
      if let place = places[cell] {
        list.append(place)
      } else {
        places[cell] = UInt32(cells.count)
        list.append(UInt32(cells.count))
        cells.append(cell)
      }
    }
    self.init(type, cells: cells, codes: Codes(list))
  }

  public var rowCount: Int { codes.list.count }
  public subscript(row: Int) -> Cell { cells[Int(codes.list[row])] }

  /// Some of the rows, in the order given.
  public func selecting(_ rows: [Int]) -> CellColumn {
    CellColumn(type, cells: cells, codes: Codes(rows.map { codes.list[$0] }))
  }
}
