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

  @Test func aLockWhoseFileIsGoneIsNoLock() throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending(".lock")
    try FileLock.checkHeld(path)  // nobody here has one
    let lock = try FileLock(at: path)
    try FileLock.checkHeld(path)
    try Folder.remove(path)
    let gone = try #require(throws: StoreError.self) { try FileLock.checkHeld(path) }
    #expect(gone.code == .locked && gone.detail.contains("deleted"))
    let other = try FileLock(at: path)
    try FileLock.checkHeld(path)
    other.release()
    lock.release()
    try FileLock.checkHeld(path)
  }
}
