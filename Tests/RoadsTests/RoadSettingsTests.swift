import Events
import JSON
import Settings
import Testing

@testable import Roads

@Suite("Roads are set up, and what is wrong is named")
struct RoadSettingsTests {
  @Test("Every type of road with all its keys")
  func read() throws {
    let roads = try RoadSettings.all(
      [
        [
          "type": "sqs", "queue_url": "https://sqs.eu-west-1.amazonaws.com/111122223333/trail", "name": "trail",
          "region": "eu-west-1", "profile": "p", "role_arn": "arn:aws:iam::111122223333:role/reader",
          "external_id": "e",
          "objects": ["role_arn": "arn:aws-cn:iam::111122223333:role/path/other"], "prefixes": ["AWSLogs/"], "skip": [],
          "in_hand": 20, "visibility": "10m", "wait": 10, "poison_after": 3, "memory_mib": 64,
          "longest_object_mib": 100,
        ],
        ["type": "sqs", "queue_url": "http://localhost:9324/queue/q"],
        [
          "type": "s3", "bucket": "trail", "prefixes": "AWSLogs/1/", "from": "2026-01-31", "interval": "5m",
          "workers": 2,
          "endpoint": "http://minio:9000", "path_style": true, "candidates": 10,
        ],
        ["type": "folder", "path": "/var/log/trail", "settle": "10s", "temporary": [".new"]],
      ], scratch: "/tmp/s")
    #expect(roads.map(\.name) == ["trail", "sqs q", "s3 trail", "folder /var/log/trail"])
    guard case .queue(let queue) = roads[0], case .bucket(let bucket) = roads[2], case .folder(let folder) = roads[3]
    else {
      Issue.record("they are of other types")
      return
    }
    #expect(queue.visibility == 600 && queue.mostInHand == 20 && queue.memory == 64 << 20 && queue.keys.skipped.isEmpty)
    #expect(queue.objects?.role == "arn:aws-cn:iam::111122223333:role/path/other" && queue.queue.externalID == "e")
    #expect(bucket.from == Timestamp(iso8601: "2026-01-31T00:00:00Z") && bucket.keys.prefixes == ["AWSLogs/1/"])
    #expect(folder.settle == .seconds(10) && folder.temporary == [".new"])
  }

  static let wrong: [(String, JSONValue)] = [
    ("roads", [:]), ("roads[0]", [1]), ("roads[0].type", [[:]]), ("roads[0].type", [["type": "ftp"]]),
    ("roads[0].queue_url", [["type": "sqs"]]), ("roads[0].queue_url", [["type": "sqs", "queue_url": "q"]]),
    ("roads[0].visibility", [["type": "sqs", "queue_url": "https://x/1/q", "visibility": "5s"]]),
    ("roads[0].role_arn", [["type": "sqs", "queue_url": "https://x/1/q", "role_arn": "reader"]]),
    ("roads[0].objects.region", [["type": "sqs", "queue_url": "https://x/1/q", "objects": ["region": "x/y"]]]),
    ("roads[0].objects.x", [["type": "sqs", "queue_url": "https://x/1/q", "objects": ["x": 1]]]),
    ("roads[0].endpoint", [["type": "s3", "bucket": "trail", "endpoint": "minio"]]),
    ("roads[0].bucket", [["type": "s3", "bucket": "../x"]]),
    ("roads[0].from", [["type": "s3", "bucket": "trail", "from": "soon"]]),
    ("roads[0].secret_key", [["type": "s3", "bucket": "trail", "secret_key": "x"]]),
    ("roads[0].path", [["type": "folder", "path": "x"]]),
    ("roads[1].name", [["type": "folder", "path": "/x"], ["type": "folder", "path": "/x"]]),
  ]

  @Test("An error names the key", arguments: wrong.indices)
  func named(place: Int) {
    let (key, json) = Self.wrong[place]
    #expect {
      _ = try RoadSettings.all(json, scratch: "/tmp")
    } throws: {
      ($0 as? SettingsFault)?.key == key
    }
  }
}
