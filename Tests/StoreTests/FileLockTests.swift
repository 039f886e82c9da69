import Store
import SystemPackage
import TestKit
import Testing

@Suite struct FileLockTests {
  @Test func onlyOneHoldsIt() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending("output/demo/.lock")
    let lock = try FileLock(at: path)
    let error = try #require(throws: StoreError.self) { _ = try FileLock(at: path) }
    #expect(error.code == .locked && error.path.hasSuffix(".lock"))
    lock.release()
    do { _ = try FileLock(at: path) }  // given back at the end of the scope
    let again = try FileLock(at: path)
    again.release()
  }
}
