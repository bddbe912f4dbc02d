/// Calls whose names say something else than their words, or say it badly.
enum ActionPhrases {
  static let all: [String: (infinitive: String, past: String)] = [
    "AddLayerVersionPermission": (
      "add a permission to the layer version", "added a permission to the layer version"
    ),
    "AssumeRoot": ("assume root", "assumed root"),
    "BatchGetSecretValue": ("read several secrets", "read several secrets"),
    "CheckMfa": ("check whether MFA is set up", "checked whether MFA is set up"),
    "ConsoleLogin": ("sign in to the console", "signed in to the console"),
    "Converse": ("converse with a model", "conversed with a model"),
    "ConverseStream": ("converse with a model", "conversed with a model"),
    "CreateStoreImageTask": ("store an image in S3", "stored an image in S3"),
    "CredentialChallenge": ("answer a sign-in challenge", "answered a sign-in challenge"),
    "CredentialVerification": ("prove a sign-in credential", "proved a sign-in credential"),
    "Decrypt": ("decrypt data", "decrypted data"),
    "DisableEbsEncryptionByDefault": (
      "switch EBS encryption by default off", "switched EBS encryption by default off"
    ),
    "DisableImageBlockPublicAccess": ("allow public images", "allowed public images"),
    "DisableSnapshotBlockPublicAccess": ("allow public snapshots", "allowed public snapshots"),
    "EnableEbsEncryptionByDefault": ("switch EBS encryption by default on", "switched EBS encryption by default on"),
    "EnableImageBlockPublicAccess": ("forbid public images", "forbade public images"),
    "EnableSnapshotBlockPublicAccess": ("forbid public snapshots", "forbade public snapshots"),
    "Encrypt": ("encrypt data", "encrypted data"),
    "ExitRole": ("leave the role in the console", "left the role in the console"),
    "GenerateDataKey": ("get a data key", "got a data key"),
    "GetAccountSendingEnabled": (
      "read whether the account may send", "read whether the account may send"
    ),
    "GetAuthorizationToken": ("get an authorization token", "got an authorization token"),
    "GetCallerIdentity": ("ask who they are", "asked who they are"),
    "GetFederationToken": ("get a federation token", "got a federation token"),
    "GetObject": ("read an object", "read an object"),
    "GetRoleCredentials": ("get credentials of the role", "got credentials of the role"),
    "GetSessionToken": ("get a session token", "got a session token"),
    "GetSigninToken": ("get a sign-in token", "got a sign-in token"),
    "HeadBucket": ("look whether the bucket is there", "looked whether the bucket is there"),
    "HeadObject": ("look whether the object is there", "looked whether the object is there"),
    "Invoke": ("invoke the function", "invoked the function"),
    "Logout": ("sign out", "signed out"),
    "PasswordRecoveryCompleted": ("complete a password recovery", "completed a password recovery"),
    "PasswordRecoveryRequested": ("request a password recovery", "requested a password recovery"),
    "PutAccountSendingAttributes": ("set the account's sending attributes", "set the account's sending attributes"),
    "PutItem": ("write an item", "wrote an item"),
    "PutMetricAlarm": ("set a metric alarm", "set a metric alarm"),
    "PutObject": ("write an object", "wrote an object"),
    "PutObjectAcl": ("set the object's ACL", "set the object's ACL"),
    "ReEncrypt": ("encrypt data with another key", "encrypted data with another key"),
    "RenewRole": ("renew the role in the console", "renewed the role in the console"),
    "RestoreDBInstanceToPointInTime": (
      "restore a DB instance to a point in time", "restored a DB instance to a point in time"
    ),
    "RunInstances": ("launch instances", "launched instances"),
    "ScheduleKeyDeletion": ("schedule the deletion of a key", "scheduled the deletion of a key"),
    "SwitchRole": ("switch to another role", "switched to another role"),
    "TransferDomainToAnotherAwsAccount": (
      "transfer the domain to another AWS account", "transferred the domain to another AWS account"
    ),
    "UpdateAccountSendingEnabled": (
      "switch sending by the account on or off", "switched sending by the account on or off"
    ),
    "UpdateAssumeRolePolicy": ("change the role's trust policy", "changed the role's trust policy"),
    "UserAuthentication": ("sign in", "signed in"),
  ]
}
