/// Where alerts come from: a hunt, or a file in which they were saved.
///
/// An alert on several events may be put together of others, one on each of them, which count for nothing by themselves: its building
/// blocks.
public protocol AlertSource {
  /// How many alerts there are, building blocks aside.
  var alertCount: Int { get }
  /// How many building blocks are among what is handed over that `forEachAlert` leaves out, where that is to be told.
  var blockCount: Int { get }

  /// Hands over the JSON text of alerts, an object on one line each: those at the places of `order`, or all in their own
  /// order. Building blocks are left out.
  func forEachAlert(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws

  /// The same with the building blocks of each alert: before it where it is named by its place.
  func forEachDocument(in order: [Int]?, _ body: ([UInt8]) throws -> Void) throws
}

extension AlertSource {
  public var blockCount: Int { 0 }
}
