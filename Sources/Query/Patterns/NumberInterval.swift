/// The regular expression of the numbers of an interval, written in decimal.
enum NumberInterval {
  /// - Parameter width: how many digits there are, with zeros before; nil for any number of zeros before.
  static func regex(_ range: ClosedRange<Int>, width: Int?) -> LuceneRegex {
    let digits = String(range.upperBound).count
    let wide = max(width ?? 0, digits)
    let low = padded(range.lowerBound, wide)
    let high = padded(range.upperBound, wide)
    let exact = between(low[...], high[...])
    if width != nil { return exact }
    // Any number of zeros before, or as few digits as the number has.
    var forms: [LuceneRegex] = [.sequence([.repeated(.set(ScalarSet("0")), 0, nil), exact])]
    if wide > 1 {
      for count in 1..<wide {
        let lower = max(range.lowerBound, count == 1 ? 0 : power(count - 1))
        let upper = min(range.upperBound, power(count) - 1)
        if lower <= upper { forms.append(between(padded(lower, count)[...], padded(upper, count)[...])) }
      }
    }
    return .either(forms)
  }

  private static func power(_ count: Int) -> Int { (0..<count).reduce(1) { product, _ in product * 10 } }

  private static func padded(_ number: Int, _ width: Int) -> [UInt32] {
    let text = String(number).unicodeScalars.map(\.value)
    return [UInt32](repeating: 0x30, count: max(0, width - text.count)) + text
  }

  /// The texts of digits between two of one length.
  private static func between(_ low: ArraySlice<UInt32>, _ high: ArraySlice<UInt32>) -> LuceneRegex {
    guard let first = low.first, let last = high.first else { return .empty }
    let (lowRest, highRest) = (low.dropFirst(), high.dropFirst())
    if first == last { return .sequence([.set(ScalarSet([first...first])), between(lowRest, highRest)]) }
    let nines = ArraySlice([UInt32](repeating: 0x39, count: lowRest.count))
    let zeros = ArraySlice([UInt32](repeating: 0x30, count: lowRest.count))
    var forms: [LuceneRegex] = [
      .sequence([.set(ScalarSet([first...first])), between(lowRest, nines)]),
      .sequence([.set(ScalarSet([last...last])), between(zeros, highRest)]),
    ]
    if last - first > 1 {
      forms.append(
        .sequence([.set(ScalarSet([(first + 1)...(last - 1)])), .repeated(.set(.digits), lowRest.count, lowRest.count)])
      )
    }
    return .either(forms)
  }
}
