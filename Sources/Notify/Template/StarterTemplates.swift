/// The texts that a new workspace starts with: short, polite, and as a real shop would send them.
///
/// The same files lie in the repository's `templates/`; a test holds the two together.
public enum StarterTemplates {
  /// File names and contents, by name: every event in every language.
  public static let all: [TemplateSource] = (russian + kazakh + english).sorted { $0.name < $1.name }
}
