import Foundation
import JSON
import TestSupport
import Testing

@testable import Reports

@Suite("A report in a browser", .enabled(if: Browser.path != nil, "no Chromium is installed"), .serialized)
struct BrowserTests {
  /// Each tries to leave a mark on the document in its own way.
  private static let attacks = [
    "<script>document.title='owned'</script>", "</script><script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=\"document.title='owned'\">", "' autofocus onfocus='document.title=\"owned\"' x='",
    "\" autofocus tabindex=0 onfocus=\"document.title='owned'\" x=\"",
    "</title><script>document.title='owned'</script>",
    "--><script>document.title='owned'</script><!--", "]]><script>document.title='owned'</script>",
    "</pre></details></article><iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "&lt;script&gt;document.title='owned'&lt;/script&gt;", "<form action=https://evil.example/><button>",
  ]

  private func open(_ page: Page) throws -> String {
    let scratch = try Scratch()
    return try Browser.document(of: scratch.write(page.text.utf8, "report.html"))
  }

  @Test("Hostile values stay text: no element of theirs is made and no script of theirs runs")
  func hostile() throws {
    let alerts = try (Self.attacks + FormatTests.hostile).map { value in
      let json = JSONValue.string(value)
      return try Sample.changed([
        "kibana.alert.uuid": json, "user": ["name": json], "event": ["action": json], "source": ["address": json],
        "kibana.alert.rule.name": json, "kibana.alert.rule.rule_id": json, "kibana.alert.rule.description": json,
        "kibana.alert.rule.note": json, "kibana.alert.new_terms": [json], value.isEmpty ? "x" : value: json,
        "martlet": [
          "guide": .string("- Read `x` (`\(value)`) \(value)\n"), "context": ["principal": ["value": json]],
          "policies": [["kind": json, "added": [["what": json, "text": json]], "who": json]],
        ],
      ])
    }
    let dom = try open(Page(alerts) { $0.inputs = Self.attacks })
    #expect(dom.contains("<title>\(alerts.count) alerts – Martlet report</title>"))
    let tags = Page.tags(of: dom)
    #expect(tags.filter { $0.name == "article" }.count == alerts.count)
    #expect(tags.filter { $0.name == "script" }.count == 1)
    for tag in tags {
      #expect(Page.elements.contains(tag.name), "\(tag)")
      #expect(tag.attributes.keys.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "srcdoc" }, "\(tag)")
    }
  }

  @Test("The page's own script runs under its policy, and shows the filter")
  func script() throws {
    let dom = try open(Page([Sample.numbered(1), Sample.numbered(2, severity: "low")]))
    let bar = try #require(Page.tags(of: dom).first { $0.attributes["id"] == "bar" })
    #expect(bar.attributes["hidden"] == nil)
    #expect(dom.contains(">2 alerts</output>"))
    #expect(dom.contains("<input type=\"checkbox\">low"))
  }

  /// What a driver leaves behind on the page, whose policy is taken out so that it may run.
  private func drive(_ page: Page, hash: String = "", _ driver: String) throws -> String {
    let scratch = try Scratch()
    let text = page.text.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
      .replacing(
        "</body>",
        with: """
          <script>var q=document.getElementById('q'),R=[];
          function ask(s){q.value=s;document.getElementById('bar').dispatchEvent(new Event('submit',{cancelable:true}));
          R.push(document.querySelectorAll('article.al:not([hidden])').length)}
          \(driver)
          var p=document.createElement('pre');p.id='result';p.textContent=R.join(' ');document.body.prepend(p)</script></body>
          """)
    let dom = try Browser.document(of: scratch.write(text.utf8, "report.html") + hash)
    return try String(#require(dom.firstMatch(of: /<pre id="result">([^<]*)<\/pre>/)).1)
  }

  private func several() throws -> Page {
    let refused = try Sample.changed([
      "kibana.alert.uuid": "id-9", "user": ["name": "dana"], "kibana.alert.original_time": "2026-02-01T11:00:00.000Z",
      "event": ["action": "LeaveOrganization", "outcome": "failure"], "kibana.alert.rule.rule_id": "rule-2",
      "kibana.alert.rule.threat": [
        [
          "tactic": ["id": "TA0003", "name": "Persistence"],
          "technique": [["id": "T1098", "name": "Account Manipulation"]],
        ]
      ],
    ])
    return try Page([Sample.numbered(1), Sample.numbered(2, severity: "low"), refused])
  }

  @Test("The filter knows words, -words, phrases, severities, techniques and fields in KQL, and is in the address")
  func filter() throws {
    let asked = [
      "", "dana", "-dana", #""tried to leave the organization""#, #""organization the leave""#, "severity:high",
      "T1078",
      "T1098", "user.name: dana", "user.name: dan*", "user.name: dan", "user.name: (dana or alice)",
      "not event.outcome: success", "severity:low or user.name: dana", "user.name: alice severity:high",
    ]
    let result = try drive(several(), asked.map { "ask('\($0)');" }.joined() + "R.push(location.hash)")
    #expect(result == "3 1 2 1 0 2 2 1 1 1 0 3 1 2 1 #q=user.name%3A%20alice%20severity%3Ahigh")
  }

  @Test("Fields are found whatever their case, and values however JSON writes them")
  func fieldValues() throws {
    let odd = try Sample.changed([
      "kibana.alert.uuid": "id-7", "user": ["name": "dana"],
      "aws": [
        "cloudtrail": [
          "flattened": ["request_parameters": ["roleName": "Ops/Ä", "Deep": [["n": "one\"two"], ["n": true]]]]
        ]
      ],
      "source": ["port": .number("1e3")], "dotted.key": ["Inner": "x\\y"],
    ])
    let request = "aws.cloudtrail.flattened.request_parameters"
    let asked = [
      "\(request).roleName: *", "\(request).rolename: ops/*", "\(request).ROLENAME: \"Ops/Ä\"",
      "\(request).deep.n: true",
      "\(request).Deep.n: \"one\\\\\"two\"", "\(request).Deep: *", "source.port: 1000", "source.port: 10*",
      "source.port: 1e3",
      "dotted.key.inner: x*", "dotted.key.inner: *y", "dotted.inner: *", "user.name: (dana or nobody)", "inner.key: *",
      "\(request).*: true",
    ]
    // Asked twice: what has been read is kept.
    let result = try drive(Page([Sample.numbered(1), odd]), (asked + asked).map { "ask('\($0)');" }.joined())
    let expected = "1 1 1 1 1 0 1 1 0 1 1 0 1 0 1"
    #expect(result == "\(expected) \(expected)")
  }

  @Test("A report opens with the filter and the time of its address")
  func address() throws {
    let count = "R.push(document.querySelectorAll('article.al:not([hidden])').length)"
    #expect(try drive(several(), hash: "#q=severity%3Ahigh", count) == "2")
    #expect(try drive(several(), hash: "#from=2026-02-01&to=2026-02", count) == "1")
    #expect(
      try drive(several(), hash: "#without=low&by=rule", count + ";R.push(document.querySelector('#by').value)")
        == "2 rule")
  }

  @Test("What closed alerts of a long report hold is out of the page, found by the filter, and back when one is opened")
  func longReport() throws {
    let alerts =
      try (1...250).map { try Sample.numbered($0) } + [
        Sample.changed(["kibana.alert.uuid": "id-999", "user": ["name": "dana"], "needle": "in a haystack"])
      ]
    let result = try drive(
      Page(alerts),
      """
      R.push(document.querySelectorAll('article.al .bd').length);
      ask('haystack');ask('user.name: dana');ask('');
      var a=document.getElementById('a-id-999'),d=a.firstElementChild;
      function send(o){d.open=o;d.dispatchEvent(new Event('toggle'))}
      send(true);R.push(document.querySelectorAll('article.al .bd').length,a.querySelectorAll('.acts button').length>2);
      send(false);R.push(document.querySelectorAll('article.al .bd').length);
      dispatchEvent(new Event('beforeprint'));R.push(document.querySelectorAll('article.al .bd').length);
      dispatchEvent(new Event('afterprint'));R.push(document.querySelectorAll('article.al details.row[open]').length);
      """)
    // Of what the filter brings back a screen is drawn at once, the rest in the frames after.
    #expect(result == "0 1 1 201 1 true 0 251 0")
  }

  @Test(
    "Alerts of a long report that are grouped come to their places a screen at once, and to their old ones in order")
  func grouped() throws {
    let alerts = try (1...900).map { number in
      try Sample.changed([
        "kibana.alert.uuid": .string("id-\(number)"), "kibana.alert.rule.rule_id": .string("rule-\(number % 3)"),
        "kibana.alert.rule.name": .string("Rule \(number % 3)"),
      ])
    }
    let result = try drive(
      Page(alerts),
      """
      var by=document.getElementById('by'),all=Array.from(document.querySelectorAll('article.al'));
      function to(k){by.value=k;by.dispatchEvent(new Event('change'))}
      function now(){return Array.from(document.querySelectorAll('article.al'))}
      function at(){return document.querySelectorAll('.group article.al').length}
      function flush(){dispatchEvent(new Event('beforeprint'));dispatchEvent(new Event('afterprint'))}
      to('rule');R.push(at(),document.querySelectorAll('.group').length);
      flush();R.push(at());
      // In each group they stand in the order that they had.
      R.push(Array.from(document.querySelectorAll('.group')).every(function(g){
        var o=Array.from(g.querySelectorAll('article.al')).map(function(a){return all.indexOf(a)});
        return o.length===300&&o.every(function(n,i){return !i||n>o[i-1]})}));
      // Another grouping before the frames of the first have come loses none.
      to('p');to('rule');to('time');flush();
      R.push(at(),now().every(function(a,i){return a===all[i]}),now().length);
      to('rule');ask('user.name: nobody');ask('');flush();R.push(at());
      """)
    #expect(result == "200 3 900 true 0 true 900 0 200 900")
  }

  @Test("Ten alerts of ten rules with long guides are printed on at most eight pages")
  func printed() throws {
    let guide =
      (["## Triage and analysis", "### Investigating it"]
      + (1...3).flatMap { part in
        ["### Part \(part)", ""]
          + (1...3).map {
            "- Look at `user.name` and at `aws.cloudtrail.flattened.request_parameters.x\($0)`, \(Self.words)."
          } + [""]
      }).joined(separator: "\n")
    let alerts = try (1...10).map { number in
      try Sample.changed([
        "kibana.alert.uuid": .string(String(repeating: "\(number % 10)", count: 64)),
        "kibana.alert.rule.rule_id": .string("rule-\(number)"), "kibana.alert.rule.name": .string("Rule \(number)"),
        "kibana.alert.rule.note": .string(guide),
        "aws": [
          "cloudtrail": [
            "user_identity": ["arn": "arn:aws:iam::111122223333:user/alice", "type": "IAMUser"],
            "request_parameters": .string("{" + String(repeating: "name=value, ", count: 400) + "}"),
          ]
        ],
      ])
    }
    let scratch = try Scratch()
    let file = try scratch.write(Page(alerts).text.utf8, "report.html")
    let pages = try Browser.pages(of: file)
    #expect((4...8).contains(pages), "\(pages) pages")
  }

  private static let words =
    "which says who it was, when it was done and from where, and compare it with the days before"

  @Test("An open alert has buttons to copy; notes and checked steps are kept and exported")
  func notes() throws {
    let result = try drive(
      Page([Sample.document()]),
      """
      R.push($$('.acts button,.q button').map(function(b){return b.textContent}).join(','));
      function $$(s){return Array.from(document.querySelectorAll(s))}
      var t=document.querySelector('.note-in textarea');t.value='seen';t.dispatchEvent(new Event('input'));
      var c=document.querySelector('article .gd input');c.checked=true;c.dispatchEvent(new Event('change',{bubbles:true}));
      R.push(localStorage.getItem('martlet:0123456789abcdef'));
      var made=null;URL.createObjectURL=function(b){made=b;return '#'};document.getElementById('save').click();
      R.push(made&&made.type);
      """)
    #expect(result.hasPrefix("Copy id,Copy ARN,Copy event JSON,Copy"))
    #expect(result.contains("{\"note\":\"seen\",\"steps\":[\"Read user.name (alice).\"]}"))
    #expect(result.hasSuffix("application/json"))
  }
}
