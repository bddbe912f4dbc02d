import JSON
import TestSupport
import Testing

@testable import AWS

@Suite("Services are found in every part of AWS")
struct EndpointTests {
  static let regions = [
    "eu-west-1", "eu-central-2", "ap-southeast-3", "us-west-2", "cn-north-1", "cn-northwest-1", "us-gov-west-1",
    "us-gov-east-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1",
  ]

  @Test(
    "Endpoints are those that botocore takes", .enabled(if: PythonServer.has("botocore"), "Python has no botocore"))
  func known() throws {
    var cases: [(service: String, region: String, fips: Bool, dual: Bool)] = []
    for region in Self.regions {
      for service in ["s3", "sqs", "sts"] {
        for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
          cases.append((service, region, fips, dual))
        }
      }
    }
    let input = cases.map { "[\"\($0.service)\",\"\($0.region)\",\($0.fips),\($0.dual)]" }.joined(separator: "\n")
    let lines = PythonServer.run(["python3", PythonServer.script("endpoints.py")], input: input + "\n").output
      .split(separator: "\n")
    try #require(lines.count == cases.count)
    var compared = 0
    for (place, line) in lines.enumerated() {
      // Where a partition has no such endpoint, botocore says so; ours is asked for in vain there.
      guard let theirs = try JSONValue(parsing: Array(line.utf8)[...]).stringValue else { continue }
      compared += 1
      let (service, region, fips, dual) = cases[place]
      #expect(
        try AWSEndpoint(service: service, region: region, usesFIPS: fips, usesDualStack: dual).origin == theirs,
        "\(cases[place])")
    }
    #expect(compared > 100)
  }

  @Test(
    "What is no region or no endpoint goes into no address",
    arguments: ["", "eu-west-1.evil.example", "x/y", "EU", "-a-", "a@b"])
  func refused(text: String) {
    #expect(throws: AWSSettingsError.self) { try AWSEndpoint(service: "s3", region: text) }
    #expect(throws: AWSSettingsError.self) {
      try AWSEndpoint(service: "s3", region: "eu-west-1", own: "http://a b/\(text)?")
    }
  }

  @Test("The address of a queue tells its region")
  func queues() {
    #expect(SQSQueueURL("https://sqs.eu-west-1.amazonaws.com/1/q").region == "eu-west-1")
    #expect(SQSQueueURL("https://sqs.cn-north-1.amazonaws.com.cn/1/q").region == "cn-north-1")
    #expect(SQSQueueURL("https://sqs-fips.us-east-1.api.aws/1/q").region == "us-east-1")
    #expect(SQSQueueURL("https://eu-west-1.queue.amazonaws.com/1/q").region == "eu-west-1")
    #expect(!SQSQueueURL("http://localhost:9324/1/q").isAmazon)
    #expect(!SQSQueueURL("http://127.0.0.1:5000/1/q").isAmazon)
  }
}
