/// A pull reader: start tags, texts and end tags of a document, one after the other, in bounded memory.
///
/// No document type declaration is accepted, so there are no entities but the five of XML itself, and no
/// other file or address is ever opened. UTF-8 and UTF-16 are recognised, other encodings work when
/// declared.
///
/// What has been read is complete only when ``next()`` has returned `nil`: of a cut or malformed document the
/// events before the damage are handed out first, then the error is thrown.
public struct XMLReader: ~Copyable {
  /// Line of the event last returned, from 1.
  public private(set) var line = 1
  /// Column where the event last returned begins, from 1, in Unicode scalars.
  public private(set) var column = 1

  private let feed: XMLFeed
  private var source: ByteSource
  private var isFinished = false
  private var failure: XMLError?

  /// Reads from memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole document.
  ///   - maximumBytes: The longest document to accept.
  ///   - maximumDepth: The deepest nesting to accept.
  ///   - maximumTextBytes: The longest single text to accept.
  /// - Throws: ``XMLError`` with code `tooLarge`.
  public init(
    _ bytes: [UInt8], maximumBytes: Int = 1 << 30, maximumDepth: Int = 256, maximumTextBytes: Int = 10 << 20
  ) throws(XMLError) {
    try self.init(
      source: ByteSource(bytes, piece: Self.pieceSize, maximumBytes: maximumBytes),
      limits: .init(depth: maximumDepth, textBytes: maximumTextBytes))
  }

  /// Reads from a file, piece by piece.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - maximumBytes: The longest document to accept.
  ///   - maximumDepth: The deepest nesting to accept.
  ///   - maximumTextBytes: The longest single text to accept.
  /// - Throws: ``XMLError`` with code `unreadable`.
  public init(
    file path: String, maximumBytes: Int = 1 << 30, maximumDepth: Int = 256, maximumTextBytes: Int = 10 << 20
  ) throws(XMLError) {
    try self.init(
      source: ByteSource(file: path, piece: Self.pieceSize, maximumBytes: maximumBytes),
      limits: .init(depth: maximumDepth, textBytes: maximumTextBytes))
  }

  /// Reads from memory in pieces of a given size, for tests.
  package init(_ bytes: [UInt8], piece: Int) throws(XMLError) {
    try self.init(
      source: ByteSource(bytes, piece: piece, maximumBytes: 1 << 30), limits: XMLFeed.Limits())
  }

  private init(source: consuming ByteSource, limits: XMLFeed.Limits) {
    self.source = source
    feed = XMLFeed(limits: limits)
  }

  static let pieceSize = 32 << 10

  /// The next event, or `nil` behind the end of a whole, well-formed document.
  ///
  /// - Returns: The event; ``line`` and ``column`` tell where it begins.
  /// - Throws: ``XMLError``; the same one again when called again.
  public mutating func next() throws(XMLError) -> XMLEvent? {
    while true {
      if let step = feed.take() {
        line = step.line
        column = step.column
        return step.event
      }
      if let failure = failure ?? feed.failure { throw failure }
      if isFinished { return nil }
      do {
        isFinished = try source.feed(feed)
      } catch {
        failure = error
      }
    }
  }
}

extension ByteSource {
  /// Pushes one piece into a parser.
  ///
  /// - Returns: Whether it was the last one.
  mutating func feed(_ feed: XMLFeed) throws(XMLError) -> Bool {
    var isLast = false
    try unsafe next { piece in
      isLast = piece.isEmpty
      unsafe feed.push(piece)
    }
    return isLast
  }
}
