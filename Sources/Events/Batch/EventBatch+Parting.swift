extension EventBatch {
  /// The batches of groups of rows: of each group those columns alone that have values in it.
  ///
  /// It takes as long as there are values, however many groups there are and columns, where `selecting` looks at every column for each
  /// group. Distinct values keep their codes where a group has many of a column, and are few where it has few: whoever looks at all
  /// values of a column would look at those of all groups otherwise, for each of them.
  ///
  /// - Parameter groups: rows of each, ascending; none is in two of them. Rows that are in none are left out.
  public func parted(_ groups: [[Int]]) -> [EventBatch] {
    var group = [Int32](repeating: -1, count: rowCount)
    var place = [UInt32](repeating: 0, count: rowCount)
    for (number, rows) in groups.enumerated() {
      for (at, row) in rows.enumerated() {
        group[row] = Int32(number)
        place[row] = UInt32(at)
      }
    }
    var drafts = [Draft](repeating: Draft(), count: groups.count)
    var entries = [ColumnEntries?](repeating: nil, count: groups.count)
    for (path, at) in columnByPath.sorted(by: { $0.value < $1.value }) {
      let column = columns[at]
      var met: [Int] = []
      column.forEachEntry { row, code in
        let number = Int(group[row])
        guard number >= 0 else { return }
        if entries[number] == nil {
          met.append(number)
          entries[number] = ColumnEntries()
        }
        entries[number]?.list.pointee.append(code, row: Int(place[row]))
      }
      for number in met {
        guard let list = entries[number] else { continue }
        entries[number] = nil
        drafts[number].add(
          Column(column.dictionary, list, rowCount: groups[number].count).withFewValues, path: path)
      }
    }
    return zip(groups, drafts).map { rows, draft in
      var batch = EventBatch(
        rowCount: rows.count, dataStream: dataStream.selecting(rows).withFewValues, columns: draft.columns,
        columnByPath: draft.places,
        nested: nested.compactMapValues { objects in
          guard !objects.parents.isEmpty else { return nil }
          let own = objects.selecting(parents: rows)
          return own.parents.isEmpty ? nil : own
        })
      if !heads.isEmpty { batch.heads = rows.map { heads[$0] } }
      return batch
    }
  }

  private struct Draft {
    var columns: [Column] = []
    var places: [String: Int] = [:]

    mutating func add(_ column: Column, path: String) {
      places[path] = columns.count
      columns.append(column)
    }
  }
}

extension Column {
  /// The column with the values alone that its rows have, where its dictionary has many others.
  fileprivate var withFewValues: Column {
    guard dictionary.count > 64, dictionary.count > 8 * entryCount else { return self }
    var values = ValueDictionary()
    let few = ColumnEntries(capacity: entryCount)
    forEachEntry { row, code in
      few.list.pointee.append(dictionary.withValue(code) { values.insert($0) }, row: row)
    }
    return Column(values, few, rowCount: rowCount)
  }
}
