// swift-tools-version:6.1
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]
/// The rooms on the way from bytes to bitmaps are optimized across module borders in release builds.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))]

let package = Package(
  name: "martlet",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "JSON", dependencies: ["CSimdjson"], swiftSettings: hot),
    .target(name: "Events", dependencies: ["JSON"], swiftSettings: hot),
    .target(
      name: "CloudTrail", dependencies: ["Events", "JSON", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: hot),
    .target(name: "Query", dependencies: ["Events", "JSON"], swiftSettings: hot),
    .target(
      name: "Rules", dependencies: ["Events", "JSON", .product(name: "TOMLKit", package: "TOMLKit")],
      swiftSettings: strict, plugins: ["EmbedRules"]),
    .target(
      name: "Detection",
      dependencies: ["Rules", "Query", "CloudTrail", "Events", "JSON", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: hot),
    .target(
      name: "Inputs", dependencies: ["CloudTrail", "Events", "JSON", "CDeflate", "CZlib", "CZstd"], swiftSettings: hot),
    .target(
      name: "Outputs", dependencies: ["Detection", "Inputs", "CloudTrail", "Events", "Query", "Rules", "JSON"],
      swiftSettings: strict),
    .target(name: "Generator", dependencies: ["CDeflate"], swiftSettings: hot),
    .executableTarget(
      name: "martlet",
      dependencies: [
        "Outputs", "Inputs", "Detection", "Rules", "Query", "CloudTrail", "Events", "JSON", "Generator",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .executableTarget(name: "EmbedRulesTool", swiftSettings: strict),
    .plugin(name: "EmbedRules", capability: .buildTool(), dependencies: ["EmbedRulesTool"]),
  ],
  cxxLanguageStandard: .cxx17
)
