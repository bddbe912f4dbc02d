import Events

/// What the databases say of the addresses met lately: few addresses make up nearly all events. One worker's own.
final class GeoCache {
  /// Beyond this many different addresses the cache starts anew, so that hostile input cannot make it grow.
  private static let limit = 16_384

  private let databases: [GeoDatabase]
  private var known: [IPAddress: [GeoValue]] = [:]

  init(_ databases: [GeoDatabase]) { self.databases = databases }

  var isEmpty: Bool { databases.isEmpty }

  /// The fields of an address. Its place comes from the first database that has one, as a whole; so does its network.
  func values(of address: IPAddress) -> [GeoValue] {
    if let values = known[address] { return values }
    if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
    let place = databases.lazy.map { $0.place(of: address) }.first { !$0.isEmpty } ?? []
    let network = databases.lazy.map { $0.network(of: address) }.first { !$0.isEmpty } ?? []
    known[address] = place + network
    return place + network
  }
}
