public import SystemPackage

/// Where everything of one shop lies.
///
/// The tree is a contract with people, `git` and web servers; only this type spells it.
public struct ShopFolders: Sendable, Hashable {
  /// The folder that holds `kaspi.yaml`.
  public let workspace: FilePath
  /// The shop's name in the configuration.
  public let shop: String

  /// Names the folders of a shop; nothing is read or made.
  ///
  /// A shop's name is one component whatever it holds: a slash, a percent sign, a control character or a dot
  /// in front is written as `%` and two digits.
  ///
  /// - Parameters:
  ///   - workspace: The folder that holds `kaspi.yaml`.
  ///   - shop: The shop's name.
  public init(workspace: FilePath, shop: String) {
    self.workspace = workspace
    self.shop = shop
  }

  /// Whether a name is good for a shop: 1 to 64 small Latin letters, digits, `-` or `_`.
  ///
  /// - Parameter name: A name from the configuration or a flag.
  /// - Returns: Whether its folders are called exactly like it.
  public static func isPlainName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }

  /// Tracked by git: stable paths, canonical bytes.
  public var catalog: FilePath { workspace.appending("catalog").appending(component) }
  /// Hand-written answers and policies.
  public var knowledge: FilePath { catalog.appending("knowledge") }
  /// Generated, ignored by git.
  public var output: FilePath { workspace.appending("output").appending(component) }
  /// Immutable copies, the truth.
  public var versions: FilePath { output.appending("versions") }
  /// What every version changed, derived from the versions; may be deleted.
  public var history: FilePath { output.appending("history") }
  /// What is served.
  public var feeds: FilePath { output.appending("feeds") }
  /// Kaspi's price list as it is served.
  public var kaspiFeed: FilePath { feeds.appending("kaspi.xml") }
  /// What the last crawl brought.
  public var crawl: FilePath { output.appending("crawl") }
  /// What publishing would change.
  public var plan: FilePath { output.appending("plan") }
  /// The search index.
  public var index: FilePath { output.appending("index") }
  /// Order snapshots; personal data, mode 0600.
  public var orders: FilePath { output.appending("orders") }
  /// The notifier's memory; personal data, mode 0600; must not be deleted.
  public var outbox: FilePath { output.appending("outbox") }
  /// Links for messages only, mode 0600.
  public var privateFolder: FilePath { output.appending("private") }
  /// Reports of past runs.
  public var reports: FilePath { output.appending("reports") }
  /// Logs of past runs.
  public var logs: FilePath { output.appending("logs") }
  /// How the last run went, for programs.
  public var statusFile: FilePath { output.appending("status.json") }
  /// The same as metrics text.
  public var metricsFile: FilePath { output.appending("metrics.prom") }
  /// Held by the one run that writes.
  public var lockFile: FilePath { output.appending(".lock") }

  private var component: String {
    var text = ""
    for (index, scalar) in shop.unicodeScalars.enumerated() {
      let isDotInFront = index == 0 && scalar == "."
      if isDotInFront || scalar == "/" || scalar == "%" || scalar.value < 0x20 || scalar.value == 0x7F {
        text += "%" + Digest.hexadecimal(CollectionOfOne(UInt8(scalar.value)))
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text.isEmpty ? "%" : text
  }
}
