import Events
import Foundation
import JSON
import TestSupport
import Testing
import Transfers

@testable import AWS

@Suite("Requests are signed as AWS asks for")
struct RequestSignerTests {
  struct Vector: Sendable {
    var name: String
    var service = "service"
    var time = Timestamp(iso8601: "2015-08-30T12:36:00Z")!
    var request: AWSRequest
    var fields: String
    var signature: String
  }

  /// From AWS's test suite of Signature Version 4 and from the examples in the documentation of S3.
  static let vectors: [Vector] = {
    let day = Timestamp(iso8601: "2013-05-24T00:00:00Z")!
    let suite = "https://example.amazonaws.com"
    let s3 = "https://examplebucket.s3.amazonaws.com"
    return [
      Vector(
        name: "get-vanilla", request: AWSRequest("GET", suite), fields: "host;x-amz-date",
        signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
      Vector(
        name: "get-vanilla-query-order-key-case",
        request: AWSRequest("GET", suite, query: [.init("Param2", "value2"), .init("Param1", "value1")]),
        fields: "host;x-amz-date", signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
      Vector(
        name: "post-vanilla", request: AWSRequest("POST", suite), fields: "host;x-amz-date",
        signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
      Vector(
        name: "S3: GET Object", service: "s3", time: day,
        request: AWSRequest("GET", s3, path: "/test.txt", headers: ["Range": "bytes=0-9"]),
        fields: "host;range;x-amz-content-sha256;x-amz-date",
        signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
      Vector(
        name: "S3: PUT Object", service: "s3", time: day,
        request: AWSRequest(
          "PUT", s3, path: "/test$file.text",
          headers: ["Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"],
          body: Array("Welcome to Amazon S3.".utf8)),
        fields: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
      Vector(
        name: "S3: GET Bucket Lifecycle", service: "s3", time: day,
        request: AWSRequest("GET", s3, query: [.init("lifecycle", "")]),
        fields: "host;x-amz-content-sha256;x-amz-date",
        signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
      Vector(
        name: "S3: List Objects", service: "s3", time: day,
        request: AWSRequest("GET", s3, query: [.init("max-keys", "2"), .init("prefix", "J")]),
        fields: "host;x-amz-content-sha256;x-amz-date",
        signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]
  }()

  @Test("AWS's own examples come out as it says", arguments: vectors)
  func published(vector: Vector) {
    let isS3 = vector.service == "s3"
    let credentials = AWSCredentials(
      accessKeyID: isS3 ? "AKIAIOSFODNN7EXAMPLE" : "AKIDEXAMPLE",
      secretAccessKey: isS3 ? "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" : "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    let signed = RequestSigner(service: vector.service, region: "us-east-1").sign(
      vector.request, credentials, at: vector.time)
    let scope = "\(vector.time.iso8601.prefix(10).filter { $0 != "-" })/us-east-1/\(vector.service)/aws4_request"
    #expect(
      signed.headers["Authorization"]
        == "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(vector.fields), "
        + "Signature=\(vector.signature)")
  }

  /// Requests as nobody makes them, so that what is written in one way here and in another there shows.
  private static func request(_ random: inout SeededRandom, _ service: String) -> AWSRequest {
    func text(_ longest: Int, _ letters: [String]) -> String {
      (0..<Int.random(in: 0...longest, using: &random)).map { _ in letters.randomElement(using: &random)! }.joined()
    }
    let odd = [
      "a", "B", "7", "-", "_", ".", "~", " ", "+", "%", "=", "&", "?", "#", "ä", "日", "*", "'", "(", "!", "$", ",", ":",
      "@",
    ]
    let plain = ["a", "b", " ", "  ", "1", "/", ";"]
    var request = AWSRequest(
      ["GET", "PUT", "POST", "DELETE"].randomElement(using: &random)!,
      ["https://h.example.com", "http://127.0.0.1:4566", "https://h.example.com:8443"].randomElement(using: &random)!)
    request.path = "/" + text(12, odd + ["/", "/", "//", "/./", "/../"])
    request.query = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      .init("k" + text(4, odd), text(6, odd + ["/"]))
    }
    for place in 0..<Int.random(in: 0...3, using: &random) {
      request.headers.add("X-Amz-Meta-\(place)", "v" + text(6, plain) + "w")
    }
    if Bool.random(using: &random) { request.headers.add("Content-Type", "application/x-amz-json-1.0") }
    if request.method != "GET" { request.body = Array(text(20, odd).utf8) }
    return request
  }

  @Test(
    "Requests at random are signed as botocore signs them",
    .enabled(if: PythonServer.has("botocore"), "Python has no botocore"), arguments: [1, 2, 3])
  func random(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var cases: [String] = []
    var ours: [String] = []
    for number in 0..<300 {
      let service = ["s3", "sqs", "sts"][number % 3]
      let token: String? = Bool.random(using: &random) ? "token/+=" : nil
      let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "se/cr+et", sessionToken: token)
      let time = Timestamp(milliseconds: Int64.random(in: 1_500_000_000_000..<1_900_000_000_000, using: &random))
      let request = Self.request(&random, service)
      let signed = RequestSigner(service: service, region: "eu-west-1").sign(request, credentials, at: time)
      var members: [String: JSONValue] = [
        "method": .string(request.method), "url": .string(request.url),
        "headers": .array(request.headers.fields.map { [.string($0.name), .string($0.value)] }),
        "body": .string(String(decoding: request.body, as: UTF8.self)), "date": .string(RequestSigner.date(time)),
        "id": "AKIDEXAMPLE", "secret": "se/cr+et", "service": .string(service), "region": "eu-west-1",
      ]
      if let token { members["token"] = .string(token) }
      cases.append(JSONValue.object(members).text)
      ours.append(signed.headers["Authorization"] ?? "")
    }
    let theirs = PythonServer.run(
      ["python3", PythonServer.script("sign.py")], input: cases.joined(separator: "\n") + "\n")
    let lines = theirs.output.split(separator: "\n")
    try #require(lines.count == cases.count)
    for (place, line) in lines.enumerated() {
      let theirs = try JSONValue(parsing: line.utf8.map { $0 }[...])[1]?.stringValue
      #expect(ours[place] == theirs, "\(cases[place])")
    }
  }

  @Test("Credentials show nothing that is secret, however they are printed")
  func printed() {
    let credentials = AWSCredentials(
      accessKeyID: "AKIA1234567890ABCDEF", secretAccessKey: "SECRET", sessionToken: "TOKEN")
    var dumped = ""
    dump(credentials, to: &dumped)
    for text in [
      "\(credentials)", String(reflecting: credentials), dumped, "\([credentials])", "\(Optional(credentials) as Any)",
    ] {
      #expect(!text.contains("SECRET") && !text.contains("TOKEN"))
    }
  }
}
