import Outputs

extension AlertDocument {
  /// What a line of a table says of the alert; `AlertFolding.rows` folds such lines.
  public var line: AlertLine { AlertLine(events: AlertEvents(self)?.told ?? AlertLine.Events()) { first($0) } }

  /// Who acted, as a table tells it: `role/ops via dana`, or `alice +2` of several; nil where no event says.
  var who: String? { line.who }

  /// What the events have that an alert on several stands on; nothing for an alert on one.
  func told(_ values: KeyPath<AlertLine.Events, [String]>) -> [String] {
    AlertEvents(self).map { $0.told[keyPath: values] } ?? []
  }

  /// The person behind the session that the call was made in; nil where none is known, or it is who acted.
  var person: String? {
    guard first("martlet.session.opened_by.type") != "AWSService",
      let name = first("martlet.session.opened_by.name"), !name.isEmpty, name != actor
    else { return nil }
    return name
  }
}
