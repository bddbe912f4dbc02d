/// What a condition ties a grant to; a grant that loses its tie is worth a flag.
enum ConditionFamily: CaseIterable {
  case externalID, mfa, sourceAccount, organization, caller, subject, audience, network

  /// The family of a condition key in small letters.
  init?(key: String) {
    switch key {
    case "sts:externalid": self = .externalID
    case "aws:multifactorauthpresent", "aws:multifactorauthage": self = .mfa
    case "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "s3:dataaccesspointarn", "s3:dataaccesspointaccount":
      self = .sourceAccount
    case "aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths": self = .organization
    case "aws:principalaccount", "aws:principalarn", "aws:userid", "kms:calleraccount": self = .caller
    case "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn": self = .network
    default:
      // Keys of identity providers start with the provider's name.
      if [":sub", ":namequalifier", ":edupersonprincipalname"].contains(where: key.hasSuffix) {
        self = .subject
      } else if [":aud", ":oaud", ":amr"].contains(where: key.hasSuffix) {
        self = .audience
      } else {
        return nil
      }
    }
  }
}

extension PolicyCondition {
  /// The family that the condition ties a grant to; nil for a condition that ties it to nothing.
  ///
  /// A negated comparison, one that holds where the key is absent, and one that too many pass tie nothing.
  var tie: ConditionFamily? {
    guard let name = plainComparison, !name.contains("not") else { return nil }
    guard let family = ConditionFamily(key: key.folded), !values.isEmpty else { return nil }
    if family == .mfa {
      switch name {
      case "bool": return values.allSatisfy { $0.lowercased() == "true" } ? family : nil
      case "numericlessthan", "numericlessthanequals": return family
      default: return nil
      }
    }
    // One value that everybody passes is enough to pass.
    return values.contains { OpenValue.isOpen($0, key: key.folded, family: family) } ? nil : family
  }

  /// The family that a denial leaves alone: "deny unless it is this organization".
  var exemption: ConditionFamily? {
    var name = Substring(comparison.folded)
    // Where the key is absent a negated comparison holds, and so does the denial.
    if name.hasSuffix("ifexists") { name = name.dropLast("ifexists".count) }
    guard name.contains("not"), name != "null", !name.hasPrefix("foranyvalue:"), !name.hasPrefix("forallvalues:"),
      let family = ConditionFamily(key: key.folded), !values.isEmpty
    else { return nil }
    return values.contains { OpenValue.isOpen($0, key: key.folded, family: family) } ? nil : family
  }

  /// The comparison in small letters, without the quantifier that changes nothing; nil when it holds for an absent key.
  private var plainComparison: Substring? {
    var name = Substring(comparison.folded)
    if name.hasPrefix("forallvalues:") || name.hasSuffix("ifexists") || name == "null" { return nil }
    if name.hasPrefix("foranyvalue:") { name = name.dropFirst("foranyvalue:".count) }
    return name
  }

  /// The accounts that a condition on the caller names.
  var callerAccounts: [String] {
    guard tie == .caller else { return [] }
    return values.compactMap { AccountID.isAccount($0) ? $0 : ARN($0)?.account }
  }
}
