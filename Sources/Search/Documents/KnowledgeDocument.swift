/// One of the seller's own answers or policies, read from a Markdown file.
///
/// The file is cut at its headings into passages, and a long section between its paragraphs, so that a hit is
/// a text that can be read and quoted. Markup goes, links are kept apart. Any text can be read; what is no
/// markup that we know stays as text.
public struct KnowledgeDocument: Sendable, Hashable {
  /// Longest passage, in bytes of UTF-8, unless a single paragraph is longer.
  public static let passageBytes = 2_000

  /// The file, relative to the folder of knowledge files.
  public let path: String
  /// From the front matter, the first heading of level 1, or the file's name.
  public let title: String
  /// The front matter's `language`, or `nil`.
  public let language: String?
  /// In the order of the file; a heading without text gives none.
  public let passages: [Passage]
  /// In the order of the file.
  public let links: [Link]

  /// A text under one heading.
  public struct Passage: Sendable, Hashable {
    /// Names the passage within its file: the heading in small letters with dashes; empty before the first
    /// heading.
    ///
    /// A repeated heading gets `-2`, `-3`; a further part of a long section `~2`, `~3`. Each once in a file.
    public let anchor: String
    /// Headings above the passage from the outermost, without the title.
    public let headings: [String]
    /// Without markup; paragraphs are separated by one newline.
    public let text: String
    /// The first line of the text, from 1.
    public let line: Int
  }

  /// A link in the text.
  public struct Link: Sendable, Hashable {
    /// As written.
    public let target: String
    /// From 1.
    public let line: Int
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file, relative to the folder of knowledge files.
  ///   - markdown: Its text.
  public init(path: String, markdown: String) {
    var parser = KnowledgeParser()
    parser.read(markdown)
    self.path = path
    let name = path.split(separator: "/").last.map(String.init) ?? path
    title = parser.title ?? (name.hasSuffix(".md") ? String(name.dropLast(3)) : name)
    language = parser.language
    passages = parser.passages
    links = parser.links
  }

  /// The passages, ready to be indexed.
  public var documents: [SearchDocument] {
    passages.map { passage in
      let isRepeated = passage.headings.first == title
      let headings = isRepeated ? Array(passage.headings.dropFirst()) : passage.headings
      return SearchDocument(
        kind: .knowledge, sku: passage.anchor.isEmpty ? path : "\(path)#\(passage.anchor)",
        title: ([title] + headings).joined(separator: " / "), text: passage.text)
    }
  }
}
