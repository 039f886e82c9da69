import ArgumentParser
import Console
import Publish
import Store

/// The forms in which a question about history is answered.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, markdown, html
}

/// `--format`.
struct AnswerOptions: ParsableArguments, Sendable {
  @Option(help: "text, json, markdown, or html: one page that needs nothing else.")
  var format: AnswerFormat = .text

  /// Prints an answer in the form that was asked for.
  ///
  /// `text` stands for the table where a terminal is told in other words.
  func print(
    _ table: ReportTable, _ document: JSONValue, text: String? = nil, language: String,
    _ common: CommonOptions, _ context: CommandContext
  ) {
    switch common.json ? .json : format {
    case .text: context.terminal.raw(Array((text ?? table.text).utf8))
    case .json: context.terminal.raw(CanonicalJSON.document(document))
    case .markdown: context.terminal.raw(Array(table.markdown.utf8))
    case .html: context.terminal.raw(Array(table.html(language: language).utf8))
    }
  }
}
