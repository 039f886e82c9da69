import Testing

@testable import Search

@Suite struct SoundTests {
  @Test(arguments: [
    ("наушники", "naushniki", "nauSniki"), ("щит", "shchit", "Sit"), ("щит", "schit", "Sit"),
    ("еж", "yozh", "eJ"), ("чай", "chay", "Xa"), ("чай", "chai", "Xa"), ("джинсы", "dzhinsy", "dJinsi"),
    ("цена", "tsena", "Cena"), ("детский", "detskiy", "deCki"), ("йогурт", "yogurt", "egurt"),
    ("айфон", "aifon", "afon"), ("ванна", "vana", "vana"), ("юбка", "yubka", "ubka"),
    ("қазан", "kazan", "kazan"), ("халат", "khalat", "halat"), ("блок", "block", "blok"),
    ("зенбук", "zenbook", "zenbuk"), ("кофе", "coffee", "kofe"),
  ])
  func isTheSameInBothScripts(cyrillic: String, latin: String, sound: String) {
    for word in [cyrillic, latin] {
      #expect(String(decoding: Sound.skeleton(Array(word.utf8)), as: UTF8.self) == sound, "\(word)")
    }
  }

  @Test(arguments: [
    ("cena", false, "kena"), ("cena", true, "Cena"), ("jot", false, "et"), ("dj", false, "di"),
    ("jk", false, "Jk"), ("xbox", false, "ksboks"), ("quiz", false, "kuz"), ("5", false, ""), ("", false, ""),
    ("יוד", false, ""), ("ы", false, "i"), ("shc", false, "Sk"), ("sc", false, "sk"), ("s", false, "s"),
  ])
  func readsLettersOneByOneElsewhere(word: String, softC: Bool, sound: String) {
    #expect(String(decoding: Sound.skeleton(Array(word.utf8), softC: softC), as: UTF8.self) == sound)
  }
}
