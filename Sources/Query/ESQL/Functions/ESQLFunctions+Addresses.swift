import Events

extension ESQLFunctions {
  static let addresses: [FunctionDefinition] = [
    FunctionDefinition("CIDR_MATCH", [Parameter("ip", [.ip]), text("blockX")], repeatsLast: true) { call in
      var fixed: [String: ClosedRange<IPAddress>?] = [:]
      for argument in call.arguments.dropFirst() {
        for value in argument.constant?.values ?? [] { fixed[value.string] = block(value.string) }
      }
      return (
        .boolean,
        ScalarFunction("CIDR_MATCH", spreadsNull: false, several: .whole) { [fixed] cells throws(EvaluationFault) in
          if case .many = cells[0] { throw .severalValues }
          guard case .address(let address)? = cells[0].single else { return .none }
          for cell in cells.dropFirst() {
            for value in cell.values {
              guard let range = fixed[value.string] ?? block(value.string) else {
                throw EvaluationFault("'\(value.string)' is not an IP string literal.")
              }
              if range.contains(address) { return .boolean(true) }
            }
          }
          return .boolean(false)
        }
      )
    },
    direction,
    simple("IP_PREFIX", [Parameter("ip", [.ip]), whole("prefixLengthV4"), whole("prefixLengthV6")], .ip) {
      (values) throws(EvaluationFault) in
      guard case .address(let address) = values[0] else { return .none }
      let isV4 = address.high == 0 && address.low >> 32 == 0xFFFF
      let (four, six) = (values[1].integer, values[2].integer)
      guard 0...32 ~= four else {
        throw EvaluationFault("Prefix length v4 must be in range [0, 32], found \(four)")
      }
      guard 0...128 ~= six else {
        throw EvaluationFault("Prefix length v6 must be in range [0, 128], found \(six)")
      }
      let length = isV4 ? 96 + four : six
      let high: UInt64 = length >= 64 ? .max : length == 0 ? 0 : .max << UInt64(64 - length)
      let low: UInt64 = length <= 64 ? 0 : .max << UInt64(128 - length)
      return .one(.address(IPAddress(high: address.high & high, low: address.low & low)))
    },
  ]

  /// The addresses of a block, or of an address by itself.
  static func block(_ text: String) -> ClosedRange<IPAddress>? {
    IPAddress.range(cidr: text) ?? IPAddress(text).map { $0...$0 }
  }
}
