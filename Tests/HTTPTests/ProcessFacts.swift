import FoundationEssentials
import Testing

/// Waits for something that nobody announces, for ten minutes at most; then the test that waits has failed.
func untilTrue(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async {
  let clock = ContinuousClock()
  let deadline = clock.now + .seconds(600)
  while !condition() {
    guard clock.now < deadline else {
      Issue.record("what is waited for did not come in ten minutes", sourceLocation: sourceLocation)
      return
    }
    await Task.yield()
  }
}

/// How many files this process has open.
func openFiles() -> Int {
  (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
}

/// What the kernel says about the threads of our clients.
///
/// A thread that ends while it is looked at has no status and is left out.
func curlThreads() -> [String] {
  let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
  return all.compactMap { thread in
    guard let bytes = FileManager.default.contents(atPath: "/proc/self/task/\(thread)/status") else {
      return nil
    }
    let status = String(decoding: bytes, as: UTF8.self)
    return status.hasPrefix("Name:\tkaspi-curl\n") ? status : nil
  }
}
