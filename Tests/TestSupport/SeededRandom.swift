/// Random numbers that repeat for a seed (SplitMix64), so that a failure can be had again.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// True of a seed that stands in a test, and is not another at every run.
///
/// That what a test tries shows what it is for, as often as it should, is looked at with these alone: of others it need not be true of every
/// one, and a run that fails for that says nothing.
public func stands(_ seed: UInt64) -> Bool { seed < 1000 }
