import ArgumentParser
import Console
import Notify
import Search
import Store
import SystemPackage

/// `init`.
struct InitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a workspace: a commented kaspi.yaml, templates and one shop.")

  @OptionGroup var common: CommonOptions

  @Option(help: "The shop's name: small letters, digits, - and _.")
  var shop: String

  @Flag(help: "Name the files, write none.")
  var dryRun = false

  func execute(_ context: CommandContext) async throws -> ExitStatus {
    guard ShopFolders.isPlainName(shop), !shop.hasPrefix("-") else {
      throw CommandError(
        .usage, what: "'\(shop)' cannot name a shop's folder", place: "--shop",
        remedy: "Use small letters, digits, - and _.")
    }
    let folder = context.path(common.workspace ?? ".")
    let file = folder.appending(WorkspaceFinder.fileName)
    guard try !Folder.exists(file) else {
      throw CommandError(
        .failed, what: "there is a workspace already", place: file.string,
        remedy: "Add the shop to it by hand, or name another folder with --workspace.")
    }
    var written: [FilePath] = []
    func write(_ text: String, to path: FilePath) throws(StoreError) {
      guard try !Folder.exists(path) else { return }
      if !dryRun { try AtomicFile.write(Array(text.utf8), to: path) }
      written.append(path)
    }
    for template in StarterTemplates.all {
      try write(template.text, to: folder.appending("templates").appending(template.name))
    }
    let folders = ShopFolders(workspace: folder, shop: shop)
    try write(StarterWorkspace.delivery, to: folders.knowledge.appending("delivery.md"))
    try write(
      Synonyms.starterText + "\n", to: folders.knowledge.appending(PublishedDocuments.synonymsName))
    try write(StarterWorkspace.gitignore, to: folder.appending(".gitignore"))
    // Last, because its presence is what makes the folder a workspace.
    try write(StarterWorkspace.configuration(shop: shop), to: file)
    for path in written where !common.quiet { context.terminal.say(path.string) }
    if !dryRun {
      context.terminal.say("Next: read \(file), then kaspi-catalog nightly --workspace \(folder)")
    }
    context.terminal.document([
      "format": 1, "dry_run": .bool(dryRun), "files": .array(written.map { .string($0.string) }),
    ])
    return .done
  }
}
