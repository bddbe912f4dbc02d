/// Asks how many events there are over time.
public struct HistogramRequest: Sendable {
  public var selection: EventSelection
  /// The width of a span in seconds; nil where one is to be chosen that fits.
  public var width: Int64?

  public init(_ selection: EventSelection, width: Int64? = nil) {
    self.selection = selection
    self.width = width
  }
}
