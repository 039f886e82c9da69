public import Store

/// Why an index could not be built, read or asked.
public struct IndexError: Error, Sendable, Equatable {
  /// The kinds that callers tell apart.
  public enum Code: String, Sendable, CaseIterable {
    /// There is no index.
    case missing
    /// The file is not one of ours.
    case foreign
    /// One of ours in a format or by analysis rules that this program does not know.
    case version
    /// One of ours, but cut or changed.
    case damaged
    /// An input line or document that cannot be taken.
    case input
    /// More than the format can hold.
    case tooLarge
    /// The disk or a library failed.
    case failed
  }

  /// The kind of failure.
  public var code: Code
  /// The file, as it was given.
  public var path: String
  /// What is the case, in one sentence.
  public var detail: String
  /// What a person should do next.
  public var hint: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - code: The kind.
  ///   - path: The file.
  ///   - detail: What is the case.
  ///   - hint: What to do next; a general one for the kind when left out.
  public init(code: Code, path: String, detail: String, hint: String? = nil) {
    self.code = code
    self.path = path
    self.detail = detail
    self.hint = hint ?? code.hint
  }

  /// Takes over what the disk answered.
  ///
  /// - Parameter error: The room `Store`'s answer.
  public init(_ error: StoreError) {
    let code: Code =
      switch error.code {
      case .missing: .missing
      case .damaged: .damaged
      case .full, .denied, .locked, .failed: .failed
      }
    self.init(
      code: code, path: error.path, detail: error.detail,
      hint: code == .failed ? error.hint : code.hint)
  }
}

extension IndexError: CustomStringConvertible {
  /// One line: what, where, what to do.
  public var description: String { "\(detail) (\(path)). \(hint)" }
}

extension IndexError.Code {
  fileprivate var hint: String {
    switch self {
    case .missing: "Run 'index' first."
    case .foreign: "Check the path; this file was not written by 'index'."
    case .version: "Run 'index' again with this version of the program."
    case .damaged: "Run 'index' again; the catalog and the knowledge files are not touched by it."
    case .input: "Correct the line and run 'index' again."
    case .tooLarge: "Split the collection into several indexes."
    case .failed: "Run again; if it stays, check disk and memory."
    }
  }
}

/// Bytes that do not hold what the format promises; becomes an ``IndexError`` where the file's name is known.
struct Damage: Error {
  /// The kind: `damaged`, `foreign` or `version`.
  let code: IndexError.Code
  /// What is the case.
  let detail: String

  init(_ detail: String, code: IndexError.Code = .damaged) {
    self.code = code
    self.detail = detail
  }

  /// The error to show.
  ///
  /// - Parameter path: The file.
  /// - Returns: The same with the file's name and a hint.
  func error(in path: String) -> IndexError { IndexError(code: code, path: path, detail: detail) }
}
