/// What a shop's `robots.txt` lets a crawler ask for, as RFC 9309 has it.
///
/// Pure. Of the groups, the one for all agents counts: requests call themselves a browser, and claim no other name.
struct RobotsRules: Sendable, Equatable {
  private struct Rule: Sendable, Equatable {
    var pattern: [UInt8]
    var isAllowed: Bool
  }

  private var rules: [Rule] = []

  /// Most of a file that is looked at; RFC 9309 asks for at least 500 KiB.
  static let maximumBytes = 512 << 10

  /// No rules: everything may be asked.
  init() {}

  /// Reads a file leniently: what is not understood is passed over.
  ///
  /// - Parameter bytes: The file.
  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(Self.maximumBytes), as: UTF8.self)
    var (isOurs, isNaming) = (false, false)
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.prefix { $0 != "#" }.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 || line.contains(":"), let first = parts.first else { continue }
      let key = first.split(whereSeparator: \.isWhitespace).joined().lowercased()
      let value =
        (parts.dropFirst().first ?? "").split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
      switch key {
      case "user-agent":
        // Several agents in a row share the rules below them.
        isOurs = (isNaming && isOurs) || value == "*"
        isNaming = true
      case "allow", "disallow":
        isNaming = false
        if isOurs, !value.isEmpty {
          rules.append(Rule(pattern: Array(value.utf8), isAllowed: key == "allow"))
        }
      default: break
      }
    }
  }

  /// Whether a path may be asked for: the longest rule that fits decides, and a tie allows.
  ///
  /// - Parameter path: With its query, like `/shop/p/-100/?c=750000000`.
  /// - Returns: Whether it may.
  func allows(_ path: String) -> Bool {
    let path = Array(path.utf8)
    var best: Rule?
    for rule in rules where Self.matches(rule.pattern, path) {
      guard let known = best else {
        best = rule
        continue
      }
      let (length, other) = (rule.pattern.count, known.pattern.count)
      if length > other || (length == other && rule.isAllowed) { best = rule }
    }
    return best?.isAllowed ?? true
  }

  /// Whether a pattern with `*` and a final `$` fits the beginning of a path; linear in both but for stars.
  private static func matches(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
    let isAnchored = pattern.last == 0x24
    let body = isAnchored ? pattern.dropLast() : pattern[...]
    let pieces = body.split(separator: 0x2A, omittingEmptySubsequences: false)
    var position = 0
    for (index, piece) in pieces.enumerated() {
      if index == 0 {
        guard path.starts(with: piece) else { return false }
        position = piece.count
      } else if isAnchored, index == pieces.count - 1 {
        guard path.count - position >= piece.count else { return false }
        return path.suffix(piece.count).elementsEqual(piece)
      } else {
        guard let found = path[position...].firstRange(of: piece) else { return false }
        position = found.upperBound
      }
    }
    return !isAnchored || position == path.count
  }
}
