public import Store
public import SystemPackage

extension TemplateSet {
  /// Reads the template files of a folder; nothing is checked yet.
  ///
  /// - Parameter folder: `templates`.
  /// - Returns: Every `.mustache` file directly in it, by name.
  /// - Throws: `StoreError`; `missing` without the folder, `damaged` for a file that is not UTF-8.
  public static func sources(in folder: FilePath) throws(StoreError) -> [TemplateSource] {
    var sources: [TemplateSource] = []
    for name in try Folder.files(in: folder, suffix: ".mustache") {
      let path = folder.appending(name)
      let bytes = try AtomicFile.read(path, maximumBytes: 1 << 20)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw StoreError(
          code: .damaged, path: path.string, detail: "the template is not UTF-8", hint: "Save it as UTF-8.")
      }
      sources.append(TemplateSource(name: name, text: text))
    }
    return sources
  }
}
