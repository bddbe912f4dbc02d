/// The patterns that grok expressions name: those of Elasticsearch's set for the Elastic Common Schema, as far as they
/// are of general use (ES|QL's `GROK` takes that set).
enum GrokPatterns {
  /// A grok expression as one for Oniguruma, and the columns that its groups stand for.
  struct Expanded {
    var regex: String
    /// By the name of the group: the column and its type.
    var columns: [String: (column: String, type: DataType)]
  }

  /// How long an expanded expression may be, and how deep patterns may name each other.
  private static let longest = 1 << 18
  private static let deepest = 30

  /// Throws where a pattern is named that there is not.
  static func expanded(_ pattern: String) throws(EvaluationFault) -> Expanded {
    var expanded = Expanded(regex: "", columns: [:])
    expanded.regex = try replace(Array(pattern.unicodeScalars), &expanded, depth: 0)
    return expanded
  }

  private static func replace(
    _ text: [Unicode.Scalar], _ expanded: inout Expanded, depth: Int
  ) throws(EvaluationFault) -> String {
    guard depth < deepest else { throw EvaluationFault("patterns name each other too deep") }
    var result = ""
    var at = 0
    while at < text.count {
      guard text[at] == "%", at + 1 < text.count, text[at + 1] == "{",
        let end = text[at...].firstIndex(of: "}")
      else {
        // A backslash takes what follows with it.
        result.unicodeScalars.append(text[at])
        if text[at] == "\\", at + 1 < text.count {
          result.unicodeScalars.append(text[at + 1])
          at += 1
        }
        at += 1
        continue
      }
      let parts = String(scalars: text[(at + 2)..<end]).split(separator: ":", omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let definition = table[name] else {
        throw EvaluationFault("Unable to find pattern [\(name)] in Grok's pattern dictionary")
      }
      let inner = try replace(Array(definition.unicodeScalars), &expanded, depth: depth + 1)
      if parts.count > 1, !parts[1].isEmpty {
        var type = DataType.keyword
        if parts.count > 2 {
          switch parts[2] {
          case "int", "integer": type = .integer
          case "long": type = .long
          case "float", "double": type = .double
          case "boolean": type = .boolean
          case "string": type = .keyword
          default: throw EvaluationFault("the type [\(parts[2])] is not known to Grok")
          }
        }
        let group = "martlet\(expanded.columns.count)"
        expanded.columns[group] = (String(parts[1]), type)
        result += "(?<\(group)>\(inner))"
      } else {
        result += "(?:\(inner))"
      }
      guard result.utf8.count <= longest else { throw EvaluationFault("the pattern is too long") }
      at = end + 1
    }
    return result
  }

  private static let octet = "(?:25[0-5]|2[0-4][0-9]|[0-1]?[0-9]{1,2})"
  /// An address of the sixth version: all groups, or fewer around one `::`, the last two perhaps as one of the fourth.
  private static let ipv6: String = {
    let group = "[0-9A-Fa-f]{1,4}"
    let four = "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3})"
    var forms = ["(?:\(group):){7}(?:\(group)|:)", "(?:\(group):){6}(?::\(group)|\(four)|:)"]
    for before in (1...5).reversed() {
      let after = 7 - before
      forms.append(
        "(?:\(group):){\(before)}(?:(?::\(group)){1,\(after)}|(?::\(group)){0,\(after - 2)}:\(four)|:)")
    }
    forms.append(":(?:(?::\(group)){1,7}|(?::\(group)){0,5}:\(four)|:)")
    return "(?:" + forms.map { "(?:\($0))" }.joined(separator: "|") + ")(?:%.+)?"
  }()

  /// What servers of web pages write of each request, in the common form; a hyphen stands for what is missing.
  private static let request: String = {
    func orNone(_ pattern: String) -> String { "(?:-|\(pattern))" }
    let call = "%{WORD:http.request.method} %{NOTSPACE:url.original}(?: HTTP/%{NUMBER:http.version})?"
    return [
      "%{IPORHOST:source.address}", orNone("%{HTTPDUSER:apache.access.user.identity}"),
      orNone("%{HTTPDUSER:user.name}"),
      "\\[%{HTTPDATE:timestamp}\\]", "\"(?:\(call)|%{DATA})\"", orNone("%{INT:http.response.status_code:int}"),
      orNone("%{INT:http.response.body.bytes:int}"),
    ].joined(separator: " ")
  }()
  /// The same with where the client came from and what it calls itself.
  private static let longRequest =
    request + ["http.request.referrer", "user_agent.original"].map { " \"(?:-|%{DATA:\($0)})\"" }.joined()

  static let table: [String: String] = [
    "HTTPDUSER": "%{EMAILADDRESS}|%{USER}", "HTTPD_COMMONLOG": request, "HTTPD_COMBINEDLOG": longRequest,
    "COMMONAPACHELOG": "%{HTTPD_COMMONLOG}", "COMBINEDAPACHELOG": "%{HTTPD_COMBINEDLOG}",
    "SYSLOGPROG": "%{PROG:process.name}(?:\\[%{POSINT:process.pid:int}\\])?",
    "SYSLOGFACILITY": "<%{NONNEGINT:log.syslog.facility.code:int}.%{NONNEGINT:log.syslog.priority:int}>",
    "SYSLOGBASE":
      "%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:host.hostname} %{SYSLOGPROG}:",
    "USERNAME": "[a-zA-Z0-9._-]+", "USER": "%{USERNAME}",
    "EMAILLOCALPART":
      "[a-zA-Z0-9!#$%&'*+\\-/=?^_`{|}~]{1,64}(?:\\.[a-zA-Z0-9!#$%&'*+\\-/=?^_`{|}~]{1,62}){0,63}",
    "EMAILADDRESS": "%{EMAILLOCALPART}@%{HOSTNAME}", "INT": "[+-]?[0-9]+",
    "BASE10NUM": "(?<![0-9.+-])(?>[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+))", "NUMBER": "%{BASE10NUM}",
    "BASE16NUM": "(?<![0-9A-Fa-f])[+-]?(?:0x)?[0-9A-Fa-f]+",
    "BASE16FLOAT": "\\b(?<![0-9A-Fa-f.])[+-]?(?:0x)?(?:[0-9A-Fa-f]+(?:\\.[0-9A-Fa-f]*)?|\\.[0-9A-Fa-f]+)\\b",
    "POSINT": "\\b[1-9][0-9]*\\b", "NONNEGINT": "\\b[0-9]+\\b", "WORD": "\\b\\w+\\b", "NOTSPACE": "\\S+",
    "SPACE": "\\s*", "DATA": ".*?", "GREEDYDATA": ".*",
    "QUOTEDSTRING":
      #"(?>(?<!\\)(?>"(?>\\.|[^\\"]+)+"|""|(?>'(?>\\.|[^\\']+)+')|''|(?>`(?>\\.|[^\\`]+)+`)|``))"#,
    "QS": "%{QUOTEDSTRING}", "UUID": "[A-Fa-f0-9]{8}-(?:[A-Fa-f0-9]{4}-){3}[A-Fa-f0-9]{12}",
    "URN": "urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:(?:%[0-9a-fA-F]{2}|[0-9A-Za-z()+,.:=@;$_!*'/?#-])+",
    "MAC": "%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}", "CISCOMAC": "(?:[A-Fa-f0-9]{4}\\.){2}[A-Fa-f0-9]{4}",
    "WINDOWSMAC": "(?:[A-Fa-f0-9]{2}-){5}[A-Fa-f0-9]{2}", "COMMONMAC": "(?:[A-Fa-f0-9]{2}:){5}[A-Fa-f0-9]{2}",
    "IPV6": ipv6, "IPV4": "(?<![0-9])\(octet)[.]\(octet)[.]\(octet)[.]\(octet)(?![0-9])", "IP": "%{IPV6}|%{IPV4}",
    "HOSTNAME": "\\b[0-9A-Za-z][0-9A-Za-z-]{0,62}(?:\\.[0-9A-Za-z][0-9A-Za-z-]{0,62})*(?:\\.?|\\b)",
    "IPORHOST": "%{IP}|%{HOSTNAME}", "HOSTPORT": "%{IPORHOST}:%{POSINT}", "PATH": "%{UNIXPATH}|%{WINPATH}",
    "UNIXPATH": "(?:/[[[:alnum:]]_%!$@:.,+~-]*)+", "TTY": "/dev/(?:pts|tty(?:[pq])?)(?:\\w+)?/?[0-9]+",
    "WINPATH": "(?>[A-Za-z]+:|\\\\)(?:\\\\[^\\\\?*]*)+", "URIPROTO": "[A-Za-z](?:[A-Za-z0-9+\\-.]+)+",
    "URIHOST": "%{IPORHOST}(?::%{POSINT})?", "URIPATH": "(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_\\-]*)+",
    "URIQUERY": "[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\\-\\[\\]<>]*", "URIPARAM": "\\?%{URIQUERY}",
    "URIPATHPARAM": "%{URIPATH}(?:\\?%{URIQUERY})?",
    "URI": "%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATH}(?:\\?%{URIQUERY})?)?",
    "MONTH":
      "\\b(?:[Jj]an(?:uary|uar)?|[Ff]eb(?:ruary|ruar)?|[Mm](?:a|ä)?r(?:ch|z)?|[Aa]pr(?:il)?|[Mm]a(?:y|i)?|[Jj]un(?:e|i)?|[Jj]ul(?:y|i)?|[Aa]ug(?:ust)?|[Ss]ep(?:tember)?|[Oo](?:c|k)?t(?:ober)?|[Nn]ov(?:ember)?|[Dd]e(?:c|z)(?:ember)?)\\b",
    "MONTHNUM": "0?[1-9]|1[0-2]", "MONTHNUM2": "0[1-9]|1[0-2]", "MONTHDAY": "0[1-9]|[12][0-9]|3[01]|[1-9]",
    "DAY": "Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?",
    "YEAR": "(?>\\d\\d){1,2}", "HOUR": "2[0123]|[01]?[0-9]", "MINUTE": "[0-5][0-9]",
    "SECOND": "(?:[0-5]?[0-9]|60)(?:[:.,][0-9]+)?", "TIME": "(?!<[0-9])%{HOUR}:%{MINUTE}(?::%{SECOND})(?![0-9])",
    "DATE_US": "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}", "DATE_EU": "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}",
    "ISO8601_TIMEZONE": "Z|[+-]%{HOUR}(?::?%{MINUTE})", "ISO8601_SECOND": "%{SECOND}",
    "TIMESTAMP_ISO8601":
      "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?%{ISO8601_TIMEZONE}?",
    "DATE": "%{DATE_US}|%{DATE_EU}", "DATESTAMP": "%{DATE}[- ]%{TIME}", "TZ": "[APMCE][SD]T|UTC",
    "DATESTAMP_RFC822": "%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}",
    "DATESTAMP_RFC2822": "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}",
    "DATESTAMP_OTHER": "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}",
    "DATESTAMP_EVENTLOG": "%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}",
    "SYSLOGTIMESTAMP": "%{MONTH} +%{MONTHDAY} %{TIME}", "PROG": "[\\x21-\\x5a\\x5c\\x5e-\\x7e]+",
    "SYSLOGHOST": "%{IPORHOST}", "HTTPDATE": "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}",
    "LOGLEVEL":
      "[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo?(?:rmation)?|INFO?(?:RMATION)?|[Ww]arn?(?:ing)?|WARN?(?:ING)?|[Ee]rr?(?:or)?|ERR?(?:OR)?|[Cc]rit?(?:ical)?|CRIT?(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|EMERG(?:ENCY)?|[Ee]merg(?:ency)?",
  ]
}
