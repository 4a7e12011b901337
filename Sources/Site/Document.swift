import Yams

/// A YAML text as a tree, or what keeps it from being one.
enum Document {
  /// The root of the tree; `nil`, and a problem, where the text is no single YAML document.
  static func compose(_ yaml: String, file: String, into decoding: inout Decoding) -> Node? {
    let start = Place.start(of: file)
    guard !Aliases.canTakeForEver(yaml) else {
      tooMany(start, &decoding)
      return nil
    }
    var text = yaml
    var duplicates = 0
    while true {
      do {
        // No resolver: every value is the text that was written, so that `no` is a name and `010` is no octal number.
        guard let node = try Yams.compose(yaml: text, .basic) else {
          decoding.report(start, "the file is empty", "run `varde init` for a starter")
          return nil
        }
        var count = 0
        return try Node(node, file: file, count: &count)
      } catch is Node.TooMany {
        tooMany(start, &decoding)
        return nil
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let name = names.first ?? ""
        let first = Place(context.mark, file: file)
        let second = Duplicates.second(of: name, after: first, in: text)
        decoding.report(
          second ?? first, "'\(name)' is there twice, first in line \(first.line)", "remove or rename one"
        )
        guard let second, duplicates < Duplicates.limit else { return nil }
        text = Duplicates.setAside(name, at: second, number: duplicates, in: text)
        duplicates += 1
      } catch {
        report(error, in: text, of: file, into: &decoding)
        return nil
      }
    }
  }

  private static func tooMany(_ place: Place, _ decoding: inout Decoding) {
    decoding.report(
      place, "the aliases of this file stand for more values than any site has",
      "write the values out instead of '&' and '*'")
  }

  private static func report(
    _ error: any Error, in yaml: String, of file: String, into decoding: inout Decoding
  ) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
      decoding.report(Place(mark, file: file), "this is not YAML: \(problem)", remedy(for: problem))
    case YamlError.composer(_, let problem, let mark, _) where problem.contains("another document"):
      decoding.report(
        Place(mark, file: file), "a second document begins here", "write one site a file, without '---' in between")
    case YamlError.composer(_, let problem, let mark, _):
      decoding.report(Place(mark, file: file), "this is not YAML: \(problem)", "define the anchor before its first use")
    case YamlError.reader(let problem, let offset, _, _):
      decoding.report(
        place(of: offset ?? 0, in: yaml, file), "unreadable character: \(problem)", "save the file as UTF-8 text")
    default:
      decoding.report(.start(of: file), "this is not YAML: \(error)", "see https://yaml.org")
    }
  }

  private static func remedy(for problem: String) -> String {
    switch problem {
    case _ where problem.contains("cannot start any token"):
      "indent with spaces, and quote values that begin with a sign"
    case _ where problem.contains("mapping values are not allowed"): "check the indentation, and quote values with ': '"
    case _ where problem.contains("could not find expected ':'"): "write 'key: value', with a space after the colon"
    case _ where problem.contains("did not find expected ',' or"): "close the bracket, or add the missing comma"
    case _ where problem.contains("unexpected end of stream"): "close the quote"
    default: "check the indentation, brackets and quotes here and in the line before"
    }
  }

  private static func place(of offset: Int, in yaml: String, _ file: String) -> Place {
    let before = yaml.utf8.prefix(offset)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return Place(
      file: file, line: line, column: before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1)
  }
}
