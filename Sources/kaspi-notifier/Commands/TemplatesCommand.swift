import ArgumentParser
import Console
import Model
import Notify
import Store
import SystemPackage

/// `templates list|check|preview|lint|import`.
struct TemplatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "templates", abstract: "Check the message texts.",
    subcommands: [ListTemplates.self, Check.self, Preview.self, LintTemplates.self, ImportTemplate.self])

  struct Check: Command {
    static let configuration = CommandConfiguration(
      abstract: "Render every template over sample orders and the newest snapshot.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      var problems: [TemplateError] = []
      var documents: [JSONValue] = []
      for job in try shops.jobs(context) {
        let set: TemplateSet
        do throws(TemplateProblems) {
          set = try TemplateSet(try sources(job))
        } catch {
          problems += error.problems
          continue
        }
        let orders = SampleOrders.all + (try SnapshotFolder(job.folders.orders).latest()?.orders ?? [])
        let check = TemplateCheck.run(
          set, orders: orders, shop: job.profile, rules: job.rules, locale: job.locale)
        problems += check.problems
        context.terminal.say("\(job.shop.name): \(check.rendered) texts rendered")
        for (file, length) in check.longest.sorted(by: { $0.key < $1.key }) {
          context.terminal.say("  \(file): at most \(length) characters")
        }
        documents.append([
          "shop": .string(job.shop.name), "rendered": .integer(check.rendered),
          "longest": .object(check.longest.mapValues { .integer($0) }),
        ])
      }
      for problem in problems { context.terminal.say("\(problem)") }
      context.terminal.document([
        "format": 1, "shops": .array(documents), "problems": .array(problems.map { .string("\($0)") }),
      ])
      return problems.isEmpty ? .done : .configuration
    }

    private func sources(_ job: NotifierJob) throws(TemplateProblems) -> [TemplateSource] {
      do throws(StoreError) { return try TemplateSet.sources(in: job.workspace.appending("templates")) } catch
      {
        throw TemplateProblems(problems: [
          TemplateError(code: .unreadable, file: error.path, message: error.detail, hint: error.hint)
        ])
      }
    }
  }

  struct Preview: Command {
    static let configuration = CommandConfiguration(
      abstract:
        "Show the texts as a buyer would see them, over sample orders or one order of the newest snapshot.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var shops: ShopOptions

    @Option(help: "The number of an order in the newest snapshot.")
    var order: String?

    func execute(_ context: CommandContext) async throws -> ExitStatus {
      var documents: [JSONValue] = []
      for job in try shops.jobs(context) {
        let set = try TemplateSet(try TemplateSet.sources(in: job.workspace.appending("templates")))
        let orders = try self.orders(job)
        for template in set.all {
          guard let order = orders.first else { continue }
          let text = try template.render(
            MessageContext(
              order: order, shop: job.profile, locale: template.locale, isFirstContact: true,
              links: try job.links()))
          context.terminal.say("── \(template.file)\n\(text)")
          documents.append(["file": .string(template.file), "text": .string(text)])
        }
      }
      context.terminal.document(["format": 1, "texts": .array(documents)])
      return .done
    }

    private func orders(_ job: NotifierJob) throws -> [Order] {
      guard let order else { return SampleOrders.all }
      guard
        let found = try SnapshotFolder(job.folders.orders).latest()?.orders.first(where: { $0.code == order })
      else {
        throw CommandError(
          .usage, what: "the newest snapshot has no order \(order)", place: job.folders.orders.string,
          remedy: "Leave --order out for sample orders.")
      }
      return [found]
    }
  }
}
