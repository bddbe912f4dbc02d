import Foundation
import JSON
import Settings
import TestSupport
import Testing
import Transfers

@Suite("Settings are read, and what is wrong with them is told")
struct SettingsTests {
  @Test("YAML gives the values that it says, and texts where it does not say otherwise")
  func yaml() throws {
    let value = try YAMLSettings.value(
      of: Array(
        """
        # comment
        a: 1
        b: [x, 1.5, true, "true", null, '1', on, 22:00]
        c:
          d: |
            two
            lines
        e:
        f: 0755
        """.utf8))
    #expect(
      value == [
        "a": 1, "b": ["x", 1.5, true, "true", .null, "1", "on", "22:00"], "c": ["d": "two\nlines\n"], "e": .null,
        "f": 755,
      ])
    #expect(try YAMLSettings.value(of: []) == [:])
    #expect(try YAMLSettings.value(of: Array("a: &x [1]\nb: *x".utf8)) == ["a": [1], "b": [1]])
  }

  @Test("Aliases of aliases take no more than a bound")
  func laughs() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect { _ = try YAMLSettings.value(of: Array(text.utf8)) } throws: { "\($0)".contains("more than 100000 values") }
  }

  @Test(
    "What is no settings is refused with a sentence",
    arguments: [
      "a: [", "a: 1\na: 2", "b: *x", "? [a]\n: b", String(repeating: "[", count: 100), "\u{FEFF}a: \"\\q\"",
      "- a\nb: c",
    ])
  func refused(text: String) {
    #expect(throws: SettingsFault.self) { try YAMLSettings.value(of: Array(text.utf8)) }
  }

  @Test("A file that is not there, or is too long, is told by its name")
  func files() throws {
    let scratch = try Scratch()
    #expect { _ = try YAMLSettings.value(ofFile: scratch.path + "/none") } throws: { "\($0)".contains("/none") }
    let long = try scratch.write(String(repeating: "#", count: YAMLSettings.longest + 1), "long")
    #expect { _ = try YAMLSettings.value(ofFile: long) } throws: { "\($0)".contains(long) }
    #expect(try YAMLSettings.value(ofFile: scratch.write("a: b", "ok")) == ["a": "b"])
  }

  @Test("Secrets come from files and variables, without a line's end, and are told by their place alone")
  func secrets() throws {
    let scratch = try Scratch()
    let file = try scratch.write("s3cret\r\n", "secret")
    #expect(try SecretSource.file(file).read([:]) == "s3cret")
    #expect(try SecretSource.variable("X").read(["X": "v"]) == "v")
    for source in [SecretSource.file(scratch.path + "/none"), .variable("Y"), .file(try scratch.write("\n", "empty"))] {
      #expect(throws: SettingsFault.self) { try source.read(["X": "v"]) }
    }
    let keys = SettingsReader(["token": "s3cret"], at: "x")
    #expect { _ = try keys.requiredSecret("token") } throws: {
      "\($0)".contains("x.token") && "\($0)".contains("token_file") && !"\($0)".contains("s3cret")
    }
  }

  @Test("Proxies and authorities are set, and a password stands in no settings")
  func outgoing() throws {
    let scratch = try Scratch()
    let file = try scratch.write("-----BEGIN CERTIFICATE-----\n", "ca.pem")
    let settings = try OutgoingSettings.settings(
      [
        "proxy": "http://proxy.example:3128", "no_proxy": ["a", "b"], "authorities": .string(file),
        "connect_timeout": "5s",
      ],
      variables: [:])
    #expect(settings.proxy == .url("http://proxy.example:3128", except: "a,b"))
    #expect(settings.trust == .systemAnd(file) && settings.connectTimeout == .seconds(5))
    #expect(
      try OutgoingSettings.settings(["proxy_env": "P"], variables: ["P": "http://u:p@proxy.example:1"]).proxy
        == .url("http://u:p@proxy.example:1"))
    #expect(try OutgoingSettings.settings(["proxy": "none"], variables: [:]).proxy == .none)
    #expect(try OutgoingSettings.settings([:], variables: [:]) == TransferSettings())
    let wrong: [(String, JSONValue)] = [
      ("outgoing.proxy", ["proxy": "http://u:p@proxy.example:1"]), ("outgoing.proxy", ["proxy": "proxy.example"]),
      ("outgoing.authorities", ["authorities": "/nonexistent"]), ("outgoing.x", ["x": 1]), ("outgoing", [1]),
      ("outgoing.only_these_authorities", ["only_these_authorities": true]),
      ("outgoing.authorities", ["authorities": .string(try scratch.write("host", "hostname"))]),
      ("outgoing.proxy_env", ["proxy_env": "NOPE"]), ("outgoing.proxy_file", ["proxy_file": "/nonexistent"]),
    ]
    for (key, json) in wrong {
      #expect { _ = try OutgoingSettings.settings(json, variables: [:]) } throws: { ($0 as? SettingsFault)?.key == key }
    }
  }
}
