/// An element of a page, as a value.
public struct HTMLElement: Sendable, Hashable {
  /// The tag's name in small letters.
  public var name: String
  /// In document order.
  public var attributes: [XMLAttribute]
  /// All text inside, references decoded, blanks included.
  public var text: String
  /// Line of the start tag, from 1.
  public var line: Int

  /// The value of an attribute, or `nil`.
  ///
  /// - Parameter name: The attribute's name in small letters.
  public subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }
}

/// An element that was found by a class of its own.
public struct HTMLMatch: Sendable, Hashable {
  /// Which of the classes, counted from 0.
  public var name: Int
  /// The element.
  public var element: HTMLElement
  /// The match that it stands in most closely, by its place among all matches.
  public var outer: Int?
}
