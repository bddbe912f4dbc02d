/// A short sequence of calls that an intruder makes, to be planted among the others.
public enum Attack: String, CaseIterable, Sendable {
  /// A user adds an outside account to the trust policy of a role, and the role is taken from there.
  case trustPolicy = "trust-policy"
  /// A user without a second factor signs in to the console from an unknown address.
  case consoleLoginWithoutMFA = "console-login-without-mfa"
  /// A user makes an access key for another user, who is then used from the same address.
  case createAccessKeyForOtherUser = "create-access-key-for-other-user"
  /// A user stops the trail that records the account.
  case cloudTrailStop = "cloudtrail-stop"
  /// A user shares a private machine image with an outside account.
  case shareAMI = "share-ami"
  /// A user shares a disk snapshot with an outside account.
  case shareSnapshot = "share-ebs-snapshot"
  /// A user lists all secrets and reads each of them within minutes.
  case secretsSweep = "secrets-sweep"
  /// A user attaches administrator permissions to themselves.
  case adminPolicyAttach = "admin-policy-attach"
  /// A user makes a new user with administrator permissions and a password.
  case createAdminUser = "create-admin-user"
  /// A user tries to take the account out of its organization.
  case leaveOrganization = "leave-organization"
  /// A user opens SSH to the whole internet.
  case openSSH = "open-ssh-to-internet"
  /// The credentials of an instance's role are used from outside the network.
  case stealInstanceCredentials = "steal-instance-credentials"
  /// A user stops the trail, and then reads a secret and shares a disk snapshot.
  case stopLoggingThenTakeData = "stop-logging-then-take-data"
  /// A user makes an access key for another user, and the key is used from another address.
  case useNewKeyElsewhere = "use-new-key-elsewhere"
  /// Somebody tries two passwords on each of several users at the console, from one address.
  case sprayConsoleLogins = "spray-console-logins"
  /// A user deletes disks and the snapshots of them, one after another.
  case massDeletion = "mass-deletion"
  /// A user tries what their key may do, and is refused some thirty kinds of calls.
  case enumeratePermissions = "enumerate-permissions"
  /// A user looks for machines in every region, most of which the account does not use, and is refused.
  case enumerateRegions = "enumerate-regions"
}
