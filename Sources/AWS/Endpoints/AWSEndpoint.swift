/// Where a service is reached: scheme, host and port.
public struct AWSEndpoint: Sendable, Equatable {
  public var origin: String
  /// True where it was set by hand, so that a bucket's name goes into the path.
  public var isOwn: Bool

  /// The endpoint of a service in a region.
  ///
  /// - Parameters:
  ///   - service: `s3`, `sqs` or `sts`.
  ///   - own: an endpoint that was set: `http` or `https`, host and port.
  /// Throws `AWSSettingsError` for a region or an endpoint that is none.
  public init(
    service: String, region: String, own: String? = nil, usesFIPS: Bool = false, usesDualStack: Bool = false
  ) throws {
    if let own {
      origin = try Self.origin(own)
      isOwn = true
      return
    }
    guard Self.isRegion(region) else {
      throw AWSSettingsError("\(region.debugDescription) is no region, such as eu-west-1")
    }
    isOwn = false
    let partition = AWSPartition.of(region)
    // GovCloud's own endpoints of these two are those of FIPS.
    let fips = usesFIPS && !(region.hasPrefix("us-gov-") && service != "s3" && !usesDualStack) ? "-fips" : ""
    if service == "s3" {
      origin = "https://s3\(fips)\(usesDualStack ? ".dualstack" : "").\(region).\(partition.domain)"
    } else if usesDualStack {
      guard let domain = partition.dualStackDomain else {
        throw AWSSettingsError("there is no dual stack endpoint of \(service) in \(region)")
      }
      origin = "https://\(service)\(fips).\(region).\(domain)"
    } else {
      origin = "https://\(service)\(fips).\(region).\(partition.domain)"
    }
  }

  static func isRegion(_ text: String) -> Bool {
    (3...63).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
      } && !text.hasPrefix("-") && !text.hasSuffix("-")
  }

  private static func origin(_ url: String) throws -> String {
    var url = url
    while url.hasSuffix("/") { url.removeLast() }
    guard url.wholeMatch(of: /https?:\/\/([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/) != nil else {
      throw AWSSettingsError(
        "an endpoint is http:// or https:// with a host and perhaps a port, and nothing behind them")
    }
    return url
  }
}

/// Settings, files or variables from which no request can be made.
public struct AWSSettingsError: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
