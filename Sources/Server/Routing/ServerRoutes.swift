import Trust

/// All routes of a server; of two that fit, one is taken that does not begin with a name, and else the one that was added first.
public struct ServerRoutes: Sendable {
  private var routes: [ServerRoute] = []

  public init() {}

  public mutating func add(_ route: ServerRoute) { routes.append(route) }

  /// Adds the routes of an operator: `/health/live`, `/health/ready` and `/metrics`, which tell nothing of events and ask for no key.
  public mutating func addHealth(
    live: @escaping ServerRoute.Handler, ready: @escaping ServerRoute.Handler, metrics: @escaping ServerRoute.Handler
  ) {
    add(ServerRoute(["GET"], "/health/live", role: nil, longestBody: 0, handler: live))
    add(ServerRoute(["GET"], "/health/ready", role: nil, longestBody: 0, handler: ready))
    add(ServerRoute(["GET"], "/metrics", role: nil, longestBody: 0, handler: metrics))
  }

  enum Found {
    case route(ServerRoute, [String: String])
    /// The path is known, with other methods, in the order of the alphabet.
    case otherMethods([String])
    case none
  }

  func find(_ method: String, _ path: [String]) -> Found {
    var others: Set<String> = []
    // What has a path of its own is no index of that name.
    for beginsWithName in [false, true] where others.isEmpty {
      for route in routes where route.beginsWithName == beginsWithName {
        guard let parameters = route.match(path) else { continue }
        if route.methods.contains(method) || method == "HEAD" && route.methods.contains("GET") {
          return .route(route, parameters)
        }
        others.formUnion(route.methods)
      }
    }
    return others.isEmpty ? .none : .otherMethods(others.sorted())
  }
}
