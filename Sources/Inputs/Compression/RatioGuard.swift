/// Bounds the text in a row in which no record is found, by what it was made of: what holds records is read to its end,
/// however well it was compressed.
struct RatioGuard {
  /// Bytes that were made since the last record.
  private(set) var barren = 0
  private var input = 0
  /// What had been taken when the last record was found, less what may have been taken ahead.
  private var start = 0

  /// Throws when too much has been made of too little already; asked before more is made, so that all of it was given.
  func check() throws {
    guard barren > InputLimits.barrenBytes, barren / InputLimits.ratio > max(1, input - start) else { return }
    throw InputError.bomb(
      "\(barren) bytes in a row without a record, more than \(InputLimits.ratio) times what they were made of; what "
        + "follows was not read")
  }

  /// Notes bytes that were made.
  ///
  /// - Parameter input: all that has been taken to make them, and those before.
  mutating func add(_ count: Int, input: Int) {
    barren += count
    self.input = input
  }

  /// Notes that there were records in what was made.
  mutating func noteRecords() {
    barren = 0
    start = max(0, input - InputLimits.aheadBytes)
  }
}
