import Events
import Foundation
import JSON
import TestSupport
import Testing
import Transfers

@testable import AWS

/// Whether moto's server is there.
let hasMoto = PythonServer.has("moto.server", "boto3")

@Suite("S3 and SQS answer as they are asked", .enabled(if: hasMoto, "Python has no moto[server] and boto3"))
struct ServiceTests {
  static func access(_ server: PythonServer, _ change: (inout AWSSettings) -> Void = { _ in }) -> AWSAccess {
    var transfers = TransferSettings()
    transfers.proxy = .none
    transfers.leastTimeout = .seconds(3600)
    var settings = AWSSettings()
    settings.region = "eu-west-1"
    settings.endpoint = server.url
    change(&settings)
    return AWSAccess(
      settings,
      AWSSurroundings(
        client: HTTPClient(transfers),
        variables: ["AWS_ACCESS_KEY_ID": "AKIAINVENTED", "AWS_SECRET_ACCESS_KEY": "invented", "HOME": "/nonexistent"],
        now: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) },
        sleep: { try await Task.sleep(for: min($0, .milliseconds(50))) }))
  }

  @Test("Keys of any characters are listed page by page and got back byte for byte")
  func objects() async throws {
    let server = try PythonServer("aws_server.py", ["--bucket", "trail"])
    let s3 = try await Self.access(server).s3()
    let scratch = try Scratch()
    let keys = ["p/a b.json", "p/a+b=ä.json", "p/%41", "p/日本", "p/&<>\"'.gz", "p/x//y", "q/other"]
    for key in keys { try await s3.put("trail", key, Array("of \(key)".utf8)) }
    var found: [S3Client.Object] = []
    var token: String?
    var pages = 0
    repeat {
      let page = try await s3.list("trail", prefix: "p/", from: token, most: 2)
      found += page.objects
      token = page.next
      pages += 1
    } while token != nil
    #expect(pages == 3)
    #expect(
      found.map(\.key) == keys.filter { $0.hasPrefix("p/") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    for object in found {
      let got = try await s3.get("trail", object.key, S3Client.Bounds(folder: scratch.path))
      guard case .bytes(let bytes) = got.content else {
        Issue.record("a short object is held in memory")
        continue
      }
      #expect(bytes == Array("of \(object.key)".utf8))
      #expect(got.etag == object.etag && got.size == object.size && !got.etag.contains("\""))
      #expect(abs(got.modified.milliseconds - object.modified.milliseconds) < 2000)
    }
    let later = try await s3.list("trail", prefix: "p/", after: "p/x").objects.map(\.key)
    #expect(later == ["p/x//y", "p/日本"])
    await #expect { _ = try await s3.get("trail", "none", S3Client.Bounds(folder: scratch.path)) } throws: {
      ($0 as? AWSError)?.code == "NoSuchKey"
    }
    await #expect { _ = try await s3.list("nobody", prefix: "") } throws: { ($0 as? AWSError)?.code == "NoSuchBucket" }
    await #expect(throws: AWSSettingsError.self) { try await s3.list("../x", prefix: "") }
  }

  @Test("A long object becomes a file, part by part; one that is too long is refused, and nothing of it stays")
  func long() async throws {
    let server = try PythonServer("aws_server.py", ["--bucket", "trail"])
    let s3 = try await Self.access(server).s3()
    let scratch = try Scratch()
    var random = SeededRandom(seed: 7)
    let bytes = (0..<(40 << 20) / 8).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
    try await s3.put("trail", "long", bytes)
    var bounds = S3Client.Bounds(folder: scratch.path)
    bounds.memory = 1 << 20
    let got = try await s3.get("trail", "long", bounds)
    guard case .file(let path) = got.content else {
      Issue.record("it is in memory")
      return
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
    #expect(got.size == Int64(bytes.count))
    try FileManager.default.removeItem(atPath: path)
    bounds.object = 1 << 20
    await #expect(throws: S3Client.TooLong.self) { try await s3.get("trail", "long", bounds) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test("Messages come, are kept from others, come again, and are deleted")
  func messages() async throws {
    let server = try PythonServer("aws_server.py", ["--queue", "events"])
    let sqs = try await Self.access(server).sqs("\(server.url)/123456789012/events")
    #expect(try await sqs.receive(wait: 0, visibility: 30).isEmpty)
    try await sqs.send("{\"a\": \"ä\\n\"}")
    // So long that none comes back by itself, however busy the machine.
    let first = try #require(try await sqs.receive(wait: 20, visibility: 36_000).first)
    #expect(first.body == "{\"a\": \"ä\\n\"}" && first.receives == 1)
    #expect(try await sqs.receive(wait: 0, visibility: 30).isEmpty)
    try await sqs.setVisibility(first, seconds: 0)
    let second = try #require(try await sqs.receive(wait: 20, visibility: 36_000).first)
    #expect(second.id == first.id && second.receives == 2)
    try await sqs.delete(second)
    #expect(try await sqs.attributes()["ApproximateNumberOfMessages"] == "0")
    let none = try await Self.access(server).sqs("\(server.url)/123456789012/none")
    await #expect { _ = try await none.receive(wait: 0, visibility: 1) } throws: {
      ($0 as? AWSError)?.code.hasSuffix("QueueDoesNotExist") == true
        || ($0 as? AWSError)?.code.hasSuffix("NonExistentQueue") == true
    }
  }

  @Test(
    "A server that throttles, fails, hangs and cuts is asked again, and every byte comes in the end", arguments: [1, 2])
  func faults(seed: Int) async throws {
    let server = try PythonServer(
      "aws_server.py", ["--bucket", "trail", "--faults", "0.4", "--seed", String(seed), "--hang", "0.2"])
    let access = Self.access(server)
    let s3 = try await access.s3()
    let scratch = try Scratch()
    // Forty in a hundred fail, five in a row about one in a hundred.
    func persist<Value>(_ work: () async throws -> Value) async throws -> Value {
      while true {
        do { return try await work() } catch let error as AWSError where error.isTransient {
        } catch let error as TransferError where error.isTransient {}
      }
    }
    for number in 0..<30 {
      try await persist {
        try await s3.put("trail", "k\(number)", Array(repeating: UInt8(number), count: 1000 + number))
      }
    }
    for number in 0..<30 {
      let got = try await persist { try await s3.get("trail", "k\(number)", S3Client.Bounds(folder: scratch.path)) }
      guard case .bytes(let bytes) = got.content else { continue }
      #expect(bytes == Array(repeating: UInt8(number), count: 1000 + number))
    }
    #expect(try await persist { try await s3.list("trail", prefix: "k") }.objects.count == 30)
    // Each kind of trouble comes in the end, whatever the seed.
    #expect(
      try await eventually {
        _ = try await persist { try await s3.list("trail", prefix: "k") }
        let control = try await access.surroundings.client.send(HTTPRequest("GET", server.url + "/_control"))
        let told = try JSONValue(parsing: control.body[...])
        return ["throttled", "failed", "hung", "cut"].allSatisfy { told[$0]?.integerValue ?? 0 > 0 }
      })
  }

  @Test("Roles of other accounts are assumed at moto's STS")
  func accounts() async throws {
    let server = try PythonServer("aws_server.py", ["--bucket", "trail"])
    var access = Self.access(server) { $0.role = "arn:aws:iam::999900001111:role/reader" }
    var variables = access.surroundings.variables
    variables["AWS_ENDPOINT_URL_STS"] = server.url
    access = AWSAccess(
      access.settings,
      AWSSurroundings(client: access.surroundings.client, variables: variables, now: access.surroundings.now))
    let credentials = try await access.credentials("eu-west-1").credentials()
    #expect(credentials.sessionToken != nil && credentials.expiration != nil)
    #expect(try await access.s3().list("trail", prefix: "").objects.isEmpty)
  }
}
