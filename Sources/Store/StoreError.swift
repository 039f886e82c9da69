public import SystemPackage

/// Why one of our files could not be read or written.
public struct StoreError: Error, Sendable, Equatable {
  /// The kinds that callers tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// The file or folder is not there.
    case missing
    /// It is there and does not hold what it should.
    case damaged
    /// Another run holds the lock.
    case locked
    /// No room left: the disk, the quota or a limit of ours.
    case full
    /// The system does not allow it.
    case denied
    /// Anything else.
    case failed
  }

  /// The kind of failure.
  public var code: Code
  /// The file or folder, as it was given.
  public var path: String
  /// What is the case, in one sentence.
  public var detail: String
  /// What a person should do next.
  public var hint: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - path: The file or folder.
  ///   - detail: What is the case.
  ///   - hint: What to do next; a general one for the kind when left out.
  public init(code: Code, path: String, detail: String, hint: String? = nil) {
    self.code = code
    self.path = path
    self.detail = detail
    self.hint = hint ?? code.hint
  }

  /// Translates what the system answered.
  ///
  /// - Parameters:
  ///   - errno: The system's answer.
  ///   - path: The file or folder.
  ///   - doing: What was tried, like `write`.
  public init(_ errno: Errno, _ path: FilePath, _ doing: String) {
    let code: Code =
      switch errno {
      case .noSuchFileOrDirectory: .missing
      case .noSpace, .diskQuotaExceeded, .fileTooLarge: .full
      case .permissionDenied, .notPermitted, .readOnlyFileSystem: .denied
      case .wouldBlock, .resourceTemporarilyUnavailable: .locked
      default: .failed
      }
    self.init(code: code, path: path.string, detail: "cannot \(doing): \(errno.description)")
  }
}

extension StoreError: CustomStringConvertible {
  /// One line: what, where, what to do.
  public var description: String { "\(detail) (\(path)). \(hint)" }
}

extension StoreError.Code {
  fileprivate var hint: String {
    switch self {
    case .missing: "Check the path; a workspace is made by 'init'."
    case .damaged: "Run 'verify'; restore the file from a copy or from git."
    case .locked: "Wait for the other run to end, then run again."
    case .full: "Free some space, then run again; nothing was replaced."
    case .denied: "Check owner and permissions of the path, then run again."
    case .failed: "Run again; if it stays, check the disk."
    }
  }
}
