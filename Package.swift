// swift-tools-version: 6.2
import PackageDescription

/// What every target is compiled with: language mode 6, unsafe expressions marked, warnings are errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let server: Target.Dependency = .product(name: "FlyingFox", package: "FlyingFox")
let sockets: Target.Dependency = .product(name: "FlyingSocks", package: "FlyingFox")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A room: a library target and its tests.
///
/// `dependencies` name the rooms it may look into; `testing` what its tests need beyond them; `files` the folders
/// of recorded input and expected output beside the tests.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], testing: [Target.Dependency] = [],
  files: [String] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name), "TestKit"] + dependencies + testing,
      exclude: files, swiftSettings: strict),
  ]
}

/// A front door: a program.
func frontDoor(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
  [.executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)]
}

let outside: [Target] = [
  // Without pkg-config, which would link libcurl: it is opened when it is needed (see HTTP's decisions).
  .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev", "zlib1g-dev"])]),
  .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
  .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
  // A header of our own: what Swift has no words for.
  .systemLibrary(name: "CBytes"),
]

let rooms: [Target] =
  room("Model")
  + room("HTTP", ["CCurl"])
  + room("XML", ["CXML"])
  + room("Store", ["CBytes", system, crypto], testing: ["StoreProbe", subprocess])
  + room("PriceList", ["Model", "XML"], testing: [system])
  + room("CatalogFormat", ["Model", "Store", "XML", system], files: ["Fixtures"])
  + room("Crawl", ["Model", "PriceList", "CatalogFormat", "HTTP", "XML", "Store", system])
  + room("Publish", ["Model", "PriceList", "CatalogFormat", "XML", "Store", system])
  + room("Search", ["Model", "Store", "CBytes", "CStemmer", system], files: ["Judged"])
  + room("Notify", ["Model", "HTTP", "Store", mustache, system], files: ["Snapshots"])
  + room("Console", ["Model", "Store", yams, arguments, subprocess, system])

let programs: [Target] =
  frontDoor(
    "kaspi-catalog",
    [
      "Model", "HTTP", "XML", "Store", "PriceList", "CatalogFormat", "Crawl", "Publish", "Search", "Notify",
      "Console", arguments, system,
    ])
  + frontDoor(
    "kaspi-notifier",
    ["Model", "HTTP", "Store", "CatalogFormat", "Notify", "Console", arguments, system])
  + frontDoor(
    "kaspi-simulator", ["Model", "Store", "XML", "PriceList", server, sockets, arguments, system])

let checks: [Target] = [
  .target(name: "TestKit", dependencies: ["Store", system], path: "Tests/TestKit", swiftSettings: strict),
  .executableTarget(
    name: "StoreProbe", dependencies: ["Store", system], path: "Tests/StoreProbe", swiftSettings: strict),
  .executableTarget(
    name: "KaspiBench",
    dependencies: [
      "Model", "HTTP", "XML", "Store", "PriceList", "CatalogFormat", "Crawl", "Publish", "Search", "Notify",
      system,
    ], path: "Tests/Bench", swiftSettings: strict),
  .testTarget(
    name: "SimulatorTests",
    dependencies: [
      "kaspi-simulator", "TestKit", "Model", "Store", "XML", "PriceList", "Crawl", server, sockets, system,
    ],
    swiftSettings: strict),
  .testTarget(
    name: "EndToEndTests",
    dependencies: [
      "TestKit", "Model", "Store", "HTTP", "kaspi-catalog", "kaspi-notifier", "kaspi-simulator", arguments,
      subprocess, system,
    ], swiftSettings: strict),
]

let package = Package(
  name: "kaspi-catalog",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: outside + rooms + programs + checks,
  swiftLanguageModes: [.v6]
)
