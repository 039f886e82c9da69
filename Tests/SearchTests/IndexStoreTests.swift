import SystemPackage
import TestKit
import Testing

@testable import Search

@Suite struct IndexStoreTests {
  private func segment(_ title: String) throws -> [UInt8] {
    try IndexBuilder.build(documents: [SearchDocument(sku: "1", title: title)])
  }

  @Test func saysThatThereIsNoIndexYet() throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path.appending("index"))
    #expect(try store.head() == nil)
    #expect(#expect(throws: IndexError.self) { try store.open() }?.code == .missing)
  }

  @Test func switchesToTheNewVersionAndKeepsOneBefore() throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    for (number, title) in ["чайник", "кружка", "стол", "стул"].enumerated() {
      let publication = try store.publish(try segment(title))
      #expect(publication == IndexStore.Publication(version: number + 1, isNew: true))
      #expect(try Searcher(store.open()).search(Query(title)).count == 1)
    }
    #expect(try String(decoding: folder.read("HEAD"), as: UTF8.self) == "4\n")
    #expect(throws: (any Error).self) { try folder.read("000002/segment.ksg") }
    #expect(try folder.read("000003/segment.ksg") == segment("стол"))
  }

  @Test func makesNoVersionOfTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    try store.publish(segment("чайник"))
    let again = try store.publish(segment("чайник"))
    #expect(again == IndexStore.Publication(version: 1, isNew: false))
  }

  @Test func replacesADamagedVersion() throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    let bytes = try segment("чайник")
    try store.publish(bytes)
    try folder.write("000001/segment.ksg", Array(bytes.dropLast()))
    #expect(#expect(throws: IndexError.self) { try store.open() }?.code == .damaged)
    #expect(try store.publish(bytes) == IndexStore.Publication(version: 2, isNew: true))
    #expect(try store.open().documentCount == 1)
  }

  @Test(arguments: [
    ("000001/manifest.json", "{\"format\": 1, \"segments\": []}", IndexError.Code.version),
    ("000001/manifest.json", "{\"format\": 2, \"segments\": []}", .damaged),
    ("000001/manifest.json", "no json", .damaged),
    (
      "000001/manifest.json",
      "{\"format\": 2, \"segments\": [{\"file\": \"../../HEAD\", \"bytes\": 2}]}", .failed
    ),
    (
      "000001/manifest.json",
      "{\"format\": 2, \"segments\": [{\"file\": \"gone.ksg\", \"bytes\": 2}]}", .damaged
    ),
    ("HEAD", "two\n", .damaged), ("HEAD", "7\n", .damaged),
  ])
  func refusesWhatItCannotTrustByName(name: String, text: String, code: IndexError.Code) throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    try store.publish(segment("чайник"))
    try folder.write(name, Array(text.utf8))
    let error = #expect(throws: IndexError.self) { try store.open() }
    #expect(error?.code == code, "\(String(describing: error))")
    #expect(error?.path.hasPrefix(folder.path.string) == true)
  }

  @Test func publishesNothingThatIsNoSegment() throws {
    let folder = try TemporaryFolder()
    let store = IndexStore(folder.path)
    #expect(throws: IndexError.self) { try store.publish([1, 2, 3]) }
    #expect(try store.head() == nil)
  }
}
