import JSON
import TestSupport
import Testing

@testable import Roads

@Suite("Messages of queues are understood in every form")
struct QueueMessageTests {
  static let plain =
    #"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"trail"},"object":{"key":"AWSLogs/1/a+b%3D%C3%A4.json.gz","size":900,"versionId":"v1"}}}]}"#
  static let object = ObjectReference(bucket: "trail", key: "AWSLogs/1/a b=ä.json.gz", version: "v1", size: 900)

  private func wrapped(_ text: String) -> String {
    JSONValue.object([
      "Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": .string(text), "Subject": "x",
    ]).text
  }

  @Test("Plain, behind a topic, and behind two")
  func plain() {
    #expect(QueueMessage(Self.plain) == .objects([Self.object]))
    #expect(QueueMessage(wrapped(Self.plain)) == .objects([Self.object]))
    #expect(QueueMessage(wrapped(wrapped(Self.plain))) == .objects([Self.object]))
    let deep = (0..<10).reduce(Self.plain) { text, _ in wrapped(text) }
    #expect(QueueMessage(deep) == .stranger("it is wrapped too often"))
  }

  @Test("EventBridge and CloudTrail write keys as they are")
  func unencoded() {
    let bridge =
      #"{"version":"0","detail-type":"Object Created","source":"aws.s3","detail":{"bucket":{"name":"trail"},"object":{"key":"a+b%3D.gz","size":3}}}"#
    #expect(QueueMessage(bridge) == .objects([ObjectReference(bucket: "trail", key: "a+b%3D.gz", size: 3)]))
    #expect(QueueMessage(bridge.replacing("Object Created", with: "Object Deleted")) == .objects([]))
    let trail = #"{"s3Bucket":"trail","s3ObjectKey":["a+b.gz","c.gz"]}"#
    #expect(
      QueueMessage(wrapped(trail))
        == .objects([ObjectReference(bucket: "trail", key: "a+b.gz"), ObjectReference(bucket: "trail", key: "c.gz")]))
  }

  @Test("A test message is one, and other events of S3 name no object to read")
  func others() {
    #expect(QueueMessage(#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail"}"#) == .test)
    #expect(QueueMessage(wrapped(#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail"}"#)) == .test)
    #expect(QueueMessage(Self.plain.replacing("ObjectCreated:Put", with: "ObjectRemoved:Delete")) == .objects([]))
  }

  @Test(
    "A stranger is told as one",
    arguments: [
      "", "hello", "[]", "{}", #"{"Records":{}}"#, #"{"Records":[{"eventSource":"aws:sqs","eventName":"x"}]}"#,
      #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{},"object":{"key":"a"}}}]}"#,
      #"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"%zz"}}}]}"#,
      #"{"source":"aws.s3","detail-type":"Object Created"}"#, #"{"s3Bucket":"b","s3ObjectKey":[1]}"#, "[[[[",
      "{\"Records\":[1]}",
    ])
  func strangers(body: String) {
    guard case .stranger = QueueMessage(body) else {
      Issue.record("\(body) was taken for something")
      return
    }
  }

  @Test("Any change of a message is read or refused, and none brings the process down", arguments: [1, 2])
  func changed(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let bytes = Array(wrapped(Self.plain).utf8)
    for _ in 0..<2000 {
      var other = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<other.count, using: &random)
        if Bool.random(using: &random) {
          other.remove(at: place)
        } else {
          other[place] = UInt8.random(in: 0x20..<0x7F, using: &random)
        }
      }
      _ = QueueMessage(String(decoding: other, as: UTF8.self))
    }
  }

  @Test("Digests and folders are not read, and only what begins as it should is")
  func keys() {
    var keys = KeySelection()
    #expect(keys.takes("AWSLogs/1/CloudTrail/eu-west-1/2026/01/31/x.json.gz"))
    #expect(!keys.takes("AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/01/31/x.json.gz"))
    #expect(!keys.takes("AWSLogs/"))
    keys.prefixes = ["AWSLogs/1/", "other/"]
    #expect(keys.takes("other/x") && !keys.takes("AWSLogs/2/x"))
  }
}
