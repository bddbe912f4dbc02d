import Foundation
import Testing

@testable import Reports

@Suite("The words of a call's name")
struct ActionWordsTests {
  @Test(
    "A name is said as a person would, with its article, and in the past",
    arguments: [
      ("LeaveOrganization", "leave the organization", "left the organization"),
      ("StopLogging", "stop logging", "stopped logging"),
      ("CreateUser", "create a user", "created a user"),
      ("DeleteUser", "delete the user", "deleted the user"),
      ("CreateAccessKey", "create an access key", "created an access key"),
      ("DeactivateMFADevice", "deactivate the MFA device", "deactivated the MFA device"),
      ("CreateVirtualMFADevice", "create a virtual MFA device", "created a virtual MFA device"),
      ("CreateDBInstance", "create a DB instance", "created a DB instance"),
      ("CreateIPSet", "create an IP set", "created an IP set"),
      ("UpdateSAMLProvider", "update the SAML provider", "updated the SAML provider"),
      ("CreateSAMLProvider", "create a SAML provider", "created a SAML provider"),
      ("UploadSSHPublicKey", "upload an SSH public key", "uploaded an SSH public key"),
      ("CreatePresignedDomainUrl", "create a presigned domain URL", "created a presigned domain URL"),
      ("DeleteWebACL", "delete the web ACL", "deleted the web ACL"),
      ("AddUserToGroup", "add a user to the group", "added a user to the group"),
      (
        "AddClientIDToOpenIDConnectProvider", "add a client ID to the OpenID Connect provider",
        "added a client ID to the OpenID Connect provider"
      ),
      ("AssumeRoleWithSAML", "assume a role with SAML", "assumed a role with SAML"),
      ("AssumeRoleWithWebIdentity", "assume a role with a web identity", "assumed a role with a web identity"),
      ("RestoreDBInstanceFromS3", "restore a DB instance from S3", "restored a DB instance from S3"),
      ("RestoreFromClusterSnapshot", "restore from the cluster snapshot", "restored from the cluster snapshot"),
      (
        "AssociateVPCWithHostedZone", "associate a VPC with a hosted zone", "associated a VPC with a hosted zone"
      ),
      (
        "RemoveAccountFromOrganization", "remove the account from the organization",
        "removed the account from the organization"
      ),
      ("ListGroupsForUser", "list groups for the user", "listed groups for the user"),
      ("DescribeVpcs", "describe VPCs", "described VPCs"),
      ("AssociateAddress", "associate an address", "associated an address"),
      ("DescribeAddresses", "describe addresses", "described addresses"),
      ("GetTrailStatus", "read the trail status", "read the trail status"),
      ("DisableMacie", "disable Macie", "disabled Macie"),
      ("DisableSecurityHub", "disable Security Hub", "disabled Security Hub"),
      ("UpdateFunctionCode20150331v2", "update the function code", "updated the function code"),
      ("ListFunctions20150331", "list functions", "listed functions"),
      ("AuthorizeSecurityGroupIngress", "authorize security group ingress", "authorized security group ingress"),
      ("BatchGetImage", "read images in a batch", "read images in a batch"),
      ("BatchDisableStandards", "disable standards in a batch", "disabled standards in a batch"),
      ("ModifyDBInstance", "modify the DB instance", "modified the DB instance"),
      ("LookupEvents", "look up events", "looked up events"),
      ("ConsoleLogin", "sign in to the console", "signed in to the console"),
      ("UpdateAssumeRolePolicy", "change the role's trust policy", "changed the role's trust policy"),
      ("EnableSerialConsoleAccess", "enable serial console access", "enabled serial console access"),
      ("ModifyInstanceMetadataOptions", "modify instance metadata options", "modified instance metadata options"),
      ("StopMonitoringMembers", "stop monitoring members", "stopped monitoring members"),
      ("CreateCloudFrontOriginAccessIdentity2020_05_31", "", ""),
      ("PasswordRecoveryRequested", "request a password recovery", "requested a password recovery"),
      ("FrobnicateThings", "", ""), ("Create", "", ""), ("logged-in", "", ""), ("", "", ""), ("Delete user", "", ""),
    ])
  func words(action: String, infinitive: String, past: String) {
    let words = ActionWords(action)
    #expect(words?.infinitive ?? "" == infinitive)
    #expect(words?.past ?? "" == past)
  }

  @Test("A call without words is called by its name, which reads as a sentence")
  func unknown() {
    func line(_ action: String?, _ failure: AlertHeadline.Failure?, actor: String? = "dana") -> String {
      AlertHeadline(actor: actor, action: action, target: "x", failure: failure).text
    }
    #expect(line("FrobnicateThings", nil) == "dana called FrobnicateThings (x)")
    #expect(line("FrobnicateThings", .refused) == "dana tried FrobnicateThings (x) and was refused")
    #expect(
      line("StopLogging", .error("TrailNotFound")) == "dana tried to stop logging (x) and failed with TrailNotFound")
    #expect(line("StopLogging", nil, actor: nil) == "Somebody stopped logging (x)")
    #expect(line(nil, nil) == "event by dana (x)" && line(nil, .unknown) == "failed event by dana (x)")
  }

  @Test("Past forms are those of English")
  func past() {
    let forms = [
      "Stop": "stopped", "Modify": "modified", "Deny": "denied", "Deploy": "deployed", "Create": "created",
      "Scan": "scanned", "Query": "queried", "Tag": "tagged", "Submit": "submitted", "Transfer": "transferred",
      "Send": "sent", "Put": "set", "Leave": "left", "Get": "read", "Run": "ran", "Reset": "reset", "Copy": "copied",
      "Edit": "edited", "Rebuild": "rebuilt", "Write": "wrote", "Join": "joined", "Connect": "connected",
      "Forget": "forgot", "Visit": nil,
    ]
    for (verb, past) in forms { #expect(ActionVerbs.verb(verb)?.past == past, "\(verb)") }
    for word in ActionVerbs.words {
      #expect(ActionVerbs.verb(word)?.past.hasSuffix("eed") == false, "\(word)")
    }
  }

  /// What the rules that ship name in `event.action`, and what the generator does.
  private static func namedActions() throws -> Set<String> {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var actions: Set<String> = []
    func read(_ folder: String, _ suffix: String, _ body: (String) -> Void) throws {
      let files = FileManager.default.enumerator(at: root.appending(path: folder), includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files) where file.lastPathComponent.hasSuffix(suffix) {
        body(try String(contentsOf: file, encoding: .utf8))
      }
    }
    try read("Rules", ".toml") { text in
      for match in text.matches(of: /event\.action\s*:\s*(\([^)]*\)|"[^"]*")/) {
        for name in match.1.matches(of: /"?([A-Z][A-Za-z0-9]*)"?/) where name.1 != "OR" {
          actions.insert(String(name.1))
        }
      }
    }
    let rules = actions.count
    try read("Sources/Generator/Catalogue", ".swift") { text in
      for match in text.matches(of: /([a-z]*)\(\s*[0-9]+,\s*"([A-Z][A-Za-z0-9]+)"/) where match.1 != "failing" {
        actions.insert(String(match.2))
      }
    }
    #expect(rules > 150 && actions.count > rules + 20, "the files were found")
    return actions
  }

  @Test("There are words for every call that a rule or the generator names")
  func everyNamedAction() throws {
    for action in try Self.namedActions().sorted() where !Self.withoutWords.contains(action) {
      let words = ActionWords(action)
      #expect(words != nil, "\(action)")
      guard let words else { continue }
      if ProcessInfo.processInfo.environment["MARTLET_PRINT_WORDS"] != nil { print("WORDS", action, "|", words.past) }
      #expect(!words.past.contains("the the ") && !words.past.contains("  "), "\(action)")
      #expect(words.infinitive.contains(" ") && words.past.contains(" "), "\(action)")
    }
  }

  /// A name that says nothing but its verb, and outcomes that the generator has beside its calls.
  private static let withoutWords: Set<String> = ["Disable", "Success", "Failure"]
}
