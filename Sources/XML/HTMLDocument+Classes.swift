import CXML

/// An element that was found by a class of its own.
public struct HTMLMatch: Sendable, Hashable {
  /// Which of the classes, counted from 0.
  public var name: Int
  /// The element.
  public var element: HTMLElement
  /// The match that it stands in most closely, by its place among all matches.
  public var outer: Int?
}

extension HTMLDocument {
  /// The elements that have one of some classes, found in one walk: expressions would take a walk and a hundred small texts
  /// for each class.
  ///
  /// - Parameter names: Classes; an element with two of them is found twice.
  /// - Returns: In document order.
  /// - Throws: ``XMLError`` with code `tooLarge` for matches inside each other that hold the same text again and again.
  public borrowing func matches(classes names: [String]) throws(XMLError) -> [HTMLMatch] {
    var room = Self.mostText
    let wanted = names.map { Array($0.utf8) }
    var matches: [HTMLMatch] = []
    /// Matches that are open, and how deep each of them stands.
    var open: [(match: Int, depth: Int)] = []
    var depth = 0
    var next = unsafe xmlDocGetRootElement(root)
    while let node = unsafe next {
      if unsafe node.pointee.type == XML_ELEMENT_NODE {
        while let last = open.last, last.depth >= depth { open.removeLast() }
        for name in unsafe Self.classes(of: node, among: wanted) {
          guard let element = unsafe Self.element(node) else { continue }
          room -= element.text.utf8.count
          guard room >= 0 else {
            throw XMLError(
              code: .tooLarge, message: "its elements hold more than \(Self.mostText) bytes of text")
          }
          matches.append(HTMLMatch(name: name, element: element, outer: open.last?.match))
          open.append((matches.count - 1, depth))
        }
      }
      if unsafe node.pointee.type == XML_ELEMENT_NODE, let child = unsafe node.pointee.children {
        depth += 1
        unsafe next = child
        continue
      }
      var place: xmlNodePtr? = unsafe node
      while let here = unsafe place, unsafe here.pointee.next == nil {
        depth -= 1
        unsafe place = here.pointee.parent
        if depth <= 0 { unsafe place = nil }
      }
      unsafe next = place?.pointee.next
    }
    return matches
  }

  /// Bytes of text that all matches together may have: twice those of the largest page that is read.
  private static let mostText = 16 << 20

  /// Which of the wanted classes an element has.
  private static func classes(of node: xmlNodePtr, among wanted: [[UInt8]]) -> [Int] {
    var next = unsafe node.pointee.properties
    while let attribute = unsafe next {
      guard unsafe xmlStrEqual(attribute.pointee.name, "class") != 0 else {
        unsafe next = attribute.pointee.next
        continue
      }
      // The parser has resolved all references: the value is one text.
      guard let text = unsafe attribute.pointee.children?.pointee.content else { return [] }
      let value = unsafe UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text)))
      return unsafe value.split { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }.compactMap { word in
        wanted.firstIndex { unsafe $0.elementsEqual(word) }
      }
    }
    return []
  }
}
