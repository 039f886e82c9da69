/// The words of a template that every message of it has: what stands outside tags and sections.
struct PlainWords {
  /// The words, with a blank line end kept where one stands.
  private(set) var text = ""
  /// Where the words are longer than allowed for the first time, counted from 1.
  private(set) var overflow: (line: Int, column: Int)?

  /// Takes the words out of a checked template.
  ///
  /// - Parameters:
  ///   - template: The text.
  ///   - maximumLength: Characters after which the place is remembered.
  init(of template: String, maximumLength: Int) {
    var (depth, line, column, count) = (0, 1, 1, 0)
    var rest = template[...]
    while let character = rest.first {
      if rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}")?.upperBound {
        switch rest.dropFirst(2).first {
        case "#", "^": depth += 1
        case "/": depth -= 1
        default: break
        }
        for passed in rest[..<end] { (line, column) = passed.isNewline ? (line + 1, 1) : (line, column + 1) }
        rest = rest[end...]
        continue
      }
      if depth == 0 {
        text.append(character)
        count += 1
        if count == maximumLength + 1 { overflow = (line, column) }
      }
      (line, column) = character.isNewline ? (line + 1, 1) : (line, column + 1)
      rest = rest.dropFirst()
    }
  }
}
