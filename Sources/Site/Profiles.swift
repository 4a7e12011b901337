/// `extends:`, by which a site file takes what it does not say itself from a profile, and that one from another.
struct Profiles {
  /// The text of a file.
  let read: (_ path: String) throws -> String

  /// The file's values over those of the profile that it names.
  ///
  /// - Parameter chain: the files that led here, the site file first, this one last
  func extend(_ root: Node, chain: [String], into decoding: inout Decoding) -> Node {
    guard let entry = root["extends"], let file = chain.last else { return root }
    guard let name = entry.value.text, !entry.value.isEmpty else {
      decoding.report(
        entry.key.place, "extends is not a path", "write the path of one file, as seen from this one")
      return root
    }
    let path = Self.resolve(name, from: file)
    guard !chain.contains(path) else {
      let circle = (chain.drop { $0 != path } + [path]).joined(separator: " extends ")
      decoding.report(entry.value.place, "a file extends itself: \(circle)", "remove one of these 'extends'")
      return root
    }
    let text: String
    do { text = try read(path) } catch {
      decoding.report(
        entry.value.place, "the profile \(path) cannot be read: \(error)",
        "the path is seen from this file; correct it, or make the file readable")
      return root
    }
    guard let shared = Document.compose(text, file: path, into: &decoding) else { return root }
    guard case .mapping(let entries) = shared.content else {
      decoding.report(shared.place, "a profile is a mapping", "write the keys that sites are to share")
      return root
    }
    if let site = shared["site"] {
      decoding.report(
        site.key.place, "a profile names no site", "remove 'site' here; the file of each site has its own")
    }
    var profile = extend(shared, chain: chain + [path], into: &decoding)
    if case .mapping(let all) = profile.content, !entries.isEmpty {
      profile.content = .mapping(all.filter { !["site", "extends"].contains($0.key.text) })
    }
    return root.over(profile)
  }

  /// A path as it is seen from a file, without the steps back that can be left out.
  static func resolve(_ path: String, from file: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != "..", last != "", last != "." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}
