import Model
import XML

extension FeedParser {
  /// Reads a whole file of plain XML.
  ///
  /// - Returns: Whether it was one; if not, this parser is of no use any more.
  mutating func parse(_ scanner: inout PlainScanner) -> Bool {
    guard scanner.takeDeclaration(), scanner.skipBlanks(), let root = scanner.root(),
      root.name == "kaspi_catalog", root.namespace == PriceListSchema.namespace
    else { return false }
    note(root: root, prefix: nil)
    var next = 0
    let children = ["company", "merchantid", "offers"]
    while true {
      guard scanner.skipBlanks() else { return false }
      if scanner.isAtEndTag { break }
      let bookmark = scanner.bookmark
      let place = (scanner.line, scanner.column())
      guard scanner.startTag(), let name = scanner.string(scanner.name),
        let rank = children[next...].firstIndex(of: name)
      else { return false }
      next = rank + 1
      if name == "offers" {
        guard scanner.attributeCount == 0, scanner.isEmptyTag || readOffers(&scanner) else { return false }
        continue
      }
      scanner.rewind(to: bookmark)
      guard let element = scanner.element(namespace: rootNamespace), element.children.isEmpty,
        place == (element.line, element.column)
      else { return false }
      keep(offers.simpleText(element, isTitle: true), of: name, element)
    }
    guard scanner.endTag("kaspi_catalog"), scanner.skipBlanks(), scanner.isFinished else { return false }
    finishFrame(root)
    return true
  }

  private mutating func readOffers(_ scanner: inout PlainScanner) -> Bool {
    while true {
      guard scanner.skipBlanks() else { return false }
      if scanner.isAtEndTag { return scanner.endTag("offers") }
      guard lines.count < maximumOffers, readOffer(&scanner) else { return false }
    }
  }

  private mutating func readOffer(_ scanner: inout PlainScanner) -> Bool {
    let (line, column) = (scanner.line, scanner.column())
    let bookmark = scanner.bookmark
    if writtenMisses < 8, let (offer, sum) = scanner.writtenOffer() {
      keep(offer, sum, line, column)
      return true
    }
    scanner.rewind(to: bookmark)
    if let (offer, sum) = scanner.cleanOffer() {
      // A file in another layout is not asked for ours all the time.
      writtenMisses += 1
      keep(offer, sum, line, column)
      return true
    }
    scanner.rewind(to: bookmark)
    // Some rule has something to say about it.
    guard let element = scanner.element(namespace: rootNamespace), element.name == "offer" else {
      return false
    }
    lines.append(offers.line(element))
    return true
  }

  private mutating func keep(_ offer: Offer, _ sum: Int, _ line: Int, _ column: Int) {
    offers.integerPriceSum = offers.integerPriceSum.addingReportingOverflow(sum).partialValue
    lines.append(offer, line: line, column: column)
  }
}

extension PlainScanner {
  /// Takes an XML declaration, if there is one; `false` when it is not one of the usual.
  mutating func takeDeclaration() -> Bool {
    if take("<?xml version=\"1.0\"") {
      guard take(" encoding=\"") else { return take("?>") }
      return take("utf-8\"?>") || take("UTF-8\"?>")
    }
    guard take("<?xml version='1.0'") else { return true }
    guard take(" encoding='") else { return take("?>") }
    return take("utf-8'?>") || take("UTF-8'?>")
  }

  /// Reads the root's start tag; `nil` when it is not plain.
  mutating func root() -> FeedElement? {
    let place = (line, column())
    guard startTag(), !isEmptyTag, let rootName = string(name) else { return nil }
    var element = FeedElement(
      name: rootName, namespace: nil, attributes: [], line: place.0, column: place.1)
    let instance = "http://www.w3.org/2001/XMLSchema-instance"
    var isDeclared = false
    for index in 0..<attributeCount {
      let attribute = attribute(index)
      guard let key = string(attribute.name), let value = string(attribute.value) else { return nil }
      switch key {
      case "xmlns": element.namespace = value
      case "xmlns:xsi":
        guard value == instance else { return nil }
        isDeclared = true
      case "xsi:schemaLocation", "xsi:noNamespaceSchemaLocation":
        element.attributes.append(
          XMLAttribute(name: String(key.dropFirst(4)), namespace: instance, value: value))
      case _ where key.utf8.contains(0x3A): return nil
      default: element.attributes.append(XMLAttribute(name: key, value: value))
      }
    }
    if !isDeclared, element.attributes.contains(where: { $0.namespace != nil }) { return nil }
    return element
  }

  /// Reads an element with all below it; the next byte is its `<`.
  mutating func element(namespace: String?, depth: Int = 0) -> FeedElement? {
    let place = (line, column())
    guard depth < 16, startTag(), let elementName = string(name) else { return nil }
    let start = name
    var element = FeedElement(
      name: elementName, namespace: namespace, attributes: [], line: place.0, column: place.1)
    for index in 0..<attributeCount {
      let attribute = attribute(index)
      guard let key = string(attribute.name), let value = string(attribute.value), key != "xmlns",
        !key.utf8.contains(0x3A)
      else { return nil }
      element.attributes.append(XMLAttribute(name: key, value: value))
    }
    if isEmptyTag { return element }
    while true {
      guard let run = text(), let words = string(run) else { return nil }
      // Only blank text can hold one here: line ends are made one way.
      let isPlain = run.hasReferences || !words.utf8.contains(0x0D)
      element.text += isPlain ? words : String(words.unicodeScalars.filter { $0 != "\r" })
      if isAtEndTag { return endTag(start) ? element : nil }
      guard let child = self.element(namespace: namespace, depth: depth + 1) else { return nil }
      element.children.append(child)
    }
  }
}
