internal import Store

/// The looks of one answer: which keys it has, and in which language it speaks.
///
/// What single answers look like says little; what most of them look like, against the crawls before, shows that a
/// key was renamed, emptied, or that the shop answers in another language or for another city.
struct Shape: Sendable, Hashable {
  /// Keys with something in them.
  var filled: Set<String> = []
  /// Keys that are there and say `null`.
  var empty: Set<String> = []
  /// Keys that nobody knows, which may be a renamed one.
  var unknown: Set<String> = []
  /// `ru`, `kk`, …, or `nil` when the answer does not say.
  var language: String?
  /// Whether the answer was made for another city than was asked for.
  var isOtherCity = false

  /// Looks at the members of an object.
  ///
  /// - Parameters:
  ///   - value: The object.
  ///   - keys: Those that are expected.
  ///   - prefix: In front of every name.
  init(of value: JSONNode, keys: [String], prefix: String = "") {
    add(value, keys: keys, prefix: prefix)
  }

  /// Looks at nothing yet.
  init() {}

  /// Looks at the members of one more object.
  mutating func add(_ value: JSONNode, keys: [String], prefix: String) {
    filled.reserveCapacity(filled.count + keys.count)
    unknown.reserveCapacity(24)
    for (name, member) in value.entries {
      let whole = prefix.isEmpty ? name : prefix + name
      guard keys.contains(name) else {
        unknown.insert(whole)
        continue
      }
      if member.isFilled { filled.insert(whole) } else { empty.insert(whole) }
    }
  }
}

/// How many answers of a surface had which looks.
struct ShapeCount: Sendable, Hashable {
  /// Answers looked at.
  var answers = 0
  var filled: [String: Int] = [:]
  var empty: [String: Int] = [:]
  var unknown: [String: Int] = [:]
  var languages: [String: Int] = [:]
  var otherCity = 0

  /// Unknown names that are counted at most; a hostile answer may have any number.
  static let maximumNames = 200

  /// Counts one answer.
  mutating func add(_ shape: Shape) {
    answers += 1
    for name in shape.filled { filled[name, default: 0] += 1 }
    for name in shape.empty { empty[name, default: 0] += 1 }
    for name in shape.unknown where unknown[name] != nil || unknown.count < Self.maximumNames {
      unknown[name, default: 0] += 1
    }
    if let language = shape.language { languages[language, default: 0] += 1 }
    if shape.isOtherCity { otherCity += 1 }
  }

  /// Share of answers in which a key has something in it.
  func share(_ name: String) -> Double { part(filled[name]) }

  func part(_ count: Int?) -> Double { answers == 0 ? 0 : Double(count ?? 0) / Double(answers) }
}
