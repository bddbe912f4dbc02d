// swift-tools-version:6.1
import PackageDescription

/// Set by scripts/fuzz to the path of libFuzzer's runtime: code is then compiled for it, and `martlet-fuzz` is a product.
let fuzzerRuntime = Context.environment["MARTLET_FUZZER_RUNTIME"]
let fuzzed: [SwiftSetting] = fuzzerRuntime == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer,address"])]
/// A release binary holds Swift's own libraries, so that it runs where there is no Swift.
let standalone = fuzzerRuntime == nil ? ["-static-stdlib"] : []
let program: [LinkerSetting] = [.unsafeFlags(standalone, .when(platforms: [.linux], configuration: .release))]
/// Set in CI: a warning in our own code is an error then.
let warningsAreErrors = Context.environment["MARTLET_WARNINGS_AS_ERRORS"] == "1"
let plain: [SwiftSetting] =
  [.swiftLanguageMode(.v6)] + (warningsAreErrors ? [.unsafeFlags(["-warnings-as-errors"])] : [])
  + [.unsafeFlags(standalone, .when(platforms: [.linux], configuration: .release))]
let strict: [SwiftSetting] = plain + fuzzed
/// What the tests' random input and every command go through is optimized in debug builds too, with every check in it: the
/// tests would take three times as long. The fuzzer's debug build is there to be built quickly.
let quick: [SwiftSetting] =
  strict
  + (fuzzerRuntime == nil
    ? [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] : [])
/// On the way from bytes to bitmaps, exclusive access is checked in debug builds, which the tests run; checking it on every step of
/// a scan costs a tenth.
let hot: [SwiftSetting] = quick + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]
/// What the hot rooms call for every value is optimized into them in release builds. For all rooms that would bring nothing, and
/// make them a quarter longer to build.
let inlined: [SwiftSetting] =
  hot + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

/// What does its work once, or waits for somebody else: commands, tests of rules, messages over the network, the policies that an alert
/// shows. Optimizing these rooms brings nothing that anyone could notice, and took more than a tenth of a release build.
let leisurely: [SwiftSetting] =
  strict + [.unsafeFlags(["-Onone", "-assert-config", "Release"], .when(configuration: .release))]

/// The fuzzer, where it is asked for: nothing else can be linked with its runtime.
let fuzzTargets: [Target] =
  fuzzerRuntime.map { runtime in
    [
      .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
      .executableTarget(
        name: "martlet-fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Tests/martlet-fuzz",
        swiftSettings: plain + [.unsafeFlags(["-sanitize=address"])],
        linkerSettings: [.unsafeFlags(["-sanitize=address", "-use-ld=lld", runtime]), .linkedLibrary("stdc++")]),
    ]
  } ?? []

let package = Package(
  name: "martlet",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    // Without its traits: they only add another reader of settings and more of Foundation.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "COniguruma", providers: [.apt(["libonig-dev"])]),
    .systemLibrary(name: "CMaxMind", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // The sanitizer of the fuzzer has an allocator of its own.
    .target(name: "CMemory", cSettings: fuzzerRuntime == nil ? [] : [.define("MARTLET_SANITIZED")]),
    .target(name: "CProcess"),
    .target(
      name: "CSimdjson", dependencies: ["CMemory"], cxxSettings: [.unsafeFlags(["-O3"])],
      linkerSettings: [.linkedLibrary("simdjson")]),
    .target(
      name: "CRe2", cxxSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "Hashing", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "Transfers", dependencies: ["CCurl"], swiftSettings: strict),
    .target(
      name: "Settings", dependencies: ["JSON", "Transfers", .product(name: "Yams", package: "Yams")],
      swiftSettings: leisurely),
    .target(
      name: "AWS", dependencies: ["Transfers", "Events", "JSON", "Hashing", "CCrypto"], swiftSettings: leisurely),
    .target(
      name: "Roads",
      dependencies: ["AWS", "Settings", "Transfers", "Intake", "Events", "JSON", "Hashing", "CDeflate"],
      swiftSettings: strict),
    .target(name: "Parallel", dependencies: ["CMemory"], swiftSettings: inlined),
    .target(name: "JSON", dependencies: ["CSimdjson"], swiftSettings: inlined),
    .target(name: "Events", dependencies: ["JSON"], swiftSettings: inlined),
    .target(name: "Intake", dependencies: ["Events"], swiftSettings: strict),
    .target(
      name: "CloudTrail",
      dependencies: ["Events", "JSON", "Policies", "CMaxMind", "CMemory", "Hashing", "Parallel"],
      swiftSettings: hot),
    .target(name: "Store", dependencies: ["Query", "Events"], swiftSettings: hot),
    .target(name: "Segments", dependencies: ["Events", "Parallel", "CZstd", "CDeflate"], swiftSettings: hot),
    .target(
      name: "Databases", dependencies: ["Parallel", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "SegmentStore",
      dependencies: [
        "Databases", "Store", "Segments", "Query", "Events", "Parallel", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Ingestion",
      dependencies: [
        "SegmentStore", "Segments", "Store", "Detection", "Inputs", "CloudTrail", "Query", "Events", "Hashing",
        "Parallel",
      ],
      swiftSettings: hot),
    .target(
      name: "Alerts",
      dependencies: [
        "Databases", "Events", "JSON", "Hashing", "Parallel", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(name: "Policies", dependencies: ["JSON"], swiftSettings: leisurely),
    .target(
      name: "Query",
      dependencies: [
        "Events", "JSON", "Parallel", "CRe2", "COniguruma", "CCrypto", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: hot),
    .target(
      name: "Rules", dependencies: ["Query", "Events", "Hashing", "JSON", "Parallel"], swiftSettings: quick,
      plugins: ["EmbedRules"]),
    .target(
      name: "Exceptions", dependencies: ["Rules", "Query", "Events", "JSON", "Parallel"], swiftSettings: leisurely),
    .target(
      name: "Detection",
      dependencies: [
        "Rules", "Query", "CloudTrail", "Policies", "Events", "JSON", "Parallel",
        "Hashing",
      ],
      swiftSettings: hot),
    .target(
      name: "Inputs",
      dependencies: [
        "CloudTrail", "Events", "JSON", "Parallel", "CArchive", "CBzip2", "CDeflate", "CLzma", "CZlib",
        "CZstd",
      ],
      swiftSettings: hot),
    .target(
      name: "Outputs",
      dependencies: ["Detection", "Inputs", "Store", "CloudTrail", "Events", "Query", "Rules", "JSON", "Parallel"],
      swiftSettings: strict),
    .target(
      name: "Reports",
      dependencies: ["Outputs", "Store", "Rules", "Events", "JSON", "Hashing", "Parallel"],
      swiftSettings: strict),
    .target(
      name: "Notifications",
      dependencies: [
        "Alerts", "Settings", "Transfers", "Intake", "Reports", "Databases", "Rules", "Events", "JSON", "Hashing",
        "Parallel",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: leisurely),
    .target(
      name: "Outside",
      dependencies: [
        "AWS", "Alerts", "Notifications", "Roads", "Settings", "Transfers", "Intake", "Events", "JSON",
      ], swiftSettings: leisurely),
    .target(name: "Bulk", dependencies: ["Intake", "Events", "JSON"], swiftSettings: strict),
    .target(name: "Trust", dependencies: ["Hashing"], swiftSettings: leisurely),
    .target(
      name: "Server",
      dependencies: [
        "Bulk", "Trust", "Roads", "Transfers", "Intake", "Events", "JSON", "Parallel", "CZlib", "CProcess",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .target(
      name: "RuleTesting",
      dependencies: [
        "Detection", "Rules", "Query", "CloudTrail", "Events", "JSON", "Parallel",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: leisurely),
    .target(
      name: "Running",
      dependencies: [
        "Alerts", "Ingestion", "SegmentStore", "Store", "Outputs", "Inputs", "Detection", "Exceptions", "Rules",
        "CloudTrail", "Events", "JSON", "Parallel",
      ], swiftSettings: strict),
    .target(
      name: "Service",
      dependencies: [
        "Running", "Outside", "Notifications", "Trust", "Settings", "Intake", "Alerts", "Ingestion", "SegmentStore",
        "Segments", "Store",
        "Outputs",
        "Inputs", "Detection", "Exceptions", "Rules", "CloudTrail", "Events", "JSON", "Parallel",
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: leisurely),
    .target(name: "Generator", dependencies: ["CDeflate"], swiftSettings: hot),
    .executableTarget(
      name: "martlet",
      dependencies: [
        "Running", "Service", "Server", "Bulk", "Trust", "Alerts", "Notifications", "Settings", "Transfers",
        "Ingestion",
        "SegmentStore", "Store",
        "Outputs",
        "Inputs", "Detection", "Exceptions", "Rules",
        "Query",
        "CloudTrail", "Events", "JSON", "Generator",
        "RuleTesting", "Reports", "Hashing", "Parallel", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: leisurely,
      linkerSettings: program),
    .target(
      name: "TestSupport", dependencies: ["CZlib"], path: "Tests/TestSupport", exclude: ["Python"],
      swiftSettings: strict),
    .testTarget(
      name: "AWSTests", dependencies: ["TestSupport", "AWS", "Transfers", "Events", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "RoadsTests",
      dependencies: ["TestSupport", "Roads", "Settings", "AWS", "Transfers", "Intake", "Events", "JSON"],
      swiftSettings: strict),
    .testTarget(
      name: "NotificationsTests",
      dependencies: [
        "TestSupport", "Notifications", "Settings", "Alerts", "Transfers", "Intake", "Reports", "Rules", "Events",
        "JSON",
        "Hashing",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SettingsTests", dependencies: ["TestSupport", "Settings", "Transfers", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "TransfersTests", dependencies: ["TestSupport", "Transfers", "JSON"], swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Inputs", "Detection", "Exceptions", "Rules", "RuleTesting", "Reports", "Policies", "Query", "CloudTrail",
        "Segments", "Events", "JSON", "AWS", "Notifications", "Roads", "Settings", "Bulk", "Intake",
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], exclude: ["Corpus", "Words"], swiftSettings: strict),
    .testTarget(name: "HashingTests", dependencies: ["Hashing"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["TestSupport", "JSON"], swiftSettings: strict),
    .testTarget(name: "EventsTests", dependencies: ["TestSupport", "Events", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "CloudTrailTests", dependencies: ["TestSupport", "CloudTrail", "Events", "JSON"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(name: "SegmentsTests", dependencies: ["TestSupport", "Segments", "Events"], swiftSettings: strict),
    .testTarget(
      name: "AlertsTests",
      dependencies: ["TestSupport", "Alerts", "Events", "JSON", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .testTarget(
      name: "IngestionTests",
      dependencies: [
        "TestSupport", "Ingestion", "Detection", "Inputs", "SegmentStore", "Segments", "Store", "Rules", "Query",
        "CloudTrail",
        "Events",
      ], swiftSettings: strict),
    .testTarget(
      name: "SegmentStoreTests",
      dependencies: [
        "TestSupport", "SegmentStore", "Store", "Segments", "Events", .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "TestSupport", "Running", "Alerts", "Ingestion", "Store", "SegmentStore", "Segments", "Detection", "Inputs",
        "Rules", "Query", "CloudTrail", "Events", "JSON",
      ], swiftSettings: strict),
    .testTarget(name: "PoliciesTests", dependencies: ["TestSupport", "Policies", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "QueryTests", dependencies: ["TestSupport", "Query", "CloudTrail", "Events", "JSON"],
      exclude: ["KQL/Cases", "ESQL/Cases", "Cases"], swiftSettings: strict),
    .testTarget(
      name: "RulesTests", dependencies: ["TestSupport", "Rules", "Query", "Events", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "ExceptionsTests",
      dependencies: ["TestSupport", "Exceptions", "Rules", "Query", "CloudTrail", "Events", "JSON"],
      swiftSettings: strict),
    .testTarget(
      name: "DetectionTests",
      dependencies: [
        "TestSupport", "Running", "Detection", "Inputs", "Rules", "Query", "CloudTrail", "Events", "JSON", "Parallel",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "InputsTests",
      dependencies: ["TestSupport", "Inputs", "CloudTrail", "Events", "JSON", "CBzip2", "CLzma", "CZlib", "CZstd"],
      swiftSettings: strict),
    .testTarget(
      name: "OutputsTests",
      dependencies: ["TestSupport", "Outputs", "Store", "Rules", "CloudTrail", "Events", "JSON", "Parallel"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "TestSupport", "Reports", "Rules", "Events", "JSON", "Hashing",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RuleTestingTests", dependencies: ["RuleTesting", "Rules", "Events", "JSON"], swiftSettings: strict),
    .testTarget(name: "GeneratorTests", dependencies: ["Generator", "CDeflate"], swiftSettings: strict),
    .testTarget(
      name: "MartletTests", dependencies: ["TestSupport", "martlet", "Generator", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "TestSupport", "martlet", "Service", "Trust", "Running", "AWS", "Alerts", "Ingestion", "SegmentStore", "Intake",
        "Settings",
        "Detection", "Rules", "CloudTrail", "Transfers", "Events", "JSON", "Notifications", "Parallel",
      ], swiftSettings: strict),
    .testTarget(
      name: "OutsideTests",
      dependencies: [
        "TestSupport", "martlet", "Outside", "AWS", "Alerts", "Ingestion", "Inputs", "Intake", "Notifications",
        "SegmentStore", "Settings", "CloudTrail", "Transfers", "Events", "JSON",
      ], swiftSettings: strict),
    .testTarget(name: "BulkTests", dependencies: ["TestSupport", "Bulk", "Intake", "JSON"], swiftSettings: strict),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "TestSupport", "Server", "Bulk", "Trust", "Intake", "Events", "JSON", "Transfers", "CZlib",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .executableTarget(name: "EmbedRulesTool", swiftSettings: plain, linkerSettings: program),
    .plugin(name: "EmbedRules", capability: .buildTool(), dependencies: ["EmbedRulesTool"]),
  ] + fuzzTargets,
  cxxLanguageStandard: .cxx17
)
