import Store
import StoreProbe
import Subprocess
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
    do { _ = try FileLock(at: path) }
    let again = try FileLock(at: path)
    again.release()
  }

  @Test func aChildDoesNotInheritIt() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path.appending(".lock")
    let lock = try FileLock(at: path)
    let result = try await run(
      .path("/bin/cat"), input: .none, output: .sequence, error: .discarded
    ) { execution in
      _ = execution
    }
    lock.release()
    let again = try FileLock(at: path)
    again.release()
    #expect(result.terminationStatus == .exited(0))
  }
}
