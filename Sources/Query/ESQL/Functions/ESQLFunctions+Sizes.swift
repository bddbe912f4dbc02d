import Events

/// Bounds of what functions make where Elasticsearch sets none but its memory. One after the other they make what no memory holds of
/// next to nothing.
extension ESQLFunctions {
  /// The most bytes that the texts of a cell have together, and the most values in it.
  private static let (mostBytes, mostValues) = (1 << 24, 1 << 20)

  /// Throws where a function would make too much.
  ///
  /// - Parameter bytes: those of all texts together.
  static func checkSize(_ bytes: Int, values: Int = 1, _ what: String) throws(EvaluationFault) {
    guard bytes <= mostBytes else {
      throw EvaluationFault("\(what) more than [\(mostBytes)] bytes is not supported, got [\(bytes)]")
    }
    guard values <= mostValues else {
      throw EvaluationFault("\(what) more than [\(mostValues)] values is not supported, got [\(values)]")
    }
  }
}

extension Value {
  /// How many bytes a text has; 0 for all else.
  var textSize: Int { if case .text(let text) = self { text.utf8.count } else { 0 } }
}
