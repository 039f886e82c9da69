public import Model

/// Finds what is wrong with a seller's own answers.
public enum KnowledgeCheck {
  /// Judges knowledge files.
  ///
  /// Links to other files (`delivery.md#сроки`) must lead to a file and heading, links like `sku:123` to a product
  /// that is still offered; a file must hold text, and so must each heading without headings below it. Links to
  /// other places are not asked for.
  ///
  /// - Parameters:
  ///   - files: Path and Markdown text of each.
  ///   - offered: Whether a SKU is in the catalog and offered.
  /// - Returns: Findings in the order of files and lines.
  public static func findings(
    _ files: [(path: String, markdown: String)], isOffered offered: (String) -> Bool
  ) -> [Finding] {
    let documents = files.map { KnowledgeDocument(path: $0.path, markdown: $0.markdown) }
    let anchors = Dictionary(
      documents.map { ($0.path, Set($0.passages.map(\.anchor))) }, uniquingKeysWith: { one, _ in one })
    var findings: [Finding] = []
    for (document, file) in zip(documents, files) {
      if document.passages.isEmpty {
        findings.append(
          Finding(
            rule: "knowledge-empty", severity: .error, place: Place(document.path, line: 1, column: nil),
            message: "The file has no text.", hint: "Write the answer or delete the file."))
      }
      for line in emptyHeadings(file.markdown) {
        findings.append(
          Finding(
            rule: "knowledge-empty", severity: .warning, place: Place(document.path, line: line, column: nil),
            message: "The heading has no text below it.", hint: "Write the answer or delete the heading."))
      }
      for link in document.links {
        let place = Place(document.path, line: link.line, column: nil)
        if link.target.hasPrefix("sku:") {
          let sku = String(link.target.dropFirst(4))
          if offered(sku) { continue }
          findings.append(
            Finding(
              rule: "knowledge-sku", severity: .error, place: place,
              message: "The SKU \(sku) is not offered any more.",
              hint: "Name another product or delete the link."))
        } else if let missing = missing(link.target, in: document.path, anchors) {
          findings.append(
            Finding(
              rule: "knowledge-link", severity: .error, place: place,
              message: "The link leads nowhere: \(missing).",
              hint: "Correct the link."))
        }
      }
    }
    return findings
  }

  /// What of a link within the folder is not there; `nil` for a good link and for one that leads elsewhere.
  private static func missing(_ target: String, in path: String, _ anchors: [String: Set<String>]) -> String?
  {
    if target.contains("://") || target.hasPrefix("mailto:") || target.hasPrefix("tel:") { return nil }
    let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0].hasPrefix("./") ? String(parts[0].dropFirst(2)) : parts[0]
    guard let known = anchors[name.isEmpty ? path : name] else { return "there is no file \(name)" }
    guard parts.count == 2, !parts[1].isEmpty, !known.contains(parts[1]) else { return nil }
    return "there is no heading #\(parts[1])"
  }

  /// Lines of headings that are followed by nothing or by a heading of the same or a higher level.
  private static func emptyHeadings(_ markdown: String) -> [Int] {
    var lines: [Int] = []
    var open: (line: Int, level: Int)?
    var isInFence = false
    for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let text = line.drop { $0 == " " }
      if text.hasPrefix("```") { isInFence.toggle() }
      let level = isInFence ? 0 : text.prefix { $0 == "#" }.count
      if (1...6).contains(level), text.dropFirst(level).first == " " {
        if let open, level <= open.level { lines.append(open.line) }
        open = (index + 1, level)
      } else if text.contains(where: { !$0.isWhitespace }) {
        open = nil
      }
    }
    if let open { lines.append(open.line) }
    return lines
  }
}
