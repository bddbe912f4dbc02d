/// Counts what a decompressor gives for what it takes.
struct RatioGuard {
  private(set) var output = 0

  mutating func add(_ count: Int, input: Int) throws {
    output += count
    if output > InputLimits.ratioFreeBytes, output / InputLimits.ratio > max(1, input) {
      throw InputError.bomb("its text is more than \(InputLimits.ratio) times as long as the compressed file")
    }
  }
}
