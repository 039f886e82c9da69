import ArgumentParser
import Console
import Model
import Notify
import Store
import SystemPackage

/// `templates list`.
struct ListTemplates: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the texts, what sends them, and the names that they may use.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Flag(help: "Show the names that each event's texts may use.")
  var variables = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    var documents: [JSONValue] = []
    for job in try shops.jobs(context) {
      let set = try TemplateSet(try TemplateSet.sources(in: job.workspace.appending("templates")))
      let sending = Set(job.rules.filter(\.isSent).map(\.event))
      context.terminal.say("\(job.shop.name):")
      var lines: [JSONValue] = []
      for template in set.all {
        let isSent = sending.contains(template.event)
        context.terminal.say("  \(template.file)" + (isSent ? "" : "  (the rule does not send)"))
        lines.append([
          "file": .string(template.file), "event": .string(template.event.rawValue),
          "locale": .string(template.locale.rawValue), "variant": .string(template.variant),
          "sends": .bool(isSent),
        ])
      }
      documents.append(["shop": .string(job.shop.name), "templates": .array(lines)])
    }
    if variables {
      for event in OrderEventKind.allCases {
        context.terminal.say("\(event.rawValue):")
        for variable in TemplateVariable.declared(for: event) {
          let filters =
            variable.kind.filters.isEmpty ? "" : "  [\(variable.kind.filters.joined(separator: ", "))]"
          context.terminal.say(
            "  {{\(variable.name)}}" + (variable.isAlwaysThere ? "" : "?") + "  \(variable.summary)\(filters)"
          )
        }
      }
    }
    context.terminal.document(["format": 1, "shops": .array(documents)])
    return .done
  }
}

/// `templates lint`.
struct LintTemplates: Command {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Say what is allowed in the texts and still unwise.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    guard let job = try shops.jobs(context).first else { return .done }
    let sources = try TemplateSet.sources(in: job.workspace.appending("templates"))
    _ = try TemplateSet(sources)
    let findings = TemplateLint.findings(sources, rules: job.rules)
    for finding in findings {
      let line = finding.place.line.map { ":\($0)" } ?? ""
      context.terminal.say(
        "\(finding.place.source)\(line): \(finding.message) [\(finding.rule)] \(finding.hint ?? "")")
    }
    if findings.isEmpty { context.terminal.say("\(sources.count) texts, nothing to say against them") }
    context.terminal.document([
      "format": 1,
      "findings": .array(
        findings.map { finding in
          [
            "rule": .string(finding.rule), "file": .string(finding.place.source),
            "line": finding.place.line.map { .integer($0) } ?? .null, "message": .string(finding.message),
            "hint": finding.hint.map { .string($0) } ?? .null,
          ]
        }),
    ])
    return findings.isEmpty ? .done : .badInput
  }
}

/// `templates import`.
struct ImportTemplate: Command {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn a text of the prototype, with {user_name} and the like, into a template.")

  @OptionGroup var common: CommonOptions
  @OptionGroup var shops: ShopOptions

  @Argument(help: "The old text.")
  var file: String

  @Option(help: "The event, like order_created.")
  var event: String

  @Option(help: "The language: ru, kk or en.")
  var locale = "ru"

  @Flag(help: "Replace a template that is already there.")
  var replace = false

  @Flag(help: "Show the template, keep nothing.")
  var dryRun = false

  func validate() throws {
    guard OrderEventKind(rawValue: event) != nil else {
      throw ValidationError(
        "--event is one of \(OrderEventKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard MessageLocale(rawValue: locale) != nil else { throw ValidationError("--locale is ru, kk or en") }
  }

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    guard let event = OrderEventKind(rawValue: event), let locale = MessageLocale(rawValue: locale),
      let job = try shops.jobs(context).first
    else { return .done }
    let path = context.path(file)
    guard let text = String(validating: try context.input(path, maximumBytes: 1 << 20), as: UTF8.self)
    else {
      throw CommandError(
        .badInput, what: "the text is not UTF-8", place: path.string, remedy: "Save it as UTF-8.")
    }
    let name = MessageTemplate.fileName(event: event, locale: locale)
    let result = try TemplateImport.translate(text, file: name)
    // Held against the declared names at once, as any other template.
    _ = try TemplateSet([TemplateSource(name: name, text: result.text)])
    let target = job.workspace.appending("templates").appending(name)
    guard try dryRun || replace || !Folder.exists(target) else {
      throw CommandError(
        .usage, what: "the template is already there", place: target.string, remedy: "Say --replace.")
    }
    if !dryRun { try AtomicFile.write(Array(result.text.utf8), to: target) }
    context.terminal.say(dryRun ? result.text : "templates/\(name)")
    for note in result.notes { context.terminal.remark(note) }
    context.terminal.document([
      "format": 1, "file": .string(name), "text": .string(result.text),
      "notes": .array(result.notes.map { .string($0) }),
    ])
    return .done
  }
}
