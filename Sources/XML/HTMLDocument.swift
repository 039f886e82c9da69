import CXML

/// An element of a page, as a value.
public struct HTMLElement: Sendable, Hashable {
  /// The tag's name in small letters.
  public var name: String
  /// In document order.
  public var attributes: [XMLAttribute]
  /// All text inside, as written, blanks included.
  public var text: String
  /// Line of the start tag, from 1.
  public var line: Int

  /// The value of an attribute, or `nil`.
  ///
  /// - Parameter name: The attribute's name in small letters.
  public subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// A page, read as browsers do: whatever is wrong with it is repaired.
///
/// Made, asked and freed on one task; only values leave it.
@safe public struct HTMLDocument: ~Copyable {
  private let document: htmlDocPtr
  /// The document, for the walks of this room.
  var root: htmlDocPtr { unsafe document }
  private let context: xmlXPathContextPtr

  /// Parses a page.
  ///
  /// - Parameters:
  ///   - bytes: The page in UTF-8; bytes that are not become U+FFFD.
  ///   - maximumBytes: The longest page to accept.
  /// - Throws: ``XMLError`` with code `empty`, `tooLarge`, or `tooDeep` for tags nested deeper than 256.
  public init(_ bytes: [UInt8], maximumBytes: Int = 16 << 20) throws(XMLError) {
    guard bytes.count <= min(maximumBytes, Int(Int32.max)) else {
      throw XMLError(code: .tooLarge, message: "the page is larger than \(maximumBytes) bytes")
    }
    LibXML.prepare()
    // libxml2 takes a page with one wrong byte for Latin-1, and stops at a zero; neither reaches it.
    let text = String(decoding: bytes, as: UTF8.self)
    let clean = text.utf8.contains(0) ? Array(text.utf8.lazy.filter { $0 != 0 }) : Array(text.utf8)
    guard let parser = unsafe htmlNewParserCtxt() else {
      throw XMLError(code: .unreadable, message: "no memory for a parser")
    }
    defer { unsafe htmlFreeParserCtxt(parser) }
    let options =
      HTML_PARSE_NONET.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
      | HTML_PARSE_RECOVER.rawValue
    let parsed: htmlDocPtr? = unsafe clean.withUnsafeBytes { raw in
      unsafe htmlCtxtReadMemory(
        parser, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, "UTF-8", Int32(options))
    }
    guard let parsed = unsafe parsed else { throw XMLError(code: .empty, message: "the page is empty") }
    // A parser that stopped itself gave up over the depth: what it read is not the whole page.
    guard unsafe parser.pointee.disableSAX == 0 else {
      unsafe xmlFreeDoc(parsed)
      throw XMLError(code: .tooDeep, message: "tags are nested deeper than 256")
    }
    guard unsafe xmlDocGetRootElement(parsed) != nil, let context = unsafe xmlXPathNewContext(parsed) else {
      unsafe xmlFreeDoc(parsed)
      throw XMLError(code: .empty, message: "the page is empty")
    }
    // A hostile page makes `//a//b` expensive; so many steps are plenty for a real one.
    unsafe context.pointee.opLimit = 50_000_000
    unsafe document = parsed
    unsafe self.context = context
  }

  deinit {
    unsafe xmlXPathFreeContext(context)
    unsafe xmlFreeDoc(document)
  }

  /// The text of every node that an expression finds, or its one value where it gives a string or number.
  ///
  /// - Parameter path: The expression.
  /// - Returns: In document order, blanks included; empty when nothing is found.
  /// - Throws: ``XMLError`` when the expression cannot be evaluated.
  public borrowing func texts(_ path: borrowing XPath) throws(XMLError) -> [String] {
    try unsafe evaluate(path, at: UnsafeMutableRawPointer(document)) { unsafe Self.content($0) }
  }

  /// The text of every node that an expression finds.
  ///
  /// - Parameter path: The expression, compiled for this call.
  /// - Returns: In document order, blanks included; empty when nothing is found.
  /// - Throws: ``XMLError`` when the expression is wrong.
  public borrowing func texts(_ path: String) throws(XMLError) -> [String] { try texts(XPath(path)) }

  /// An attribute of every element that an expression finds and that has it.
  ///
  /// - Parameters:
  ///   - name: The attribute.
  ///   - path: The expression.
  /// - Returns: Values in document order.
  /// - Throws: ``XMLError`` when the expression is wrong.
  public borrowing func attributes(_ name: String, of path: String) throws(XMLError) -> [String] {
    try elements(path).compactMap { $0[name] }
  }

  /// Every element that an expression finds.
  ///
  /// - Parameter path: The expression.
  /// - Returns: In document order; nodes that are no elements are left out.
  /// - Throws: ``XMLError`` when the expression cannot be evaluated.
  public borrowing func elements(_ path: borrowing XPath) throws(XMLError) -> [HTMLElement] {
    try unsafe evaluate(path, at: UnsafeMutableRawPointer(document)) { unsafe Self.element($0) }
      .compactMap(\.self)
  }

  /// Every element that an expression finds.
  ///
  /// - Parameter path: The expression, compiled for this call.
  /// - Returns: In document order; nodes that are no elements are left out.
  /// - Throws: ``XMLError`` when the expression is wrong.
  public borrowing func elements(_ path: String) throws(XMLError) -> [HTMLElement] {
    try elements(XPath(path))
  }

  /// For every node that an expression finds, the texts that further expressions find below it.
  ///
  /// Reads tables: `rows("//dl", columns: ["./dt", "./dd"])`.
  ///
  /// - Parameters:
  ///   - path: Finds the rows.
  ///   - columns: Evaluated at each row.
  /// - Returns: A list a row, holding a list of texts a column.
  /// - Throws: ``XMLError`` when an expression is wrong.
  public borrowing func rows(_ path: String, columns: [String]) throws(XMLError) -> [[[String]]] {
    let nodes = try unsafe evaluate(XPath(path), at: UnsafeMutableRawPointer(document)) {
      UInt(bitPattern: $0)
    }
    var rows = [[[String]]](repeating: [], count: nodes.count)
    for column in columns {
      let expression = try XPath(column)
      for (index, node) in nodes.enumerated() {
        // The addresses of nodes stay right: the document lives as long as this call and is never changed.
        let place = unsafe UnsafeMutableRawPointer(bitPattern: node)
        let cells = try unsafe evaluate(expression, at: place) { unsafe Self.content($0) }
        rows[index].append(cells)
      }
    }
    return rows
  }

  // MARK: Inside

  private borrowing func evaluate<Value>(
    _ path: borrowing XPath, at place: UnsafeMutableRawPointer?, _ transform: (xmlNodePtr) -> Value
  ) throws(XMLError) -> [Value] {
    LibXML.prepare()
    unsafe context.pointee.node = unsafe place?.assumingMemoryBound(to: xmlNode.self)
    unsafe context.pointee.opCount = 0
    guard let object = unsafe xmlXPathCompiledEval(path.expression, context) else {
      let words = unsafe LibXML.message(context.pointee.lastError.message)
      throw XMLError(code: .invalidQuery, message: "the expression cannot be evaluated: \(words)")
    }
    defer { unsafe xmlXPathFreeObject(object) }
    guard unsafe object.pointee.type == XPATH_NODESET else {
      // A string, number or truth value is handed over as the text of a node made for it.
      guard let text = unsafe xmlXPathCastToString(object) else { return [] }
      defer { unsafe shim_xml_free(text) }
      guard let node = unsafe xmlNewDocText(document, text) else { return [] }
      defer { unsafe xmlFreeNode(node) }
      return unsafe [transform(node)]
    }
    guard let set = unsafe object.pointee.nodesetval, let table = unsafe set.pointee.nodeTab else {
      return []
    }
    unsafe xmlXPathNodeSetSort(set)
    var values: [Value] = []
    for index in 0..<Int(unsafe set.pointee.nodeNr) {
      if let node = unsafe table[index] { unsafe values.append(transform(node)) }
    }
    return values
  }

  private static func content(_ node: xmlNodePtr) -> String {
    guard let text = unsafe xmlNodeGetContent(node) else { return "" }
    defer { unsafe shim_xml_free(text) }
    return unsafe String(cString: text)
  }

  static func element(_ node: xmlNodePtr) -> HTMLElement? {
    guard unsafe node.pointee.type == XML_ELEMENT_NODE, let name = unsafe LibXML.string(node.pointee.name)
    else { return nil }
    var attributes: [XMLAttribute] = []
    var next = unsafe node.pointee.properties
    while let attribute = unsafe next {
      // An attribute begins like a node, which is how libxml2 itself treats it.
      let node = unsafe UnsafeMutableRawPointer(attribute).assumingMemoryBound(to: xmlNode.self)
      let value = unsafe content(node)
      unsafe attributes.append(
        XMLAttribute(name: LibXML.string(attribute.pointee.name) ?? "", value: value))
      unsafe next = attribute.pointee.next
    }
    return unsafe HTMLElement(
      name: name, attributes: attributes, text: content(node), line: Int(xmlGetLineNo(node)))
  }
}
