import Glibc
import SystemPackage

/// Where the program talks to people.
enum Terminal {
  /// A line on stdout, at once: others read it while we run.
  static func say(_ line: String) { write(line, to: STDOUT_FILENO) }

  /// A line on stderr.
  static func complain(_ line: String) { write("kaspi-simulator: " + line, to: STDERR_FILENO) }

  private static func write(_ line: String, to descriptor: Int32) {
    do {
      _ = try FileDescriptor(rawValue: descriptor).writeAll(Array((line + "\n").utf8))
    } catch {
      // Nobody listens; there is nowhere left to say so.
    }
  }
}
