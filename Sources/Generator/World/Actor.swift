/// Someone or something that makes calls, with what stays the same over the days.
struct Actor {
  enum Kind {
    /// A service on its own behalf.
    case service(String)
    /// A program under a role: `session` is the instance, the task or the function; `invokedBy` a service in between.
    case program(Role, session: String, invokedBy: String?)
    /// A person or a pipeline that took a role; the last is the identity provider.
    case person(Role, session: String, provider: String?)
    case user(User, isConsole: Bool)
    case root
    case federated(String)
    case otherAccount(id: String, principal: String)
  }

  var kind: Kind
  var address: String
  /// The public address under which calls leave the network of one whose own address is private; nil for all others.
  var egress: String?
  var agent: String
  /// Where in each list of names the actor's own things begin, and how many of them are its own.
  var offset: Int
  var spread: Int
  var tls: String
}
