import Model
import XML

/// An element of a feed with all below it; only ever as large as one offer.
struct FeedElement {
  var name: String
  var namespace: String?
  var attributes: [XMLAttribute]
  var line: Int
  var column: Int
  /// All text directly inside, raw.
  var text = ""
  var children: [FeedElement] = []

  init(_ start: XMLElement, line: Int, column: Int) {
    name = start.name
    namespace = start.namespace
    attributes = start.attributes
    self.line = line
    self.column = column
  }

  init(name: String, namespace: String?, attributes: [XMLAttribute], line: Int, column: Int) {
    self.name = name
    self.namespace = namespace
    self.attributes = attributes
    self.line = line
    self.column = column
  }
}

extension XMLReader {
  /// Reads the rest of an element whose start tag was just returned.
  ///
  /// - Parameters:
  ///   - start: The start tag.
  ///   - eachElement: Called with every element below, in document order.
  /// - Returns: The element with all below it.
  /// - Throws: What the reader throws.
  mutating func element(
    _ start: XMLElement, eachElement: (FeedElement) -> Void
  ) throws(XMLError) -> FeedElement {
    var element = FeedElement(start, line: line, column: column)
    eachElement(element)
    while let event = try next() {
      switch event {
      case .start(let child): element.children.append(try self.element(child, eachElement: eachElement))
      case .text(let text): element.text += text
      case .end: return element
      }
    }
    // A whole document closes every element, otherwise `next` has thrown.
    return element
  }
}
