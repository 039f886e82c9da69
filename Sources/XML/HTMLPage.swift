import CXML

/// A page, read as browsers do: whatever is wrong with it is repaired.
public enum HTMLPage {
  /// The elements that have one of some classes, found while the page is read: no tree is built, and an element of no such
  /// class costs one look at its attributes.
  ///
  /// - Parameters:
  ///   - page: UTF-8; bytes that are not become U+FFFD, and zeros are passed over.
  ///   - names: Classes; an element with two of them is found twice.
  ///   - maximumBytes: The longest page to accept.
  /// - Returns: In document order.
  /// - Throws: ``XMLError`` with code `empty` for a page without an element, `tooDeep` for tags nested deeper than 256,
  ///   `tooLarge` for a page beyond `maximumBytes` and for matches inside each other that hold the same text again and again.
  public static func matches(
    in page: [UInt8], classes names: [String], maximumBytes: Int = 16 << 20
  ) throws(XMLError) -> [HTMLMatch] {
    guard page.count <= min(maximumBytes, Int(Int32.max)) else {
      throw XMLError(code: .tooLarge, message: "the page is larger than \(maximumBytes) bytes")
    }
    LibXML.prepare()
    return try HTMLFinder(classes: names).read(clean(page))
  }

  /// libxml2 takes a page with one wrong byte for Latin-1, and stops at a zero; neither reaches it.
  private static func clean(_ page: [UInt8]) -> [UInt8] {
    let hasZero = unsafe page.withUnsafeBytes { raw in
      guard let start = raw.baseAddress else { return false }
      return unsafe memchr(start, 0, raw.count) != nil
    }
    if !hasZero, isUTF8(page) { return page }
    return String(decoding: page, as: UTF8.self).utf8.filter { $0 != 0 }
  }

  private static func isUTF8(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return true
    } catch { return false }
  }
}

/// What libxml2's parser tells, one page long.
///
/// A class, because libxml2 keeps a pointer to it for its callbacks; it lives and is used inside one call.
@safe private final class HTMLFinder {
  /// Bytes of text that all matches together may have: those of the largest page that is read.
  private static let mostText = 16 << 20
  private static let mostDepth = 256

  private let wanted: [[UInt8]]
  /// First letters and lengths of the wanted classes as bits: nearly every word of a page is told from them by these alone.
  private let letters: UInt64
  private let lengths: UInt64
  private var parser: htmlParserCtxtPtr?
  private var failure: XMLError?
  private var matches: [HTMLMatch] = []
  private var texts: [[UInt8]] = []
  /// Matches that are open, and how deep each of them stands.
  private var open: [(match: Int, depth: Int)] = []
  private var depth = 0
  private var hasElement = false
  private var room = mostText

  init(classes: [String]) {
    wanted = classes.map { Array($0.utf8) }
    letters = wanted.reduce(0) { $0 | Self.bit(Int($1.first ?? 0)) }
    lengths = wanted.reduce(0) { $0 | Self.bit($1.count) }
  }

  private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(number & 63) }

  deinit {
    guard let parser = unsafe parser else { return }
    if let document = unsafe parser.pointee.myDoc { unsafe xmlFreeDoc(document) }
    unsafe htmlFreeParserCtxt(parser)
  }

  func read(_ page: [UInt8]) throws(XMLError) -> [HTMLMatch] {
    guard let parser = unsafe htmlNewParserCtxt(), let handler = unsafe parser.pointee.sax else {
      throw XMLError(code: .unreadable, message: "no memory for a parser")
    }
    unsafe self.parser = parser
    unsafe handler.pointee = Self.handler()
    unsafe parser.pointee.userData = unsafe Unmanaged.passUnretained(self).toOpaque()
    let options =
      HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
      | HTML_PARSE_RECOVER.rawValue
    unsafe page.withUnsafeBytes { raw in
      _ = unsafe htmlCtxtReadMemory(
        parser, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, "UTF-8", Int32(options))
    }
    if let failure { throw failure }
    guard hasElement else { throw XMLError(code: .empty, message: "the page is empty") }
    for (place, text) in texts.enumerated() {
      matches[place].element.text = String(decoding: text, as: UTF8.self)
    }
    return matches
  }

  private static func handler() -> xmlSAXHandler {
    var handler = unsafe xmlSAXHandler()
    unsafe handler.startElement = { context, name, attributes in
      unsafe HTMLFinder.of(context)?.start(name, attributes)
    }
    unsafe handler.endElement = { context, _ in unsafe HTMLFinder.of(context)?.end() }
    unsafe handler.characters = { context, characters, count in
      unsafe HTMLFinder.of(context)?.characters(characters, Int(count))
    }
    unsafe handler.cdataBlock = unsafe handler.characters
    unsafe handler.ignorableWhitespace = unsafe handler.characters
    return unsafe handler
  }

  /// The finder behind a callback's context: alive, because only its own `read` makes the parser run.
  private static func of(_ context: UnsafeMutableRawPointer?) -> HTMLFinder? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<HTMLFinder>.fromOpaque(context).takeUnretainedValue()
  }

  // MARK: Callbacks

  private func start(
    _ name: UnsafePointer<UInt8>?, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?
  ) {
    guard failure == nil else { return }
    hasElement = true
    depth += 1
    guard depth <= Self.mostDepth else {
      return stop(XMLError(code: .tooDeep, message: "tags are nested deeper than \(Self.mostDepth)"))
    }
    // Names and values take turns; a null ends them.
    guard let attributes = unsafe attributes, let value = unsafe Self.classes(attributes),
      unsafe isLikely(value)
    else { return }
    for (place, wanted) in wanted.enumerated() where unsafe Self.has(value, wanted) {
      unsafe matches.append(
        HTMLMatch(name: place, element: element(name, attributes), outer: open.last?.match))
      texts.append([])
      open.append((matches.count - 1, depth))
    }
  }

  private func end() {
    guard failure == nil else { return }
    while let last = open.last, last.depth >= depth { open.removeLast() }
    depth -= 1
  }

  private func characters(_ characters: UnsafePointer<UInt8>?, _ count: Int) {
    guard failure == nil, !open.isEmpty, let characters = unsafe characters else { return }
    room -= count * open.count
    guard room >= 0 else {
      return stop(
        XMLError(code: .tooLarge, message: "its elements hold more than \(Self.mostText) bytes of text"))
    }
    let text = unsafe UnsafeBufferPointer(start: characters, count: count)
    for (match, _) in open { unsafe texts[match].append(contentsOf: text) }
  }

  private func stop(_ error: XMLError) {
    failure = error
    if let parser = unsafe parser { unsafe xmlStopParser(parser) }
  }

  // MARK: Attributes

  private static let classWord: StaticString = "class"

  /// The value of the attribute `class`.
  private static func classes(
    _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>
  ) -> UnsafePointer<UInt8>? {
    var next = unsafe attributes
    while let name = unsafe next.pointee {
      if unsafe strcmp(UnsafeRawPointer(name), UnsafeRawPointer(classWord.utf8Start)) == 0 {
        return unsafe next[1]
      }
      unsafe next += 2
    }
    return nil
  }

  /// Whether a value, which a zero ends, may hold one of the wanted words.
  private func isLikely(_ value: UnsafePointer<UInt8>) -> Bool {
    var (place, start) = (0, 0)
    while true {
      let byte = unsafe value[place]
      if byte == 0 || Self.isBlank(byte) {
        if lengths & Self.bit(place - start) != 0, unsafe letters & Self.bit(Int(value[start])) != 0 {
          return true
        }
        if byte == 0 { return false }
        start = place + 1
      }
      place += 1
    }
  }

  /// Whether a value, which a zero ends, holds a word that blanks part from others.
  private static func has(_ value: UnsafePointer<UInt8>, _ word: [UInt8]) -> Bool {
    var (place, start) = (0, 0)
    while true {
      let byte = unsafe value[place]
      if byte == 0 || isBlank(byte) {
        if place - start == word.count,
          unsafe memcmp(value + start, word, word.count) == 0
        {
          return true
        }
        if byte == 0 { return false }
        start = place + 1
      }
      place += 1
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C || byte == 0x0D
  }

  private func element(
    _ name: UnsafePointer<UInt8>?, _ attributes: UnsafeMutablePointer<UnsafePointer<UInt8>?>
  ) -> HTMLElement {
    var element = unsafe HTMLElement(
      name: LibXML.string(name) ?? "", attributes: [], text: "",
      line: Int(parser?.pointee.input?.pointee.line ?? 0))
    var next = unsafe attributes
    while let name = unsafe LibXML.string(next.pointee) {
      unsafe element.attributes.append(XMLAttribute(name: name, value: LibXML.string(next[1]) ?? ""))
      unsafe next += 2
    }
    return element
  }
}
