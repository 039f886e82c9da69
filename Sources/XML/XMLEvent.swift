/// One step through a document.
public enum XMLEvent: Sendable, Hashable {
  /// A start tag.
  case start(XMLElement)
  /// Text between tags: everything up to the next tag in one piece, references resolved.
  ///
  /// Comments and processing instructions do not interrupt it, CDATA sections are part of it. Never empty,
  /// may be blank.
  case text(String)
  /// An end tag; also follows a start tag that is empty.
  case end(name: String, namespace: String?)
}

/// A start tag.
public struct XMLElement: Sendable, Hashable {
  /// The name without its prefix.
  public var name: String
  /// The URI of its namespace, or `nil` for none.
  public var namespace: String?
  /// The prefix as written, or `nil` for none.
  public var prefix: String?
  /// In document order; namespace declarations are not among them.
  public var attributes: [XMLAttribute]
  /// Whether it is written as one tag: `<a/>`.
  public var isEmpty: Bool

  /// Makes a start tag.
  ///
  /// - Parameters:
  ///   - name: The name without its prefix.
  ///   - namespace: The URI, or `nil`.
  ///   - prefix: As written, or `nil`.
  ///   - attributes: In document order.
  ///   - isEmpty: Whether it is one tag.
  public init(
    name: String, namespace: String? = nil, prefix: String? = nil, attributes: [XMLAttribute] = [],
    isEmpty: Bool = false
  ) {
    self.name = name
    self.namespace = namespace
    self.prefix = prefix
    self.attributes = attributes
    self.isEmpty = isEmpty
  }

  /// The value of an attribute without namespace, or `nil`.
  ///
  /// - Parameter name: The attribute's name.
  public subscript(name: String) -> String? {
    attributes.first { $0.name == name && $0.namespace == nil }?.value
  }
}

/// An attribute of a start tag.
public struct XMLAttribute: Sendable, Hashable {
  /// The name without its prefix.
  public var name: String
  /// The URI of its namespace, or `nil` for none.
  public var namespace: String?
  /// The value, references resolved, line breaks and tabs turned into blanks as XML asks.
  public var value: String

  /// Makes an attribute.
  ///
  /// - Parameters:
  ///   - name: The name without its prefix.
  ///   - namespace: The URI, or `nil`.
  ///   - value: The value.
  public init(name: String, namespace: String? = nil, value: String) {
    self.name = name
    self.namespace = namespace
    self.value = value
  }
}
