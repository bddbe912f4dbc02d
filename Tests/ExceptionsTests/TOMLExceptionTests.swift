import Events
import Exceptions
import Testing

struct TOMLExceptionTests {
  @Test("A file holds exceptions with their rules, reason and end")
  func file() throws {
    let loaded = ExceptionLoader.load(
      text: """
        # Silence

        [[exception]]
        name = "one"
        id = "first"
        rule = "Some rule"
        reason = "The pipeline does that."
        expires = 2026-06-30
        tags = ["ci"]
        entries = [ { field = "user.name", match = "a" } ]

        [[exception]]
        name = "two"
        rules = ["r-1", "r-2"]
        expires = 2026-06-30 12:00:00
        [[exception.entries]]
        field = "user.name"
        wildcard = "b*"
        """, file: "dir/x.toml")
    #expect(loaded.diagnostics.isEmpty)
    let items = loaded.items.map(\.item)
    #expect(items.map(\.name) == ["one", "two"])
    #expect(items.map(\.itemID) == ["first", "two"])
    #expect(items.map(\.line) == [3, 12])
    #expect(items.map(\.scope) == [.rules(["Some rule"]), .rules(["r-1", "r-2"])])
    #expect(items[0].description == "The pipeline does that." && items[0].tags == ["ci"])
    #expect(items[1].entries == [ExceptionEntry(field: "user.name", .wildcard("b*"))])
    #expect(items[1].expires == Timestamp(iso8601: "2026-06-30T12:00:00Z"))
  }

  @Test("A date by itself is the end of that day, and the last instant still counts")
  func expiry() throws {
    let text = Samples.toml(#"field = "user.name", match = "a""#).replacing(
      "rules", with: "expires = \"2026-06-30\"\nrules")
    let item = try #require(ExceptionLoader.load(text: text, file: "x.toml").items.first).item
    let last = try #require(Timestamp(iso8601: "2026-06-30T23:59:59.999Z"))
    #expect(item.expires == last)
    #expect(!item.isExpired(at: last))
    #expect(item.isExpired(at: Timestamp(milliseconds: last.milliseconds + 1)))
  }

  @Test(
    "What is wrong is told with its place, and such an exception is left out",
    arguments: [
      (#"field = "user.name""#, "5:13", "asks nothing"),
      (#"field = "user.name", match = "a", exists = true"#, "5:48", "more than one thing"),
      (#"match = "a""#, "5:3", "`exception[0].entries[0].field` is missing"),
      (#"field = "user.name", match = """#, "5:34", "not empty"),
      (#"field = "user.name", match_any = []"#, "5:38", "list of texts"),
      (#"field = "user.name", match_any = ["a", 1, []]"#, "5:38", "list of texts"),
      (#"field = "user.name", exists = "yes""#, "5:35", "true or false"),
      (#"field = "source.ip", match = "office""#, "5:34", "it holds addresses"),
      (#"field = "source.ip", match_any = ["10.0.0.1", "office"]"#, "5:51", "it holds addresses"),
      (#"field = "source.ip", wildcard = "10.*""#, "5:37", "no patterns"),
      (#"field = "_id", wildcard = "a*""#, "5:31", "`_id` knows no wildcards"),
      (#"field = "source.as.number", match = "x""#, "5:41", "it holds numbers"),
      (#"field = "event.start", match = "now-1q""#, "5:36", "it holds times"),
      (#"nested = "user", entries = [{ field = "name", match = "a" }]"#, "5:14", "no nested field"),
      (#"nested = "threat.enrichments", entries = []"#, "5:46", "hold for every event"),
      (#"field = "threat.enrichments.matched.atomic", match = "a""#, "5:13", "use a nested entry"),
      (#"field = "user.name", value_list = "a.txt""#, "5:3", "list_type"),
      (#"field = "user.name", value_list = "a.txt", list_type = "words""#, "5:60", "is no list type"),
      (#"field = "user.name", value_list = "nowhere.txt", list_type = "keyword""#, "5:39", "nowhere.txt"),
    ])
  func wrong(entry: String, place: String, message: String) {
    let errors = Samples.errors(Samples.toml(entry))
    #expect(errors.count == 1 && errors[0].hasPrefix(place + ":") && errors[0].contains(message), "\(errors)")
    #expect(ExceptionLoader.load(text: Samples.toml(entry), file: "x.toml").items.isEmpty)
  }

  @Test(
    "An exception says what it is called, which rules it is for and when it holds",
    arguments: [
      ("rules = \"all\"\nentries = [{ field = \"user.name\", match = \"a\" }]", "`exception[0].name` is missing"),
      ("name = \"x\"\nentries = [{ field = \"user.name\", match = \"a\" }]", "`exception[0].rules` is missing"),
      ("name = \"x\"\nrules = []\nentries = [{ field = \"user.name\", match = \"a\" }]", "names no rule"),
      ("name = \"x\"\nrules = \"every\"\nentries = [{ field = \"user.name\", match = \"a\" }]", "or \"all\""),
      (
        "name = \"x\"\nrule = \"a\"\nrules = \"all\"\nentries = [{ field = \"user.name\", match = \"a\" }]",
        "say the same"
      ),
      ("name = \"x\"\nrules = \"all\"", "`exception[0].entries` is missing"),
      ("name = \"x\"\nrules = \"all\"\nentries = []", "hold for every event"),
      (
        "name = \"x\"\nrules = \"all\"\nexpires = \"soon\"\nentries = [{ field = \"user.name\", match = \"a\" }]",
        "a date or a time"
      ),
    ])
  func incomplete(body: String, message: String) {
    let errors = Samples.errors("[[exception]]\n" + body)
    #expect(errors.count == 1 && errors[0].contains(message), "\(errors)")
  }

  @Test("Unknown keys and fields are warned of, with what was meant")
  func warnings() {
    let text = Samples.toml(#"field = "user.nam", match = "a", exclded = true"#).replacing(
      "rules", with: "reson = \"r\"\nrules")
    let loaded = ExceptionLoader.load(text: text, file: "x.toml")
    #expect(!loaded.hasErrors && loaded.items.count == 1)
    let said = loaded.diagnostics.map(\.message).joined(separator: "\n")
    #expect(said.contains("did you mean `reason`?") && said.contains("did you mean `excluded`?"))
    #expect(said.contains("did you mean `user.name`?"))
  }

  @Test("One wrong exception costs only itself")
  func others() {
    let loaded = ExceptionLoader.load(
      text: Samples.toml(#"field = "user.name""#) + Samples.toml(#"field = "user.name", match = "a""#), file: "x.toml")
    #expect(loaded.hasErrors && loaded.items.count == 1)
  }

  @Test("A file that is no TOML, and one table in place of a list, are told")
  func noTables() {
    #expect(Samples.errors("[[exception]\n")[0].hasPrefix("1:"))
    #expect(Samples.errors("[exception]\nname = \"x\"")[0].contains("[[exception]]"))
    #expect(Samples.errors("x", "x.yaml")[0].contains("rename"))
  }
}
