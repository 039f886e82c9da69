import ArgumentParser
import Console

/// The catalog program: crawl, plan, publish, index, search, history, lint.
@main
struct KaspiCatalog: AsyncParsableCommand {
  static func main() async { await Program.run(Self.self) }

  static let configuration = CommandConfiguration(
    commandName: "kaspi-catalog",
    abstract: "Crawls a Kaspi shop and writes its catalog, price list and search index as files.",
    discussion: """
      Exit codes: 0 done, 1 failed, 3 partly, 4 refused by policy, 11 locked, 64 usage, 65 bad input, \
      75 temporary, 78 configuration, 130 and 143 interrupted.
      """,
    version: "0.1.0", subcommands: CommandChoice.narrowed(commands, to: CommandLine.arguments))

  static let commands: [any ParsableCommand.Type] = [
    InitCommand.self, NightlyCommand.self, CrawlCommand.self, ReparseCommand.self, PlanCommand.self,
    PublishCommand.self,
    IndexCommand.self, SearchCommand.self, RecommendCommand.self, ContextCommand.self,
    CategoriesCommand.self, StatsCommand.self, SynonymsCommand.self, EvalCommand.self,
    LearnCommand.self,
    KnowledgeCommand.self,
    LintCommand.self, ExplainCommand.self, ExtractCommand.self,
    ImportHistoryCommand.self, VersionsCommand.self, DiffCommand.self, LogCommand.self, BlameCommand.self,
    ShowCommand.self, PricesCommand.self, RestoreCommand.self, PinCommand.self, GcCommand.self,
    VerifyCommand.self, ExportCommand.self, WhyCommand.self, StatusCommand.self, ConfigCommand.self,
  ]
}
