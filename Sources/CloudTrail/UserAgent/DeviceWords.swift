/// A set of lower-case words, found in any mixture of cases by their first byte.
struct DeviceWords {
  private var words: [[StaticString]]

  private init(_ words: [StaticString]) {
    self.words = Array(repeating: [], count: 256)
    for word in words { self.words[Int(word.utf8Start[0])].append(word) }
  }

  /// Whether a word begins before the position `end`.
  func occurs(in text: AgentText, before end: Int) -> Bool {
    for position in 0..<min(text.count, end) {
      for word in words[Int(Byte.lowered(text[position]))] where text.hasFolded(word, at: position) { return true }
    }
    return false
  }

  /// Words of which one within the first hundred bytes makes its sender a crawler.
  ///
  /// Short ones catch more than crawlers: `boto3` holds `bot`, which is how uap-core's families have it too.
  static let crawlers = DeviceWords([
    "archiver", "bingpreview", "borg", "bot", "crawl", "facebookexternalhit", "favicon", "google-http-java-client",
    "google-inspectiontool", "heritrix", "holmes", "http%20client", "indexer", "masscan", "nutch", "pingdom",
    "python-urllib", "reaper", "scraper", "scrapy", "silk", "slurp", "snappy", "speedy", "spider", "statuscake",
    "vortex", "whatsapp", "winhttp", "wordpress", "yahoo", "zeal",
  ])

  /// Words that make a crawler of whose agent begins with them.
  static let leadingCrawlers = DeviceWords(["java/", "jnlp/", "ning"])

  /// The beginnings by which programs in audit logs are taken for feature phones.
  ///
  /// Old handsets share their first letters with today's programs: `sage` makes a phone of SageMaker, `http` of
  /// HTTPie. The handsets themselves call no cloud, so only beginnings that programs have are listed.
  static let handsets = DeviceWords([
    "arch", "argo", "audi", "comp", "cond", "fetc", "gene", "grad", "http", "idea", "libw", "mate", "medi", "mobi",
    "mode", "play", "port", "prox", "sage", "send", "seri", "shar", "smar", "soft", "talk",
  ])
}
