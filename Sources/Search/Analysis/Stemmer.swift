import CStemmer

/// Cuts the endings off words, by Snowball's rules: exactly what libstemmer answers.
///
/// The owner of one libstemmer handle. The handle keeps the last answer inside, so one stemmer serves one
/// caller at a time: it cannot be copied, and stemming is `mutating`. Make one a thread.
@safe public struct Stemmer: ~Copyable, @unchecked Sendable {
  // Sendable: it has one owner and answers its owner only; libstemmer keeps nothing outside the handle.

  /// The languages in use; Kazakh has no Snowball stemmer.
  public enum Language: String, Sendable, CaseIterable {
    /// English, "Porter 2".
    case english
    /// Russian.
    case russian
  }

  /// Freed in `deinit`, never handed out.
  private let handle: OpaquePointer

  /// Opens a stemmer.
  ///
  /// - Parameter language: Whose rules.
  /// - Throws: ``IndexError`` with code `failed` when the library lacks the language or memory ran out.
  public init(_ language: Language) throws(IndexError) {
    guard let handle = unsafe sb_stemmer_new(language.rawValue, "UTF_8") else {
      throw IndexError(
        code: .failed, path: "libstemmer", detail: "no \(language.rawValue) stemmer",
        hint: "Install libstemmer from the distribution's own packages.")
    }
    unsafe self.handle = handle
  }

  deinit { unsafe sb_stemmer_delete(handle) }

  /// The stem of one word.
  ///
  /// - Parameter word: One word in small letters.
  /// - Returns: Its stem; the word itself where no rule applies.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  public mutating func stem(_ word: String) throws(IndexError) -> String {
    var stem: [UInt8] = []
    try self.stem(word.utf8.span, appendingTo: &stem)
    return String(decoding: stem, as: UTF8.self)
  }

  /// Appends the stem of one word.
  ///
  /// - Parameters:
  ///   - word: One word in small letters, valid UTF-8.
  ///   - output: What the stem is appended to.
  /// - Throws: ``IndexError`` with code `failed` when memory ran out.
  mutating func stem(_ word: Span<UInt8>, appendingTo output: inout [UInt8]) throws(IndexError) {
    guard let count = Int32(exactly: word.count) else {
      throw IndexError(code: .failed, path: "libstemmer", detail: "a word of \(word.count) bytes")
    }
    // The library copies the word and returns a pointer into its own buffer, good until the next call: both
    // ends of the borrowing lie inside this closure.
    let isDone = unsafe word.withUnsafeBufferPointer { letters in
      guard let stem = unsafe sb_stemmer_stem(handle, letters.baseAddress, count) else { return false }
      let length = Int(unsafe sb_stemmer_length(handle))
      unsafe output.append(contentsOf: UnsafeBufferPointer(start: stem, count: length))
      return true
    }
    guard isDone else {
      throw IndexError(code: .failed, path: "libstemmer", detail: "out of memory while stemming")
    }
  }
}
