import Events
import Foundation
import JSON
import Outside
import Settings
import TestSupport
import Testing

@Suite("What reaches beyond the machine is set up from settings")
struct OutsideConnectionsTests {
  @Test(
    "Other parts of the settings are left alone, what is wrong in these is named, and nothing is there where nothing is said"
  )
  func read() throws {
    let none = try OutsideConnections(file: nil, data: "/nonexistent", variables: [:])
    #expect(none.roadSettings.isEmpty && none.notifications.channels.isEmpty)
    #expect(try none.roads(variables: [:], now: { Timestamp(milliseconds: 0) }).isEmpty)
    let scratch = try Scratch()
    let file = try scratch.write("listen: x\nroads: [{type: folder, path: /x}]\n", "martlet.yaml")
    #expect(
      try OutsideConnections(file: file, data: scratch.path, variables: [:]).roadSettings.map(\.name) == ["folder /x"])
    for (key, text) in [
      ("roads[0].type", "roads: [{type: x}]"), ("outgoing.proxy", "outgoing: {proxy: x}"),
      ("notifications.x", "notifications: {x: 1}"),
    ] {
      let wrong = try scratch.write(text, "wrong.yaml")
      #expect { _ = try OutsideConnections(file: wrong, data: scratch.path, variables: [:]) } throws: {
        ($0 as? SettingsFault)?.key == key
      }
    }
  }

  @Test("What a killed process left of long objects is deleted at the start, and nothing else")
  func leftovers() throws {
    let scratch = try Scratch()
    try scratch.write("left", "scratch/\(UUID().uuidString)")
    try scratch.write("other", "scratch/notes.txt")
    let outside = try OutsideConnections(
      ["roads": [["type": "s3", "bucket": "trail", "region": "eu-west-1"]]], data: scratch.path, variables: [:])
    #expect(try outside.roads(variables: [:], now: { Timestamp(milliseconds: 0) }).map(\.name) == ["s3 trail"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/scratch") == ["notes.txt"])
    let linked = try Scratch()
    symlink(scratch.path + "/scratch", linked.path + "/scratch")
    let other = try OutsideConnections(
      ["roads": [["type": "s3", "bucket": "trail"]]], data: linked.path, variables: [:])
    #expect(throws: SettingsFault.self) { try other.roads(variables: [:], now: { Timestamp(milliseconds: 0) }) }
  }
}
