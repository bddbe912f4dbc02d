import Events

extension ESQLFunctions {
  /// `NETWORK_DIRECTION`: which way traffic goes between addresses, seen from some networks.
  static let direction = FunctionDefinition(
    "NETWORK_DIRECTION", aliases: ["NETDIR"],
    [Parameter("source_ip", [.ip]), Parameter("destination_ip", [.ip]), text("internal_networks")]
  ) { _ in
    (
      .keyword,
      ScalarFunction("NETWORK_DIRECTION", spreadsNull: false, several: .whole) { cells throws(EvaluationFault) in
        var isInside: [Bool] = []
        for cell in cells.prefix(2) {
          if case .many = cell { throw .severalValues }
          guard case .address(let address)? = cell.single, !cells[2].isNull else { return .none }
          var found = false
          for network in cells[2].values {
            guard try NamedNetwork.holds(address, network.string) else { continue }
            found = true
            break
          }
          isInside.append(found)
        }
        let direction =
          switch (isInside[0], isInside[1]) {
          case (true, true): "internal"
          case (true, false): "outbound"
          case (false, true): "inbound"
          case (false, false): "external"
          }
        return .one(.text(direction))
      }
    )
  }
}

/// Networks by the names that Elasticsearch knows, or as blocks.
private enum NamedNetwork {
  static func holds(_ address: IPAddress, _ network: String) throws(EvaluationFault) -> Bool {
    switch network {
    case "loopback": return address.isWithin(["127.0.0.0/8", "::1"])
    case "global_unicast", "unicast":
      return !address.isWithin(["255.255.255.255", "0.0.0.0", "::", "127.0.0.0/8", "::1"] + multicast + linkLocal)
    case "link_local_unicast": return address.isWithin(linkLocal)
    case "interface_local_multicast": return address.isWithin(nodeMulticast)
    case "link_local_multicast": return address.isWithin(linkMulticast)
    case "multicast": return address.isWithin(multicast)
    case "unspecified": return address.isWithin(["0.0.0.0", "::"])
    case "private": return address.isWithin(ofOne)
    case "public":
      return !address.isWithin(
        ofOne + ["127.0.0.0/8", "::1", "0.0.0.0", "::", "255.255.255.255"] + linkLocal + linkMulticast + nodeMulticast)
    default:
      guard let block = ESQLFunctions.block(network) else {
        throw EvaluationFault("'\(network)' is not an IP string literal.")
      }
      return block.contains(address)
    }
  }

  private static let ofOne = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"]
  private static let multicast = ["224.0.0.0/4", "ff00::/8"]
  private static let linkLocal = ["169.254.0.0/16", "fe80::/10"]
  private static let linkMulticast = ["224.0.0.0/24"] + scoped("2")
  private static let nodeMulticast = scoped("1")

  /// Multicast of a scope, which is the last digit of the first group; the one before holds flags.
  private static func scoped(_ scope: String) -> [String] {
    "0123456789abcdef".map { "ff\($0)\(scope)::/16" }
  }
}

extension IPAddress {
  fileprivate func isWithin(_ blocks: [String]) -> Bool {
    blocks.contains { ESQLFunctions.block($0)?.contains(self) ?? false }
  }
}
