import AWS
import Events
import Foundation
import Intake
import TestSupport
import Testing

@testable import Roads

@Suite(
  "Events come from a bucket without a queue", .enabled(if: hasMoto, "Python has no moto[server] and boto3"),
  .serialized)
struct BucketRoadTests {
  @Test("Every object is read once, also when the process starts anew; one that is replaced is read again")
  func once() async throws {
    let cloud = try await Cloud()
    // Names tell nothing of the order.
    for number in 0..<20 { try await cloud.put("p/\(number * 7 % 20)", ["event \(number)"]) }
    try await cloud.put("p/CloudTrail-Digest/1", ["digest"])
    try await cloud.put("p/AWSLogs/1/CloudTrail-Digest/1", ["digest"])
    try await cloud.put("q/1", ["elsewhere"])
    let sink = LineSink()
    let notes = Notes()
    var settings = cloud.bucketSettings
    settings.keys.prefixes = ["p/"]
    settings.keys.skipped = ["CloudTrail-Digest/"]
    let surroundings = cloud.access.surroundings
    #expect(
      try await run(BucketRoad(settings, surroundings), sink, notes) {
        notes["looks_total"] >= 2 && sink.lines.count == 20
      })
    #expect(sink.lines == Set((0..<20).map { "event \($0)" }))
    let read = sink.names.count
    #expect(read == 20)
    // A late one, whose name comes first, and one that is another now.
    try await cloud.put("p/!", ["late"])
    try await cloud.put("p/3", ["replaced"])
    let again = Notes()
    #expect(
      try await run(BucketRoad(settings, surroundings), sink, again) {
        again["looks_total"] >= 2 && sink.lines.count == 22
      })
    #expect(sink.lines.isSuperset(of: ["late", "replaced"]))
    #expect(sink.names.count == read + 2)
  }

  @Test(
    "The newest are read first, however many there are and whatever they are called; older ones than asked for are not")
  func newest() async throws {
    let cloud = try await Cloud()
    // Times of objects are whole seconds.
    for name in ["z", "m", "a"] {
      try await cloud.put(name, [name])
      try await Task.sleep(for: .milliseconds(1100))
    }
    let objects = try await cloud.s3.list("trail", prefix: "").objects
    let middle = try #require(objects.first { $0.key == "m" }).modified
    for most in [100, 1] {
      let sink = LineSink()
      let notes = Notes()
      var settings = cloud.bucketSettings
      settings.workers = 1
      settings.mostCandidates = most
      #expect(
        try await run(BucketRoad(settings, cloud.access.surroundings), sink, notes) { sink.lines.count == 3 })
      #expect(sink.names == ["s3://trail/a", "s3://trail/m", "s3://trail/z"])
      let late = LineSink()
      settings.from = middle
      settings.mostCandidates = 100
      let looks = Notes()
      #expect(
        try await run(BucketRoad(settings, cloud.access.surroundings), late, looks) { looks["looks_total"] >= 2 })
      #expect(late.lines == ["a", "m"])
    }
  }

  @Test("Whatever the service does wrong, every object is read in the end", arguments: [3])
  func faults(seed: Int) async throws {
    let cloud = try await Cloud(["--seed", String(seed), "--hang", "0.3"])
    for number in 0..<30 { try await cloud.put("k\(number)", ["event \(number)"]) }
    try await cloud.misbehave(0.35)
    let sink = LineSink()
    let notes = Notes()
    let road = BucketRoad(cloud.bucketSettings, cloud.access.surroundings)
    #expect(try await run(road, sink, notes) { sink.lines.count == 30 })
  }
}
