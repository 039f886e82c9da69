/// A template file by name and content.
public struct TemplateSource: Sendable, Hashable {
  /// `<event>.<locale>.mustache`.
  public var name: String
  /// The template.
  public var text: String

  /// Names a text.
  ///
  /// - Parameters:
  ///   - name: `<event>.<locale>.mustache`.
  ///   - text: The template.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Everything that is wrong with a folder of templates.
public struct TemplateProblems: Error, Sendable, Hashable {
  /// By file, then by place; never empty.
  public var problems: [TemplateError]

  /// Gathers mistakes.
  ///
  /// - Parameter problems: Not empty.
  public init(problems: [TemplateError]) { self.problems = problems }
}

/// The checked templates of a workspace.
public struct TemplateSet: Sendable {
  private var templates: [Key: MessageTemplate] = [:]

  private struct Key: Hashable {
    var event: OrderEventKind
    var locale: MessageLocale
    var variant: String
  }

  /// Checks and compiles texts.
  ///
  /// - Parameters:
  ///   - sources: Files in any order; each name once.
  ///   - maximumLength: Longest message, in Unicode scalars.
  /// - Throws: ``TemplateProblems`` with every mistake of every file.
  public init(
    _ sources: [TemplateSource], maximumLength: Int = MessageTemplate.standardLength
  ) throws(TemplateProblems) {
    var problems: [TemplateError] = []
    for source in sources.sorted(by: { $0.name < $1.name }) {
      guard let (event, locale, variant) = Self.parts(of: source.name) else {
        problems.append(
          TemplateError(
            code: .unreadable, file: source.name, message: "The name fits no event and language.",
            hint: "Name it <event>.<ru|kk|en>.mustache or <event>.<ru|kk|en>.<variant>.mustache."))
        continue
      }
      let text = source.text.replacingLineEnds
      let mistakes = MessageTemplate.problems(in: text, event: event, locale: locale, variant: variant)
      problems += mistakes
      guard mistakes.isEmpty else { continue }
      do throws(TemplateError) {
        templates[Key(event: event, locale: locale, variant: variant)] = try MessageTemplate(
          text: text, event: event, locale: locale, variant: variant, maximumLength: maximumLength)
      } catch {
        problems.append(error)
      }
    }
    if !problems.isEmpty { throw TemplateProblems(problems: problems) }
  }

  /// The template of an event in a language.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - locale: The language.
  ///   - variant: The text among several, or ``RuleVariant/main``.
  /// - Returns: `nil` when there is none; another language never stands in.
  public func template(
    _ event: OrderEventKind, _ locale: MessageLocale, variant: String = RuleVariant.main
  ) -> MessageTemplate? {
    templates[Key(event: event, locale: locale, variant: variant)]
  }

  /// All templates, by file name.
  public var all: [MessageTemplate] { templates.values.sorted { $0.file < $1.file } }

  /// What the rules need and the set does not have.
  ///
  /// - Parameters:
  ///   - rules: The rules; only those that send count.
  ///   - locale: The shop's language.
  /// - Returns: One error a missing file, in the order of the rules.
  public func missing(for rules: [NotificationRule], locale: MessageLocale) -> [TemplateError] {
    rules.filter(\.isSent).flatMap { rule -> [TemplateError] in
      let wanted = MessageLocale.chosen(rule: rule.locale, shop: locale)
      let names = rule.variants.isEmpty ? [RuleVariant.main] : rule.variants.map(\.name)
      return names.filter { template(rule.event, wanted, variant: $0) == nil }.map { name in
        let file = MessageTemplate.fileName(event: rule.event, locale: wanted, variant: name)
        return TemplateError(
          code: .missing, file: file,
          message: "The rule '\(rule.event.rawValue)' sends, and its template is missing.",
          hint: "Add templates/\(file), or set 'send: false'.")
      }
    }
  }

  /// Event, language and variant of a file's name.
  static func parts(of name: String) -> (OrderEventKind, MessageLocale, String)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard (3...4).contains(parts.count), parts.last == "mustache",
      let event = OrderEventKind(rawValue: parts[0]), let locale = MessageLocale(rawValue: parts[1])
    else { return nil }
    if parts.count == 3 { return (event, locale, RuleVariant.main) }
    guard isVariantName(parts[2]) else { return nil }
    return (event, locale, parts[2])
  }

  /// Whether a variant may be called so: 1 to 20 small Latin letters and digits, and not `main`.
  ///
  /// - Parameter name: A name from a rule or a file.
  /// - Returns: Whether a file can carry it.
  public static func isVariantName(_ name: String) -> Bool {
    name != RuleVariant.main && (1...20).contains(name.utf8.count)
      && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
  }
}

extension String {
  /// Line ends of other systems as `\n`, and no byte order mark.
  var replacingLineEnds: String {
    var result = String.UnicodeScalarView()
    var wasReturn = false
    for (index, scalar) in unicodeScalars.enumerated() where index > 0 || scalar != "\u{FEFF}" {
      if scalar == "\n", wasReturn {
        wasReturn = false
        continue
      }
      wasReturn = scalar == "\r"
      result.append(wasReturn ? "\n" : scalar)
    }
    return String(result)
  }
}
