import SystemPackage
import TestKit
import Testing

@testable import Store

@Suite struct DigestTests {
  @Test func knowsThePublishedExamples() throws {
    // FIPS 180-2, appendix B.1.
    #expect(
      Digest.sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func readsFilesInPieces() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    let file = try folder.write("large", bytes)
    #expect(try Digest.sha256(of: file) == Digest.sha256(bytes))
    #expect(
      try #require(throws: StoreError.self) { try Digest.sha256(of: folder.path.appending("no")) }.code
        == .missing)
  }
}
