import Outputs

extension AlertDocument {
  /// What a line of a table says of the alert; `AlertFolding.rows` folds such lines.
  public var line: AlertLine { AlertLine { first($0) } }
}
