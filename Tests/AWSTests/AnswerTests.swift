import Events
import TestSupport
import Testing

@testable import AWS

@Suite("Answers in XML and shared files are read")
struct AnswerTests {
  @Test("Elements, texts with references, comments and empty elements are read; attributes are passed over")
  func read() throws {
    let xml = try #require(
      XMLElement(
        Array(
          """
          \u{FEFF}<?xml version="1.0"?><!-- a > b --><a:R x="1>2" xmlns='y'>
           <K>a&amp;b&#x41;&#66;&quot;</K><E/><E x="/"></E><C><![CDATA[<x>&amp;]]></C><K>2</K>
          </a:R>
          """.utf8)))
    #expect(xml.name == "R")
    #expect(xml["K"]?.text == "a&bAB\"")
    #expect(xml.children.map(\.name) == ["K", "E", "E", "C", "K"])
    #expect(xml["C"]?.text == "<x>&amp;")
    #expect(xml.text == "")
  }

  @Test(
    "What is no whole document is nothing",
    arguments: [
      "", "<", "<a>", "<a></b>", "<a><b></a></b>", "<a>&x;</a>", "<a>&#xD800;</a>", "<a></a>x", "<!DOCTYPE a><a/>",
      "<a b=\"></a>", "<a><![CDATA[</a>", "<a", "a", "<a>&", "{\"a\":1}", "</a>", "<!--",
    ])
  func broken(text: String) { #expect(XMLElement(Array(text.utf8)) == nil) }

  @Test("Nesting has a bound")
  func deep() {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(XMLElement(Array(deep.utf8)) == nil)
  }

  @Test("Any bytes are read or refused, and none brings the process down", arguments: [1, 2, 3])
  func anything(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let words = [
      "<", ">", "</", "/>", "a", "b", "&amp;", "&#", ";", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "\"", "=", " ",
    ]
    for _ in 0..<3000 {
      let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in words.randomElement(using: &random)! }
      _ = XMLElement(Array(text.joined().utf8))
    }
  }

  @Test("Shared files are read as AWS's tools read them")
  func shared() throws {
    let sections = SharedFiles.sections(
      of: """
        # comment
        before = nothing
        [default]
        Region = eu-west-1 # where
        s3 =
          addressing_style = path
        ; comment
        [profile "my team"]
        role_arn=arn:aws:iam::1:role/a=b
        """)
    #expect(sections.map(\.name) == ["default", "profile my team"])
    #expect(sections[0].settings == ["region": "eu-west-1", "s3": ""])
    #expect(sections[1].settings == ["role_arn": "arn:aws:iam::1:role/a=b"])
  }

  @Test("What form encoding stands for, and what it cannot")
  func form() {
    #expect(URLEncoding.decoded(form: "AWSLogs/1/a+b%3D%C3%A4.json.gz") == "AWSLogs/1/a b=ä.json.gz")
    for broken in ["%", "%4", "%zz", "%ff", "a%"] { #expect(URLEncoding.decoded(form: broken) == nil) }
    #expect(URLEncoding.encoded("a b/~ä+", keepsSlash: true) == "a%20b/~%C3%A4%2B")
  }
}
