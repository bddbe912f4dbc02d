import Outputs

extension AlertDocument {
  /// What a line of a table says of the alert; `AlertFolding.rows` folds such lines.
  public var line: AlertLine { AlertLine { first($0) } }

  /// Who acted, as a table tells it: `role/ops via dana`; nil where the event does not say.
  var who: String? { ShortPrincipal.text { first($0) } }

  /// The person behind the session that the call was made in; nil where none is known, or it is who acted.
  var person: String? {
    guard first("martlet.session.opened_by.type") != "AWSService",
      let name = first("martlet.session.opened_by.name"), !name.isEmpty, name != actor
    else { return nil }
    return name
  }
}
