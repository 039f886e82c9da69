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
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A room: a library target and its tests.
///
/// Dependencies name the rooms it may look into.
///
/// Tests may need more: `testing` names it.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], testing: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name), "TestKit"] + dependencies + testing,
      exclude: [], swiftSettings: strict),
  ]
}

/// A front door: a program and its tests.
func frontDoor(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
  [.executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)]
}

// swift-format-ignore
let targets: [Target] =
  [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
    .target(name: "TestKit", dependencies: [system], path: "Tests/TestKit", swiftSettings: strict),
    .executableTarget(
      name: "StoreProbe", dependencies: ["Store", system], path: "Tests/StoreProbe", swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["TestKit", "Model", "Store", "HTTP", subprocess, system], swiftSettings: strict),
  ]
  + room("Model")
  + room("HTTP", ["CCurl"])
  + room("XML", ["CXML"])
  + room("Store", [system, crypto], testing: ["StoreProbe", subprocess])
  + room("PriceList", ["Model", "XML"])
  + room("CatalogFormat", ["Model", "Store", "XML"])
  + room("Crawl", ["Model", "PriceList", "HTTP", "XML", "Store", system])
  + room("Publish", ["Model", "PriceList", "CatalogFormat", "XML", "Store", system])
  + room("Search", ["Model", "Store", "CStemmer", system])
  + room("Notify", ["Model", "HTTP", "Store", mustache, system])
  + room("Console", ["Model", "Store", yams, arguments, subprocess, system])
  + frontDoor("kaspi-catalog", [
    "Model", "HTTP", "XML", "Store", "PriceList", "CatalogFormat", "Crawl", "Publish", "Search", "Console",
    arguments, system])
  + frontDoor("kaspi-notifier", [
    "Model", "HTTP", "Store", "CatalogFormat", "Notify", "Console", arguments, system])
  + frontDoor("kaspi-simulator", ["Model", "Store", "XML", "PriceList", "Console", server, arguments, system])

// While the rooms are being built one by one, only those that exist take part.
import Foundation
func exists(_ target: Target) -> Bool {
  let base = Context.packageDirectory + "/"
  let place = target.path ?? ((target.isTest ? "Tests/" : "Sources/") + target.name)
  let found = try? FileManager.default.contentsOfDirectory(atPath: base + place)
  return !(found ?? []).isEmpty
}
let present = targets.filter(exists)
let names = Set(present.map(\.name))
let rooms = Set(targets.map(\.name))
for target in present {
  target.dependencies = target.dependencies.filter {
    switch $0 {
    case .byNameItem(let name, _), .targetItem(let name, _): !rooms.contains(name) || names.contains(name)
    default: true
    }
  }
}

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
  targets: present,
  swiftLanguageModes: [.v6]
)
