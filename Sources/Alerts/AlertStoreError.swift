/// Why alerts could not be read or written, a sentence for a person that names the file.
public struct AlertStoreError: Error, CustomStringConvertible, Sendable {
  public let description: String
}
