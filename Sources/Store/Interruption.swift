import SystemPackage

/// Lets tests stop a writer before any of its system calls, as a kill would.
package enum Interruption {
  /// Gets the name of a call that changes something, and its path; throwing stops the call.
  package typealias Hook = @Sendable (_ call: String, _ path: String) throws(StoreError) -> Void

  @TaskLocal private static var hook: Hook?

  /// Runs an effect with a hook before each of its system calls.
  ///
  /// To look like a kill the hook must go on throwing: a dead process does not tidy up either.
  package static func before(_ hook: @escaping Hook, run effect: () throws -> Void) rethrows {
    try $hook.withValue(hook, operation: effect)
  }

  static func step(_ call: String, _ path: FilePath) throws(StoreError) {
    if let hook { try hook(call, path.string) }
  }
}
