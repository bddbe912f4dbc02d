/// An invented account with everything in it; nothing of it changes over the span.
///
/// Account numbers, names and keys come from the seed and belong to nobody; addresses are private ones or lie in the
/// networks that are reserved for documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24), and mail addresses
/// in `example.com`.
struct Account {
  let index: Int
  let id: String
  /// `prod`, `staging`, …, with a number from the second round on.
  let alias: String
  /// The regions in use; the first is the home region, which also holds the records of global services.
  let regions: [String]
  /// The regions in use and then those in which the account has nothing.
  let allRegions: [String]
  let users: [User]
  let roles: [Role]
  let deploymentRole: Role
  let administrator: User
  /// The name of each instance's image, key and so on, by list.
  let names: NamePool
  /// The cast of each persona, by the persona's `Cast`.
  let casts: [[Actor]]
  /// The number of actors before each cast.
  let firstActor: [Int]
  let actorCount: Int
}
