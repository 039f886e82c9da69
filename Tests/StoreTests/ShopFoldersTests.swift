import Store
import SystemPackage
import Testing

@Suite struct ShopFoldersTests {
  let folders = ShopFolders(workspace: FilePath("/w"), shop: "demo")

  @Test func spellsTheTree() {
    #expect(folders.catalog.string == "/w/catalog/demo")
    #expect(folders.knowledge.string == "/w/catalog/demo/knowledge")
    #expect(folders.versions.string == "/w/output/demo/versions")
    #expect(folders.kaspiFeed.string == "/w/output/demo/feeds/kaspi.xml")
    #expect(folders.privateFolder.string == "/w/output/demo/private")
    #expect(folders.statusFile.string == "/w/output/demo/status.json")
    #expect(folders.lockFile.string == "/w/output/demo/.lock")
  }

  @Test(arguments: ["..", ".", "", "../../etc", "a/b", "/", "a\u{0}b", "%2e%2e", ".git"])
  func noNameLeavesTheWorkspace(shop: String) {
    let folders = ShopFolders(workspace: FilePath("/w"), shop: shop)
    #expect(folders.output.removingLastComponent().string == "/w/output")
    #expect(folders.output.lastComponent?.kind == .regular)
    #expect(folders.output.lexicallyNormalized() == folders.output)
    #expect(!ShopFolders.isPlainName(shop))
  }

  @Test func differentShopsHaveDifferentFolders() {
    let names = ["a/b", "a%2fb", "a%b", "A", "a", "магазин", "", "%"]
    let paths = names.map { ShopFolders(workspace: FilePath("/w"), shop: $0).output }
    #expect(Set(paths).count == names.count)
    #expect(ShopFolders.isPlainName("demo-2_x") && !ShopFolders.isPlainName("Demo Home"))
  }
}
