import Foundation
import TestSupport
import Testing

@testable import CloudTrail

@Suite("User agents")
struct UserAgentTests {
  @Test("Every agent of the golden file parses as recorded")
  func golden() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/user-agents.tsv")
    let text = try String(contentsOf: file, encoding: .utf8)
    var checked = 0
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      try #require(columns.count == 7, "\(line)")
      let agent = UserAgent.parse(columns[0])
      let found = [
        agent.name, agent.version ?? "", agent.deviceName, agent.osName ?? "", agent.osVersion ?? "",
        agent.osFull ?? "",
      ]
      #expect(found == Array(columns[1...]), "\(columns[0])")
      checked += 1
    }
    #expect(checked > 150)
  }

  @Test("An agent of the command line gives its name, version and kernel")
  func commandLine() {
    let agent = UserAgent.parse("[aws-cli/2.2.23 Python/3.8.8 Linux/4.14.238-182.422.amzn2.x86_64 exe/x86_64.amzn.2]")
    #expect(agent.name == "aws-cli")
    #expect(agent.version == "2.2.23")
    #expect(agent.deviceName == "Other")
    #expect(agent.osName == "Linux")
    #expect(agent.osVersion == "4.14.238")
    #expect(agent.osFull == "Linux 4.14.238")
  }

  @Test("An empty or unknown agent is Other, without version and system")
  func unknown() {
    for text in ["", "-", "AWS Internal", "cloudtrail.amazonaws.com"] {
      #expect(UserAgent.parse(text) == .other)
    }
    #expect(UserAgent.other.name == "Other")
    #expect(UserAgent.other.deviceName == "Other")
    #expect(UserAgent.other.osFull == nil)
  }

  @Test("What stands beyond the bound changes nothing")
  func bound() {
    let filler = String(repeating: "x", count: UserAgent.longestText - 1) + " "
    #expect(UserAgent.parse(filler + "aws-cli/2.2.23 Linux/4.14.238") == .other)
    #expect(UserAgent.parse("aws-cli/2.2.23 " + filler + "Linux/4.14.238").name == "aws-cli")
    #expect(UserAgent.parse("aws-cli/2.2.23 " + filler + "Linux/4.14.238").osName == nil)
  }

  @Test("A token cut at its end, anywhere, is read without harm")
  func prefixes() {
    let agents = [
      "Mozilla/5.0 (Linux; U; Android 4.4.2; en-us; GT-I9505 Build/KOT49H) AppleWebKit/534.30 Mobile Safari/534.30",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) FxiOS/120.1.5 Mobile/15E148 Safari/605.1.15",
      "com.example.App-iPad/1.2 CFNetwork/1410.0.3 Darwin/22.6.0 (MacBookPro15,1)",
      "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18 os/macos#1.2.3 HarmonyOS 2",
    ]
    for agent in agents {
      let bytes = Array(agent.utf8)
      for start in 0..<bytes.count {
        bytes[start...].withUnsafeBytes { _ = UserAgent.parse($0) }
        bytes[..<start].withUnsafeBytes { _ = UserAgent.parse($0) }
      }
    }
  }

  @Test("Random bytes and random tokens never crash, and parse alike twice")
  func random() {
    var generator = SplitMix(state: 7)
    let tokens = [
      "Mozilla/5.0", "(", ")", ";", " ", "/", "Android ", "Version/", "Chrome/", "Safari/", "Mobile", "CFNetwork",
      "Darwin/",
      "Firefox/", "FxiOS/", "bot", "spider", "crawl", "OS X ", "Mac", "Windows ", "NT ", "99999999999999999999", "1.2",
      "_",
      ".", "iPhone", "CPU ", "Build", "AppleWebKit", "; SM-", "; Pixel", "Java", "S3 Browser ", "aws-sdk-go-v", "é",
      "\u{0}",
    ]
    for _ in 0..<4000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(generator.next() % 24) {
        if generator.next() % 4 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: generator.next()))
        } else {
          bytes += Array(tokens[Int(generator.next() % UInt64(tokens.count))].utf8)
        }
      }
      bytes.withUnsafeBytes { #expect(UserAgent.parse($0) == UserAgent.parse($0)) }
    }
  }

  @Test("Hostile texts of a megabyte take no longer than their bound allows")
  func hostile() {
    let units = [
      "(", "(((((((((/", "; ", "Android 1; ", "Chrome/", "Version/1.1 ", "bot/", "/bot 1", "crawl", "CFNetwork/1 ",
      "aaaa",
      "1.1.1.1", "Mobile; ", "; SM-A", "OS ", " ", "Windows", "/1 CFNetwork", "GT-", "; GT-1", "; Pixel 1", "tablet; ",
      "android", "(Mac1", "aws-sdk-go-v",
    ]
    for unit in units {
      func text(_ size: Int) -> String { String(repeating: unit, count: size / unit.utf8.count) }
      let texts = [62_500: text(62_500), 1_000_000: text(1_000_000)]
      #expect(growth(62_500) { _ = UserAgent.parse(texts[$0] ?? "") } < linearGrowth, "\(unit)")
    }
  }

  @Test("Invalid UTF-8 is repaired where it reaches a name")
  func invalidText() {
    let bytes: [UInt8] = Array("A".utf8) + [0xFF, 0xC3] + Array("/1.2 CFNetwork/1410.0.3 Darwin/22.6.0".utf8)
    let agent = bytes.withUnsafeBytes { UserAgent.parse($0) }
    #expect(agent.name == "A\u{FFFD}\u{FFFD}")
    #expect(agent.version == "1.2")
  }
}

/// A small generator with a seed, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
