internal import Store

/// The looks of one answer: which keys it has, and in which language it speaks.
///
/// What single answers look like says little; what most of them look like, against the crawls before, shows that a
/// key was renamed, emptied, or that the shop answers in another language or for another city.
struct Shape: Sendable, Hashable {
  /// Keys with something in them.
  var filled = Names()
  /// Keys that are there and say `null`.
  var empty = Names()
  /// Keys that nobody knows, which may be a renamed one.
  var unknown = Names()
  /// `ru`, `kk`, …, or `nil` when the answer does not say.
  var language: String?
  /// Whether the answer was made for another city than was asked for.
  var isOtherCity = false

  /// Looks at the members of an object.
  ///
  /// - Parameters:
  ///   - value: The object.
  ///   - keys: Those that are expected.
  init(of value: JSONNode, keys: WatchedKeys) { add(value, keys: keys) }

  /// Looks at nothing yet.
  init() {}

  /// Looks at the members of one more object.
  mutating func add(_ value: JSONNode, keys: WatchedKeys) {
    for (name, member) in value.entries {
      guard let key = keys.names.firstIndex(of: name) else {
        unknown.insert(keys.prefix + name)
        continue
      }
      if member.isFilled { filled.insert(keys.whole[key]) } else { empty.insert(keys.whole[key]) }
    }
  }
}

/// Keys that one kind of object is expected to have.
struct WatchedKeys: Sendable {
  /// As the object calls them.
  let names: [String]
  /// What stands in front of every name when it is counted.
  let prefix: String
  /// The names with that in front.
  let whole: [String]

  init(_ names: [String], prefix: String = "") {
    self.names = names
    self.prefix = prefix
    whole = names.map { prefix + $0 }
  }
}

extension Shape {
  /// A few names, each once, in whatever order: an answer has a dozen, which are sooner compared than hashed.
  struct Names: Sendable, Hashable, Sequence {
    private var list: [String] = []
    /// From this many on, which only a hostile answer has, names are found by their hash.
    private static let many = 64
    private var set: Set<String> = []

    init(_ names: [String] = []) { for name in names { insert(name) } }

    mutating func insert(_ name: String) {
      if list.count < Self.many {
        guard !list.contains(name) else { return }
      } else {
        if set.isEmpty { set = Set(list) }
        guard set.insert(name).inserted else { return }
      }
      list.append(name)
    }

    func makeIterator() -> IndexingIterator<[String]> { list.makeIterator() }

    static func == (left: Names, right: Names) -> Bool { Set(left.list) == Set(right.list) }

    func hash(into hasher: inout Hasher) { hasher.combine(Set(list)) }
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
