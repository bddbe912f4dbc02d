/// Why a value list cannot be used: a clause without a full stop.
package struct ValueListError: Error {
  package var message: String

  init(_ message: String) { self.message = message }
}
