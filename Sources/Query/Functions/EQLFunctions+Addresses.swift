import Events

extension EQLFunctions {
  static let addresses: [FunctionDefinition] = [
    FunctionDefinition(
      "cidrMatch",
      [
        Parameter("source", [.ip]), Parameter("block", .strings, isConstant: true),
      ], repeatsLast: true
    ) { call throws(TypeFault) in
      guard call.arguments.count > 1 else {
        throw TypeFault("error building [cidrMatch]: it takes at least 2 arguments, and here is 1", at: call.range)
      }
      var blocks: [ClosedRange<IPAddress>] = []
      for argument in call.arguments.dropFirst() {
        // A null among the blocks is none.
        guard let text = argument.constant?.single?.textValue else { continue }
        // An address by itself is a block of one, as in Elasticsearch.
        guard let block = IPAddress.range(cidr: text) ?? IPAddress(text).map({ $0...$0 }) else {
          throw TypeFault(
            "[\(text.prefix(60))] is no network", at: argument.range,
            expected: "a CIDR block such as \"10.0.0.0/8\", or an address")
        }
        blocks.append(block)
      }
      return (
        .boolean,
        ScalarFunction("cidrMatch", spreadsNull: false) { [blocks] cells in
          let address: IPAddress?
          switch cells[0].single {
          case .address(let value)?: address = value
          case .text(let text)?: address = IPAddress(text)
          default: return .none
          }
          return .boolean(address.map { address in blocks.contains { $0.contains(address) } } ?? false)
        }
      )
    }
  ]
}
