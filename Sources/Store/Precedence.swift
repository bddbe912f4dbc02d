import Events

/// Which of several texts that come under one identity counts.
public enum Precedence: Sendable, CaseIterable {
  /// The one with the lowest content, in whichever order they come, so that the order of files means nothing.
  case lowest
  /// The one that was stored first, whatever comes after it; but an update takes the place of what it updates. For what anybody
  /// sends who may: nobody is to change what is stored by sending something else under its name.
  case first

  /// Of two texts the one with the lower rank counts, of equal ones the first.
  func rank(_ content: UInt32) -> UInt32 {
    switch self {
    case .lowest: content
    case .first: content & EventHead.originalBit
    }
  }
}
