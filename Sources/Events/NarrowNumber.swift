/// Numbers that a field keeps otherwise than as 64-bit whole numbers or doubles.
public enum NarrowNumber: Hashable, Sendable {
  /// The nearest multiple of `1 / factor` (`scaled_float`); queries compare with what is kept.
  case scaled(factor: Double)
  /// 32 bits (`float`).
  case float
  /// 16 bits (`half_float`).
  case halfFloat
  /// A whole number from 0 to 2^64 - 1 (`unsigned_long`).
  case unsignedLong
  /// A whole number of 32, 16 or 8 bits (`integer`, `short`, `byte`); one beyond them is not kept.
  case whole(bits: Int)
}
