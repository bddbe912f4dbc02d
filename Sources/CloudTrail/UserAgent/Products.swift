extension ProductGroup {
  /// Every product that is known by a token and a version behind it, the winning groups first.
  static let all: [ProductGroup] = libraries + browsers + applications + tools

  private static let libraries: [ProductGroup] = [
    ProductGroup(.library, .anywhere, .slash, 2...3, needsVersion: false, ["CFNetwork"]),
    ProductGroup(.library, .anywhere, .slash, 2...2, [.init("PingdomPageSpeed", "PingdomBot")]),
    ProductGroup(.library, .anywhere, .slash, 2...2, [.init("NewRelicPinger", "NewRelicPingerBot")]),
    ProductGroup(.library, .anywhere, .slash, 2...2, ["Tableau"]),
    ProductGroup(.library, .anywhere, .slash, nil, [.init("(StatusCake)", "StatusCakeBot")]),
    ProductGroup(.library, .anywhere, .slash, 2...2, [.init("facebookexternalhit", "FacebookBot")]),
    ProductGroup(.library, .anywhere, .slash, 2...2, ["Twitterbot"]),
    ProductGroup(
      .library, .wordStart, .slash, 1...3,
      ["Argus", "EDI", "Grub", "LinkedInBot", "Nutch", "Pandora", "Twitterbot", "VSE", "WebZIP"]),
    ProductGroup(
      .library, .anywhere, .either, 1...3, needsVersion: false,
      [
        "Apache-HttpClient", "Go-http-client", "Google-HTTP-Java-Client", "HttpMonitor", "JNLP", "PostmanRuntime",
        "Python-urllib", "TLSProber", "WinHTTP", "aihttp", "axios", "http%20client", "okhttp", "reqwest",
        "scalaj-http", "unirest-java", "unirest-net", "unirest-nodejs", "unirest-php", "unirest-python",
        "unirest-ruby",
      ]),
    ProductGroup(
      .library, .anywhere, .slashAndV, 1...3, needsVersion: false,
      [
        "AdsBot-Google", "AppEngine-Google", "BingPreview", "Bloglovin", "Catchpoint bot", "Catchpoint", "Feedbin",
        "GPTBot", "Genieo", "Google-InspectionTool", "GoogleOther", "Googlebot-Image", "Googlebot", "GomezAgent",
        "InternetArchive", "Kraken", "LinkedInBot", "MJ12bot", "Mail.RU_Bot", "Mediapartners-Google", "Netvibes",
        "Orbiter", "PagePeeker", "PagesInventory", "Qwantify", "Reaper", "Riddler", "Scrapy", "SemrushBot",
        "SimplePie", "Simpy", "Slack-ImgProxy", "Slackbot-LinkExpanding", "Slurp", "Stringer", "WIRE", "WhatWeb",
        "WhatsApp", "WordPress", "YottaaMonitor", "archiver", "bingbot", "gsa-crawler", "heritrix", "holmes",
        "htdig", "ia_archiver", "larbin", "lycos", "masscan", "msnbot", "netresearch", "scooter", "snappy",
      ]),
    ProductGroup(
      .library, .wordStart, .slash, 2...3,
      [
        "Boto", "Boto3", "JetS3t", "aws-cli", "aws-sdk-cpp", "aws-sdk-dotnet-#", "aws-sdk-dotnet-##",
        "aws-sdk-dotnet-core", "aws-sdk-go", "aws-sdk-go-v#", "aws-sdk-java", "aws-sdk-nodejs", "aws-sdk-ruby",
        "aws-sdk-ruby2", "s3fs",
      ]),
  ]

  private static let browsers: [ProductGroup] = [
    ProductGroup(.marked, .anywhere, .slash, nil, [.init("AspiegelBot", "Spider"), .init("PetalBot", "Spider")]),
    ProductGroup(.marked, .anywhere, .slash, 2...3, [.init("PaleMoon", "Pale Moon")]),
    ProductGroup(.marked, .anywhere, .slash, 2...2, [.init("Fennec", "Firefox Mobile")]),

    ProductGroup(.opera, .anywhere, .optional, 1...3, needsVersion: false, ["Opera Mini"]),

    ProductGroup(.branded, .anywhere, .slash, 2...3, [.init("OPX", "Opera GX")]),
    ProductGroup(.branded, .anywhere, .slash, 2...3, [.init("OPT", "Opera Touch")]),
    ProductGroup(.branded, .anywhere, .slash, 3...3, [.init("OPiOS", "Opera Mini")]),
    ProductGroup(.branded, .anywhere, .slash, 4...4, [.init("HuaweiBrowser", "Huawei Browser")]),
    ProductGroup(
      .branded, .anywhere, .slash, 3...3,
      [.init("AvastSecureBrowser", "Avast Secure Browser"), .init("Avast", "Avast Secure Browser")]),
    ProductGroup(
      .branded, .anywhere, .slash, 1...4,
      [
        .init("Brave", "Brave"), .init("brave", "Brave"), .init("Brave Chrome", "Brave"),
        .init("brave Chrome", "Brave"),
      ]),
    ProductGroup(.branded, .anywhere, .slash, 2...3, [.init("Silk", "Amazon Silk")]),
    ProductGroup(.branded, .anywhere, .slash, 2...3, ["Puffin"]),
    ProductGroup(.branded, .anywhere, .slash, 1...4, [.init("EdgA", "Edge Mobile"), .init("EdgiOS", "Edge Mobile")]),
    ProductGroup(.branded, .anywhere, .slash, 2...3, [.init("OculusBrowser", "Oculus Browser")]),
    ProductGroup(.branded, .anywhere, .slash, 2...2, [.init("SamsungBrowser", "Samsung Internet")]),
    ProductGroup(.branded, .anywhere, .slash, 3...3, ["MiuiBrowser"]),
    ProductGroup(.branded, .anywhere, .slash, 1...3, [.init("MQQBrowser", "QQ Browser Mobile")]),
    ProductGroup(.branded, .anywhere, .slash, 3...4, [.init("QQBrowser", "QQ Browser")]),
    ProductGroup(.branded, .anywhere, .slash, 3...4, ["VivoBrowser"]),

    ProductGroup(.chromeMobile, .anywhere, .slash, 1...4, [.init("CriOS", "Chrome Mobile iOS")]),

    ProductGroup(.desktop, .anywhere, .slash, 3...3, [.init("YaBrowser", "Yandex Browser")]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["Whale"]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["1Password"]),
    ProductGroup(.desktop, .anywhere, .slash, 4...4, ["Avira"]),
    ProductGroup(.desktop, .anywhere, .slash, 4...4, ["CCleaner"]),
    ProductGroup(.desktop, .anywhere, .slash, 4...4, ["Norton"]),
    ProductGroup(.desktop, .anywhere, .slash, nil, [.init("Talon", "Talon Cyber Security Browser")]),
    ProductGroup(.desktop, .anywhere, .slash, 2...3, [.init("MicroMessenger", "WeChat Browser")]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, [.init("Slack_SSB", "Slack Desktop Client")]),
    ProductGroup(
      .desktop, .wordStart, .slash, 3...3,
      [
        "Camino", "Electron", "Epiphany", "Google Earth", "Iceweasel", "Iron", "Konqueror", "Lynx", "Maxthon", "Midori",
        "MobileIron", "OktaMobile", "SeaMonkey", "Spotify", "Vienna",
      ]),
    ProductGroup(.desktop, .anywhere, .slash, 2...3, ["Thunderbird"]),
    ProductGroup(.desktop, .anywhere, .slash, 1...3, ["Vivaldi"]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, [.init("Teams", "Microsoft Teams")]),
    ProductGroup(.desktop, .anywhere, .slash, 1...4, [.init("Edg", "Edge"), .init("Edge", "Edge")]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, needsVersion: false, ["HeadlessChrome"]),
    ProductGroup(
      .desktop, .anywhere, .slash, 2...3,
      [
        "AdobeAIR", "Camino", "Dragon", "Epiphany", "ExchangeServicesClient", "ExchangeWebServices", "IceCat",
        "Iceweasel", "Iron", "Konqueror", "Lynx", "MacAppStore", "Maxthon", "Midori", "Netscape", "Opera",
        "Phoenix", "SeaMonkey", "iTunes", "qutebrowser",
      ]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, [.init("QtWebEngine", "Qt Web Engine")]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["Agency"]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["Config"]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["Viewer"]),
    ProductGroup(.desktop, .anywhere, .slash, 3...3, ["Unique"]),
    ProductGroup(.desktop, .anywhere, .slash, 2...4, ["Chrome", "Chromium"]),
  ]

  private static let applications: [ProductGroup] = [
    ProductGroup(.mail, .anywhere, .either, 2...2, [.init("IEMobile", "IE Mobile")]),
    ProductGroup(.mail, .anywhere, .space, 1...3, ["Android", "Microsoft SkyDriveSync", "Opera"]),
    ProductGroup(.mail, .anywhere, .slash, nil, ["Nextcloud"]),
    ProductGroup(.mail, .anywhere, .slash, 1...3, needsVersion: false, [.init("OpenVAS", "OpenVAS Scanner")]),
    ProductGroup(.mail, .anywhere, .slash, 1...3, ["AnyConnect"]),

    ProductGroup(.device, .anywhere, .slash, 3...3, ["PhantomJS"]),

    ProductGroup(.webKit, .anywhere, .slash, 3...3, [.init("AppleWebKit", "Apple Mail")]),
  ]

  private static let tools: [ProductGroup] = [
    ProductGroup(.tool, .anywhere, .slash, 2...2, [.init("python-requests", "Python Requests")]),
    ProductGroup(
      .tool, .wordStart, .either, 1...3, needsVersion: false,
      [
        "AHC", "Apache-CXF", "Axel", "Debian APT-HTTP", "Go-CF-client", "HTTPie", "Jersey", "Microsoft-CryptoAPI",
        "PycURL", "ReactorNetty", "SophosAgent", "SophosUpdateManager", "Ubuntu APT-HTTP", "Vert.x-WebClient", "Wget",
        "Windows-Update-Agent", "WindowsPowerShell", "akka-http", "aria2", "curl", "fetch libfetch", "go-resty",
        "got", "insomnia", "jupdate", "lftp", "libcurl-agent", "libwww-perl", "urlgrabber", "wget2",
      ]),

    ProductGroup(
      .client, .start, .slashAndV, 2...3, ["HTTPClient", "Java-EurekaClient", "lua-resty-http"]),
    ProductGroup(.client, .anywhere, .slashAndV, 3...3, ["minio-go"]),
    ProductGroup(.client, .start, .either, 3...3, ["ureq"]),
    ProductGroup(.client, .start, .slash, 3...3, ["http.rb"]),
    ProductGroup(.client, .start, .slash, 3...3, ["GuzzleHttp"]),
    ProductGroup(.client, .start, .slash, 3...3, ["Cyberduck"]),
    ProductGroup(.client, .anywhere, .slash, nil, ["S3Gof3r"]),
    ProductGroup(
      .client, .wordStart, .slash, 2...3,
      ["ibm-cos-sdk-core", "ibm-cos-sdk-java", "ibm-cos-sdk-js", "ibm-cos-sdk-python"]),
    ProductGroup(.client, .start, .slash, 3...3, ["rusoto"]),
    ProductGroup(.client, .start, .slashAndV, 2...2, ["rclone"]),
    ProductGroup(.client, .start, .slash, 3...3, ["Box", "Box Sync"]),
    ProductGroup(.client, .anywhere, .slash, 3...3, ["Transmit"]),
    ProductGroup(.client, .wordStart, .space, 2...3, ["HTTrack"]),
    ProductGroup(.client, .anywhere, .slash, 1...3, ["MullvadBrowser"]),
  ]
}
