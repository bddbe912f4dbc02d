/// A number of a directory in half the room of an `Int`: directories stay in memory as long as a folder is open, and the bounds of the
/// format keep their numbers far below 2³².
///
/// Whoever sets it has seen to that: what is not a `UInt32` ends the process.
@propertyWrapper
struct Narrow: Sendable {
  private var number: UInt32

  @inline(__always)
  init(wrappedValue: Int) { number = UInt32(wrappedValue) }

  @inline(__always)
  var wrappedValue: Int {
    get { Int(number) }
    set { number = UInt32(newValue) }
  }
}
