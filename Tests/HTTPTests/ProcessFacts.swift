import FoundationEssentials

/// Waits for something that nobody announces.
func untilTrue(_ condition: () -> Bool) async {
  while !condition() { await Task.yield() }
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
