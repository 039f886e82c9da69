import CXML

/// A place where a document breaks its schema.
public struct XMLViolation: Sendable, Hashable {
  /// From 1.
  public var line: Int
  /// From 1, in Unicode scalars: where the tag begins that completes the violation.
  public var column: Int
  /// libxml2's own words, trimmed.
  public var message: String

  /// Makes a violation.
  ///
  /// - Parameters:
  ///   - line: From 1.
  ///   - column: From 1.
  ///   - message: What is wrong.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }
}

/// An XML Schema (XSD 1.0), ready to judge documents while they stream by.
@safe public struct XMLSchema: ~Copyable {
  private let schema: xmlSchemaPtr

  /// Reads a schema; what it includes or imports is refused.
  ///
  /// - Parameter bytes: The schema document.
  /// - Throws: ``XMLError`` with code `invalidQuery` and the line of the first mistake.
  public init(_ bytes: [UInt8]) throws(XMLError) {
    LibXML.prepare()
    let errors = ErrorList(limit: 1)
    let context = unsafe Unmanaged.passUnretained(errors).toOpaque()
    // libxml2 does not copy the bytes: they have to live until the schema is parsed.
    let parsed: xmlSchemaPtr? = unsafe bytes.withUnsafeBytes { raw in
      let start = unsafe raw.bindMemory(to: CChar.self).baseAddress
      guard let parser = unsafe xmlSchemaNewMemParserCtxt(start, Int32(raw.count)) else { return nil }
      defer { unsafe xmlSchemaFreeParserCtxt(parser) }
      unsafe xmlSchemaSetParserStructuredErrors(
        parser,
        { context, error in
          guard let error = unsafe error else { return }
          unsafe ErrorList.of(context)?.add(
            level: error.pointee.level, line: Int(error.pointee.line), column: Int(error.pointee.int2),
            message: LibXML.message(error.pointee.message))
        }, context)
      return unsafe xmlSchemaParse(parser)
    }
    guard let parsed = unsafe parsed else {
      let first = errors.violations.first
      throw XMLError(
        code: .invalidQuery, line: first?.line, column: first?.column,
        message: first?.message ?? "the schema cannot be read")
    }
    unsafe schema = parsed
  }

  deinit { unsafe xmlSchemaFree(schema) }

  /// Judges a document in memory, streaming over it.
  ///
  /// - Parameters:
  ///   - bytes: The whole document.
  ///   - limit: The number of violations after which the rest is not read any more.
  ///   - maximumBytes: The longest document to accept.
  /// - Returns: Violations in document order, at most `limit`; empty for a valid document.
  /// - Throws: ``XMLError`` for a document that is not well-formed or not acceptable at all.
  public borrowing func validate(
    _ bytes: [UInt8], limit: Int = 1000, maximumBytes: Int = 1 << 30
  ) throws(XMLError) -> [XMLViolation] {
    try validate(
      ByteSource(bytes, piece: XMLReader.pieceSize, maximumBytes: maximumBytes), limit: limit)
  }

  /// Judges a file, streaming over it in bounded memory.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: The number of violations after which the rest is not read any more.
  ///   - maximumBytes: The longest document to accept.
  /// - Returns: Violations in document order, at most `limit`; empty for a valid document.
  /// - Throws: ``XMLError``, also with code `unreadable`.
  public borrowing func validate(
    file path: String, limit: Int = 1000, maximumBytes: Int = 1 << 30
  ) throws(XMLError) -> [XMLViolation] {
    try validate(
      ByteSource(file: path, piece: XMLReader.pieceSize, maximumBytes: maximumBytes), limit: limit)
  }

  private borrowing func validate(
    _ source: consuming ByteSource, limit: Int
  ) throws(XMLError) -> [XMLViolation] {
    LibXML.prepare()
    guard let validator = unsafe xmlSchemaNewValidCtxt(schema) else {
      throw XMLError(code: .unreadable, message: "no memory for a validator")
    }
    defer { unsafe xmlSchemaFreeValidCtxt(validator) }
    let feed = XMLFeed(keepsEvents: false)
    let errors = ErrorList(limit: max(1, limit), feed: feed)
    unsafe xmlSchemaSetValidStructuredErrors(
      validator,
      { context, error in
        guard let error = unsafe error, let list = unsafe ErrorList.of(context) else { return }
        // libxml2 knows only where its parser stands; the feed knows where the tag begins.
        unsafe list.add(
          level: error.pointee.level, line: list.feed?.line ?? 1, column: list.feed?.column ?? 1,
          message: LibXML.message(error.pointee.message))
      }, unsafe Unmanaged.passUnretained(errors).toOpaque())

    var plug: xmlSchemaSAXPlugPtr?
    var isComplete = false
    var failure: XMLError?
    while !isComplete, feed.failure == nil, failure == nil {
      do {
        try unsafe source.next { piece in
          isComplete = piece.isEmpty
          unsafe feed.push(piece) { parser in
            unsafe plug = xmlSchemaSAXPlug(validator, &parser.pointee.sax, &parser.pointee.userData)
          }
        }
      } catch {
        failure = error
      }
      if errors.isFull { break }
    }
    // The parser is freed with the feed, which this has to outlive.
    if let plug = unsafe plug { unsafe xmlSchemaSAXUnplug(plug) }
    if errors.isFull { return errors.violations }
    if let failure = failure ?? feed.failure { throw failure }
    let verdict = unsafe xmlSchemaIsValid(validator)
    guard verdict != 1, errors.violations.isEmpty else { return errors.violations }
    // Never "valid" without the library saying so.
    return [XMLViolation(line: 1, column: 1, message: "the validator gave no verdict")]
  }
}

/// Collects what libxml2 reports; a class, because the library keeps a pointer to it.
private final class ErrorList {
  private(set) var violations: [XMLViolation] = []
  let feed: XMLFeed?
  private let limit: Int

  init(limit: Int, feed: XMLFeed? = nil) {
    self.limit = limit
    self.feed = feed
  }

  var isFull: Bool { violations.count >= limit }

  func add(level: xmlErrorLevel, line: Int, column: Int, message: String) {
    guard !isFull, level.rawValue >= XML_ERR_ERROR.rawValue else { return }
    violations.append(XMLViolation(line: max(1, line), column: max(1, column), message: message))
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> ErrorList? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<ErrorList>.fromOpaque(context).takeUnretainedValue()
  }
}
