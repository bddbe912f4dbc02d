/// A text that a test is run with, told by its name: some have megabytes, which the log of tests would have too.
public struct HostileText: Sendable, CustomStringConvertible {
  public let name: String
  public let text: String
  public var description: String { name }

  public init(_ name: String, _ text: String) {
    self.name = name
    self.text = text
  }
}
