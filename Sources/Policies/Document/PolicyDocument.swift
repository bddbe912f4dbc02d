import JSON

/// A policy in AWS's policy language, read.
///
/// The names of elements are taken in any case, single values and lists alike; members that the language does not know
/// are kept. The language: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
public struct PolicyDocument: Hashable, Sendable {
  /// The version of the language, such as `2012-10-17`.
  public let version: String?
  public let id: String?
  /// In the order in which they were written.
  public let statements: [PolicyStatement]
  /// Members that this version does not know.
  public let others: [String: JSONValue]

  /// Reads a policy; throws `PolicyFault`.
  public init(_ text: PolicyText) throws(PolicyFault) {
    guard !text.isCut else { throw .tooLong }
    guard let value = try? JSONValue(parsing: text.text) else { throw .notJSON }
    guard case .object(let members) = value else { throw .notObject }
    var reader = MemberReader(members)
    version = reader.take("Version")?.scalarText
    id = reader.take("Id")?.scalarText
    let listed: [JSONValue]
    switch reader.take("Statement") {
    case .array(let elements): listed = elements
    case .object(let statement): listed = [.object(statement)]
    case .some: throw .noStatement
    // Services that keep statements one by one log a statement alone.
    case nil:
      guard MemberReader(members).has("Effect") else { throw .noStatement }
      statements = [try PolicyStatement(value, number: 1)]
      others = [:]
      return
    }
    var statements: [PolicyStatement] = []
    for (place, element) in listed.enumerated() {
      statements.append(try PolicyStatement(element, number: place + 1))
    }
    self.statements = statements
    others = reader.rest
  }

  /// What the statements mean, each meaning once, in the order of their texts.
  var grants: [PolicyGrant] {
    Set(statements.map(\.grant)).map { (GrantText.full($0), $0) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map(\.1)
  }
}
