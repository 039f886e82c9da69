import Store
import Synchronization

/// A process that dies before each of its system calls in turn: from that call on, none happens.
package enum Killing {
  /// Runs an effect to every possible end.
  ///
  /// - Parameters:
  ///   - prepare: Brings the files into their old state; not killed.
  ///   - run: The effect.
  ///   - check: Looks at what is left; gets the number of calls that happened.
  /// - Returns: The names of all calls of the undisturbed run.
  /// - Throws: What the closures throw, but not the kill.
  package static func everywhere(
    prepare: () throws -> Void, run: () throws -> Void, check: (_ calls: Int) throws -> Void
  ) throws -> [String] {
    var allowed = 0
    while true {
      try prepare()
      let (calls, isDead) = try record(allowing: allowed, run)
      try check(calls.count)
      if !isDead { return calls }
      allowed += 1
    }
  }

  private static func record(allowing limit: Int, _ run: () throws -> Void) throws -> ([String], Bool) {
    let log = Log()
    do {
      try Interruption.before { name, path throws(StoreError) in
        guard log.add(name, limit) else { throw StoreError(code: .failed, path: path, detail: "killed") }
      } run: {
        try run()
      }
    } catch let error as StoreError where error.detail == "killed" {
      return (log.names, true)
    }
    return (log.names, false)
  }

  private final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var names: [String] { state.withLock { $0 } }

    func add(_ name: String, _ limit: Int) -> Bool {
      state.withLock { names in
        guard names.count < limit else { return false }
        names.append(name)
        return true
      }
    }
  }
}
