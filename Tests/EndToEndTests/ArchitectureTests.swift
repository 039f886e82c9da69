import FoundationEssentials
import TestKit
import Testing

/// The walls between the rooms, which the package manager does not hold: an undeclared import fails in the
/// first clean build and succeeds in the second.
@Suite struct ArchitectureTests {
  /// What each room may look into; everything else is a wall.
  static let doors: [String: Set<String>] = [
    "Model": [],
    "HTTP": ["CCurl", "Synchronization", "Glibc"],
    "XML": ["CXML", "Synchronization"],
    "Store": [
      "CBytes", "SystemPackage", "Crypto", "Dispatch", "FoundationEssentials", "Glibc", "Synchronization",
    ],
    "PriceList": ["Model", "XML"],
    "CatalogFormat": ["Model", "Store", "XML", "SystemPackage"],
    "Crawl": [
      "Model", "PriceList", "CatalogFormat", "HTTP", "XML", "Store", "SystemPackage", "Synchronization",
    ],
    "Publish": [
      "Model", "PriceList", "CatalogFormat", "XML", "Store", "SystemPackage", "Synchronization",
    ],
    "Search": ["Model", "Store", "CBytes", "CStemmer", "SystemPackage", "Synchronization"],
    "Notify": ["Model", "HTTP", "Store", "Mustache", "SystemPackage", "Synchronization"],
    "Console": [
      "Model", "Store", "Yams", "ArgumentParser", "Subprocess", "SystemPackage", "FoundationEssentials",
      "Synchronization", "Dispatch", "Glibc",
    ],
    "kaspi-catalog": [
      "Model", "HTTP", "XML", "Store", "PriceList", "CatalogFormat", "Crawl", "Publish", "Search", "Notify",
      "Console", "ArgumentParser", "SystemPackage", "FoundationEssentials", "Synchronization",
    ],
    "kaspi-notifier": [
      "Model", "HTTP", "Store", "CatalogFormat", "Notify", "Console", "ArgumentParser", "SystemPackage",
      "FoundationEssentials", "Synchronization",
    ],
    "kaspi-simulator": [
      "Model", "Store", "XML", "PriceList", "FlyingFox", "FlyingSocks", "ArgumentParser", "SystemPackage",
      "FoundationEssentials", "Synchronization", "Glibc", "Dispatch",
      // The feed puller asks as a stranger would: not through our own client.
      "FoundationNetworking",
    ],
  ]

  /// Rooms where the word `unsafe` has business, and why.
  static let unsafeRooms: [String: String] = [
    "HTTP": "libcurl", "XML": "libxml2", "Search": "libstemmer and the mapped index",
    "Store": "pread buffers, and bytes sixteen at a time",
    "Console": "write(2) to a terminal",
  ]

  @Test(arguments: doors.keys.sorted())
  func looksOnlyThroughItsDoors(room: String) throws {
    let allowed = try #require(Self.doors[room])
    for (name, text) in try Self.swiftFiles(in: room) {
      for line in text.split(separator: "\n") {
        guard let imported = Self.importedModule(String(line)) else { continue }
        #expect(allowed.contains(imported), "\(room)/\(name) imports \(imported)")
      }
    }
  }

  @Test func everyRoomHasItsDoorsWrittenDown() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/Sources")
    let rooms = Set(folders).subtracting(["CBytes", "CCurl", "CXML", "CStemmer"])
    #expect(rooms == Set(Self.doors.keys), "a room was added or left without its line here")
  }

  @Test(arguments: doors.keys.sorted().filter { unsafeRooms[$0] == nil })
  func keepsUnsafeCodeInTheWrappers(room: String) throws {
    for (name, text) in try Self.swiftFiles(in: room) {
      let code = text.split(separator: "\n").map { $0.split(separator: "//", maxSplits: 1).first ?? "" }
      let words = code.joined(separator: "\n").split { !($0.isLetter || $0.isNumber || $0 == "_") }
      #expect(!words.contains("unsafe"), "\(room)/\(name)")
    }
  }

  /// The check itself is checked: without this, a pattern that never matches would pass everything.
  @Test(arguments: [
    ("import Foundation", "Foundation"), ("  public import Model", "Model"),
    ("@testable import Store", "Store"),
    ("@preconcurrency internal import CXML", "CXML"), ("import struct Foundation.Date", "Foundation"),
    ("// import Foundation", nil), ("let important = 1", nil),
  ])
  func recognisesImports(line: String, module: String?) {
    #expect(Self.importedModule(line) == module)
  }

  static func importedModule(_ line: String) -> String? {
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
    var words = line.split { $0 == " " || $0 == "\t" }[...]
    while let first = words.first, first != "import" {
      guard
        first.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(first)
      else { return nil }
      words = words.dropFirst()
    }
    words = words.dropFirst()
    if let kind = words.first, kinds.contains(kind) { words = words.dropFirst() }
    return words.first?.split(separator: ".").first.map(String.init)
  }

  static let root: String = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func swiftFiles(in room: String) throws -> [(name: String, text: String)] {
    let folder = root + "/Sources/" + room
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
    #expect(!names.isEmpty, "the room \(room) has no files")
    return try names.map {
      ($0, String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\($0)")), as: UTF8.self))
    }
  }
}
