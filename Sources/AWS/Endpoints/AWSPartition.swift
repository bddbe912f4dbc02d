/// A part of AWS with domains of its own: the public one, China, GovCloud and others.
struct AWSPartition: Sendable {
  let domain: String
  /// Where services can be reached over IPv6 too.
  let dualStackDomain: String?

  /// The partition of a region, by the region's name.
  static func of(_ region: String) -> AWSPartition {
    table.first { region.hasPrefix($0.prefix) }?.partition
      ?? AWSPartition(domain: "amazonaws.com", dualStackDomain: "api.aws")
  }

  private static let table: [(prefix: String, partition: AWSPartition)] = [
    ("cn-", AWSPartition(domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn")),
    ("us-gov-", AWSPartition(domain: "amazonaws.com", dualStackDomain: "api.aws")),
    ("us-iso-", AWSPartition(domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov")),
    ("us-isob-", AWSPartition(domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud")),
    ("eu-isoe-", AWSPartition(domain: "cloud.adc-e.uk", dualStackDomain: "api.cloud-aws.adc-e.uk")),
    ("us-isof-", AWSPartition(domain: "csp.hci.ic.gov", dualStackDomain: "api.aws.hci.ic.gov")),
    ("eusc-", AWSPartition(domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu")),
  ]
}
