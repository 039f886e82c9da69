import CXML

/// A push parser of libxml2 that turns bytes into a queue of events.
///
/// A class, because libxml2 keeps a pointer to it for its callbacks. Used by one reader or one validation
/// at a time, on one thread at a time; it frees its parser at its end.
@safe final class XMLFeed {
  /// An event and where it begins.
  struct Step {
    var event: XMLEvent
    var line: Int
    var column: Int
  }

  /// What a caller bounds.
  struct Limits {
    var depth = 256
    var textBytes = 10 << 20
  }

  private(set) var failure: XMLError?
  /// Where the markup now being reported begins; schema violations are put there.
  private(set) var line = 1
  private(set) var column = 1

  private var parser: xmlParserCtxtPtr?
  private let limits: Limits
  private let keepsEvents: Bool
  private var steps: [Step] = []
  private var first = 0
  private var depth = 0
  private var hasRoot = false
  private var isFinishing = false
  private var text: [UInt8] = []
  private var textPlace = (line: 1, column: 1)
  /// Where the last markup ended, which is where text begins.
  private var afterMarkup = (line: 1, column: 1)

  init(limits: Limits = Limits(), keepsEvents: Bool = true) {
    self.limits = limits
    self.keepsEvents = keepsEvents
  }

  deinit {
    guard let parser = unsafe parser else { return }
    if let document = unsafe parser.pointee.myDoc { unsafe xmlFreeDoc(document) }
    unsafe xmlFreeParserCtxt(parser)
  }

  /// The next event of those that have been parsed.
  func take() -> Step? {
    guard first < steps.count else { return nil }
    defer {
      first += 1
      if first == steps.count {
        steps.removeAll(keepingCapacity: true)
        first = 0
      }
    }
    return steps[first]
  }

  /// Parses some more bytes; an empty piece ends the document.
  ///
  /// - Parameters:
  ///   - bytes: The next bytes; the first piece holds at least four unless the document is shorter.
  ///   - prepared: Called once, when the parser exists and has seen nothing but the first four bytes.
  func push(_ bytes: UnsafeBufferPointer<UInt8>, prepared: (xmlParserCtxtPtr) -> Void = { _ in }) {
    guard failure == nil else { return }
    var rest = unsafe bytes
    if unsafe parser == nil {
      LibXML.prepare()
      // The first four bytes tell the encoding and go in when the parser is made.
      let head = unsafe UnsafeBufferPointer(rebasing: bytes.prefix(bytes.count >= 4 ? 4 : 0))
      unsafe rest = UnsafeBufferPointer(rebasing: bytes.dropFirst(head.count))
      unsafe parser = makeParser(head)
      guard let parser = unsafe parser else {
        failure = XMLError(code: .unreadable, message: "no memory for a parser")
        return
      }
      unsafe prepared(parser)
    }
    guard let parser = unsafe parser else { return }
    isFinishing = bytes.isEmpty
    var code: Int32 = 0
    unsafe rest.withMemoryRebound(to: CChar.self) { piece in
      // A piece of 1 GB and more never comes: sources hand out small ones.
      code = unsafe xmlParseChunk(parser, piece.baseAddress, Int32(piece.count), isFinishing ? 1 : 0)
    }
    if failure == nil, isFinishing || code != 0 { noteWhatTheParserSays(code) }
    if failure == nil, isFinishing { flushText() }
  }

  /// Stops with an error of our own.
  func stop(_ error: XMLError) {
    guard failure == nil else { return }
    failure = error
    if let parser = unsafe parser { unsafe xmlStopParser(parser) }
  }

  // MARK: Making the parser

  private func makeParser(_ head: UnsafeBufferPointer<UInt8>) -> xmlParserCtxtPtr? {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.initialized = UInt32(XML_SAX2_MAGIC)
    unsafe handler.internalSubset = { context, _, _, _ in
      unsafe XMLFeed.of(context)?.refuseDocumentType()
    }
    unsafe handler.startElementNs = { context, name, prefix, uri, _, _, count, _, attributes in
      unsafe XMLFeed.of(context)?.start(name, prefix, uri, Int(count), attributes)
    }
    unsafe handler.endElementNs = { context, name, _, uri in
      unsafe XMLFeed.of(context)?.end(name, uri)
    }
    unsafe handler.characters = { context, characters, count in
      unsafe XMLFeed.of(context)?.characters(characters, Int(count))
    }
    unsafe handler.cdataBlock = unsafe handler.characters
    unsafe handler.ignorableWhitespace = unsafe handler.characters
    // The type of the second argument is libxml2's and differs between versions, so it is inferred.
    unsafe handler.serror = { context, error in
      guard let error = unsafe error else { return }
      let place = unsafe (Int(error.pointee.line), Int(error.pointee.int2))
      unsafe XMLFeed.of(context)?.note(
        code: Int(error.pointee.code), level: error.pointee.level, place: place,
        message: LibXML.message(error.pointee.message))
    }
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    return unsafe head.withMemoryRebound(to: CChar.self) { head in
      let made = unsafe xmlCreatePushParserCtxt(
        &handler, context, head.isEmpty ? nil : head.baseAddress, Int32(head.count), nil)
      // No network; and none of NOENT, DTDLOAD, HUGE, RECOVER, which would open doors.
      if let made = unsafe made { unsafe xmlCtxtUseOptions(made, Int32(XML_PARSE_NONET.rawValue)) }
      return unsafe made
    }
  }

  /// The feed behind a callback's context: alive, because only its own `push` makes the parser run.
  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLFeed? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<XMLFeed>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks

  private func refuseDocumentType() {
    locateMarkup()
    stop(
      XMLError(
        code: .documentType, line: line, column: column,
        message: "a DOCTYPE is not allowed: it can declare entities and name other files"))
  }

  private func start(
    _ name: UnsafePointer<UInt8>?, _ prefix: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?,
    _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) {
    guard failure == nil else { return }
    flushText()
    locateMarkup()
    hasRoot = true
    depth += 1
    guard depth <= limits.depth else {
      return stop(
        XMLError(
          code: .tooDeep, line: line, column: column,
          message: "elements are nested deeper than \(limits.depth)"))
    }
    let isEmpty = markTagEnd()
    guard keepsEvents, let name = unsafe LibXML.string(name) else { return }
    var element = unsafe XMLElement(
      name: name, namespace: LibXML.string(uri), prefix: LibXML.string(prefix), isEmpty: isEmpty)
    if count > 0, let attributes = unsafe attributes {
      element.attributes.reserveCapacity(count)
      for index in 0..<count {
        // Five pointers an attribute: name, prefix, URI, begin and end of the value.
        let fields = unsafe attributes + index * 5
        guard let attribute = unsafe LibXML.string(fields[0]), let begin = unsafe fields[3],
          let end = unsafe fields[4]
        else { continue }
        let raw = unsafe UnsafeBufferPointer(start: begin, count: end - begin)
        unsafe element.attributes.append(
          XMLAttribute(name: attribute, namespace: LibXML.string(fields[2]), value: Self.value(raw)))
      }
    }
    steps.append(Step(event: .start(element), line: line, column: column))
  }

  /// An attribute's value: with entity substitution off, libxml2 leaves each ampersand as `&#38;`.
  private static func value(_ raw: UnsafeBufferPointer<UInt8>) -> String {
    guard unsafe raw.contains(0x26) else { return unsafe String(decoding: raw, as: UTF8.self) }
    let escape: [UInt8] = [0x23, 0x33, 0x38, 0x3B]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var position = 0
    while position < raw.count {
      let byte = unsafe raw[position]
      bytes.append(byte)
      position += 1
      if byte == 0x26, unsafe raw[position...].starts(with: escape) { position += escape.count }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func end(_ name: UnsafePointer<UInt8>?, _ uri: UnsafePointer<UInt8>?) {
    guard failure == nil else { return }
    flushText()
    locateMarkup()
    depth -= 1
    if let input = unsafe parser?.pointee.input {
      unsafe afterMarkup = (Int(input.pointee.line), Int(input.pointee.col))
    }
    guard keepsEvents, let name = unsafe LibXML.string(name) else { return }
    steps.append(
      unsafe Step(event: .end(name: name, namespace: LibXML.string(uri)), line: line, column: column))
  }

  private func characters(_ characters: UnsafePointer<UInt8>?, _ count: Int) {
    guard failure == nil, let characters = unsafe characters else { return }
    if text.isEmpty { textPlace = afterMarkup }
    guard text.count + count <= limits.textBytes else {
      return stop(
        XMLError(
          code: .tooLarge, line: textPlace.line, column: textPlace.column,
          message: "a text is longer than \(limits.textBytes) bytes"))
    }
    unsafe text.append(contentsOf: UnsafeBufferPointer(start: characters, count: count))
  }

  private func flushText() {
    guard !text.isEmpty else { return }
    if keepsEvents {
      let value = String(decoding: text, as: UTF8.self)
      steps.append(Step(event: .text(value), line: textPlace.line, column: textPlace.column))
    }
    text.removeAll(keepingCapacity: true)
  }

  // MARK: Places

  /// Finds where the tag that has just been read begins.
  ///
  /// The parser stands behind it; no `<` can be inside a tag, and libxml2 has the whole tag in its buffer
  /// before it reports it.
  private func locateMarkup() {
    guard let input = unsafe parser?.pointee.input, let base = unsafe input.pointee.base,
      let current = unsafe input.pointee.cur
    else { return }
    var cursor = unsafe current
    var breaks = 0
    var scalars = 0
    while unsafe cursor > base {
      unsafe cursor -= 1
      let byte = unsafe cursor.pointee
      if byte == 0x0A { breaks += 1 }
      if byte & 0xC0 != 0x80 { scalars += 1 }
      if byte == 0x3C { break }
    }
    let (endLine, endColumn) = unsafe (Int(input.pointee.line), Int(input.pointee.col))
    line = max(1, endLine - breaks)
    if breaks == 0 {
      column = max(1, endColumn - scalars)
      return
    }
    // A tag over several lines: count from the line break before it, or from the last markup if that is gone.
    var before = 0
    while unsafe cursor > base {
      unsafe cursor -= 1
      let byte = unsafe cursor.pointee
      if byte == 0x0A {
        column = before + 1
        return
      }
      if byte & 0xC0 != 0x80 { before += 1 }
    }
    column = line == 1 ? before + 1 : (line == afterMarkup.line ? afterMarkup.column : 1)
  }

  /// Remembers where the start tag ends; whether it is an empty one.
  private func markTagEnd() -> Bool {
    guard let input = unsafe parser?.pointee.input, let current = unsafe input.pointee.cur else {
      return false
    }
    let isEmpty = unsafe current.pointee == 0x2F
    unsafe afterMarkup = (Int(input.pointee.line), Int(input.pointee.col) + (isEmpty ? 2 : 1))
    return isEmpty
  }

  // MARK: Errors

  private func note(code: Int, level: xmlErrorLevel, place: (line: Int, column: Int), message: String) {
    guard failure == nil, Self.counts(level, code) else { return }
    let atEnd = unsafe isFinishing && parser.map { unsafe isAtEnd($0) } ?? false
    failure = error(code: code, place: place, message: message, atEnd: atEnd)
    if let parser = unsafe parser { unsafe xmlStopParser(parser) }
  }

  /// Whether a report of the library ends the reading: warnings do not, nor does an odd namespace URI.
  private static func counts(_ level: xmlErrorLevel, _ code: Int) -> Bool {
    level.rawValue >= XML_ERR_ERROR.rawValue && code != Int(XML_WAR_NS_URI.rawValue)
  }

  private func isAtEnd(_ parser: xmlParserCtxtPtr) -> Bool {
    guard let input = unsafe parser.pointee.input, let current = unsafe input.pointee.cur,
      let end = unsafe input.pointee.end
    else { return true }
    return unsafe current >= end
  }

  /// Errors that reach no handler: conversions of the encoding, and what only the parser's state tells.
  private func noteWhatTheParserSays(_ code: Int32) {
    guard let parser = unsafe parser else { return }
    let place: (Int, Int) =
      if let input = unsafe parser.pointee.input {
        unsafe (Int(input.pointee.line), Int(input.pointee.col))
      } else {
        (1, 1)
      }
    if let last = unsafe xmlCtxtGetLastError(UnsafeMutableRawPointer(parser)),
      unsafe Self.counts(last.pointee.level, Int(last.pointee.code))
    {
      let message = unsafe LibXML.message(last.pointee.message)
      failure = unsafe error(code: Int(last.pointee.code), place: place, message: message, atEnd: isFinishing)
    } else if code == XML_ERR_INVALID_ENCODING.rawValue || code == XML_I18N_CONV_FAILED.rawValue {
      let encoding = unsafe LibXML.string(parser.pointee.encoding) ?? "the encoding found"
      failure = XMLError(
        code: .encoding, line: place.0, column: place.1,
        message: "the bytes behind this place are not \(encoding)")
    } else if unsafe parser.pointee.wellFormed == 0 || code != 0 {
      failure = XMLError(
        code: .malformed, line: place.0, column: place.1, message: "not well-formed (libxml2 error \(code))")
    } else if depth != 0 {
      failure = error(
        code: Int(XML_ERR_DOCUMENT_END.rawValue), place: place, message: "", atEnd: true)
    }
  }

  private func error(
    code: Int, place: (line: Int, column: Int), message: String, atEnd: Bool
  ) -> XMLError {
    let (line, column) = (max(1, place.line), max(1, place.column))
    func make(_ kind: XMLError.Code, _ words: String) -> XMLError {
      XMLError(code: kind, line: line, column: column, message: words)
    }
    switch UInt32(truncatingIfNeeded: code) {
    case XML_ERR_DOCUMENT_EMPTY.rawValue where isFinishing,
      XML_ERR_DOCUMENT_END.rawValue where isFinishing && !hasRoot:
      return make(.empty, "the document holds no element")
    case XML_ERR_DOCUMENT_END.rawValue where isFinishing && depth > 0:
      return make(.cut, "the document ends before its last element is closed")
    case XML_ERR_INVALID_ENCODING.rawValue, XML_ERR_UNKNOWN_ENCODING.rawValue,
      XML_ERR_UNSUPPORTED_ENCODING.rawValue, XML_I18N_CONV_FAILED.rawValue, XML_ERR_ENCODING_NAME.rawValue:
      return make(.encoding, message)
    case XML_ERR_INVALID_CHAR.rawValue where message.hasPrefix("Input is not proper UTF-8"):
      return make(.encoding, "the bytes are not proper UTF-8, and no other encoding is declared")
    case XML_ERR_INVALID_CHAR.rawValue, XML_ERR_INVALID_CHARREF.rawValue:
      return make(.forbiddenCharacter, message)
    default:
      return atEnd ? make(.cut, "the document is cut: \(message)") : make(.malformed, message)
    }
  }
}
