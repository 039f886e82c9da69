import Glibc
public import Store
import Synchronization

/// Where a command speaks: results on standard output, everything else on standard error.
///
/// With `--json` the result is one document; with `--quiet` there are no remarks, and a command that was asked to do
/// something and has done it says nothing.
public struct Terminal: Sendable {
  /// How a command speaks.
  public struct Manner: Sendable {
    /// One JSON document instead of text.
    public var json: Bool
    /// No remarks.
    public var quiet: Bool
    /// More remarks.
    public var verbose: Bool
    /// Whether standard error is a terminal, so that a progress bar makes sense.
    public var isInteractive: Bool
    /// Whether colours may be used.
    public var usesColour: Bool

    /// Describes a manner.
    ///
    /// - Parameters:
    ///   - json: One JSON document.
    ///   - quiet: No remarks.
    ///   - verbose: More remarks.
    ///   - isInteractive: A progress bar makes sense.
    ///   - usesColour: Colours may be used.
    public init(
      json: Bool = false, quiet: Bool = false, verbose: Bool = false, isInteractive: Bool = false,
      usesColour: Bool = false
    ) {
      self.json = json
      self.quiet = quiet
      self.verbose = verbose
      self.isInteractive = isInteractive
      self.usesColour = usesColour
    }

    /// The manner that flags and surroundings ask for.
    ///
    /// - Parameters:
    ///   - options: The flags.
    ///   - environment: For `NO_COLOR` and `TERM`.
    public init(_ options: CommonOptions, environment: [String: String]) {
      let isTerminal = isatty(STDERR_FILENO) == 1
      self.init(
        json: options.json, quiet: options.quiet, verbose: options.verbose,
        isInteractive: isTerminal && !options.quiet,
        usesColour: isTerminal && environment["NO_COLOR", default: ""].isEmpty
          && environment["TERM"] != "dumb")
    }
  }

  /// How it speaks.
  public let manner: Manner

  /// Makes a terminal.
  ///
  /// - Parameter manner: How it speaks.
  public init(_ manner: Manner) { self.manner = manner }

  /// Prints a line of the result.
  ///
  /// Nothing with `--json`: there the document is the result.
  ///
  /// - Parameter line: Without a line end.
  public func say(_ line: String = "") {
    if !manner.json { Self.write(Self.printable(line) + "\n", to: STDOUT_FILENO) }
  }

  /// A line whose control characters cannot do anything to a terminal: titles come from strangers.
  static func printable(_ line: String) -> String {
    func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F }
    guard line.utf8.contains(where: isControl) else { return line }
    return String(decoding: line.utf8.map { isControl($0) ? 0x20 : $0 }, as: UTF8.self)
  }

  /// Prints the result as a document, with `--json` only.
  ///
  /// - Parameter document: An object with a `format` member.
  /// - Throws: What making the document throws.
  public func document(_ document: @autoclosure () throws -> JSONValue) rethrows {
    guard manner.json else { return }
    Self.write(String(decoding: CanonicalJSON.document(try document()), as: UTF8.self), to: STDOUT_FILENO)
  }

  /// Prints bytes as they are, with or without `--json`.
  ///
  /// - Parameter bytes: A file that was asked for.
  public func raw(_ bytes: [UInt8]) {
    Self.write(String(decoding: bytes, as: UTF8.self), to: STDOUT_FILENO)
  }

  /// Prints a remark on what is going on; nothing with `--quiet`.
  ///
  /// - Parameter line: Without a line end.
  public func remark(_ line: String) {
    if !manner.quiet { Self.write(line + "\n", to: STDERR_FILENO) }
  }

  /// Prints a detail, with `--verbose` only.
  ///
  /// - Parameter line: Without a line end.
  public func detail(_ line: @autoclosure () -> String) {
    if manner.verbose { Self.write(line() + "\n", to: STDERR_FILENO) }
  }

  /// Prints a failure: three lines, or a JSON document, on standard error.
  ///
  /// - Parameter error: The failure.
  public func fail(_ error: CommandError) {
    if manner.json {
      Self.write(String(decoding: CanonicalJSON.document(error.json), as: UTF8.self), to: STDERR_FILENO)
    } else {
      var lines = error.lines
      if manner.usesColour { lines[0] = "\u{1B}[31m\(lines[0])\u{1B}[0m" }
      Self.write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
    }
  }

  /// Starts a progress bar; it shows only on a terminal.
  ///
  /// - Parameter title: What is counted.
  /// - Returns: The bar.
  public func progress(_ title: String) -> Progress {
    Progress(title: title, isShown: manner.isInteractive) { Self.write($0, to: STDERR_FILENO) }
  }

  /// Whether a result could not be written, for another reason than a reader that has gone away.
  static var hasLostOutput: Bool { lost.load(ordering: .relaxed) }
  private static let lost = Atomic<Bool>(false)

  /// Writes all of a text; a reader that has gone away ends the output quietly.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 || errno == EINTR else {
        if descriptor == STDOUT_FILENO, errno != EPIPE { lost.store(true, ordering: .relaxed) }
        return
      }
      bytes = bytes.dropFirst(max(0, written))
    }
  }
}
