import Foundation
import Processes

/// The root file system that all hosts of one kind share, below an overlay each.
struct Image: Sendable {
  var recipe: ImageRecipe
  var paths: LabPaths

  var path: String { "\(paths.images)/\(recipe.kind)-\(recipe.key)" }

  /// Builds it where it is not there yet: under another name, so that what has this name is whole.
  ///
  /// - Parameter proxy: `http://address:port` of a caching proxy.
  func ensure(proxy: String, progress: @Sendable (String) -> Void) async throws {
    guard !Files.exists(path) else { return }
    try await FileLock.hold(
      "\(paths.images)/.lock", waiting: .seconds(900), holder: "the other lab that builds an image"
    ) {
      guard !Files.exists(path) else { return }
      progress("building the image '\(recipe.kind)' (once; about a minute)")
      try await build(proxy: proxy)
    }
  }

  private func build(proxy: String) async throws {
    for site in Files.list(paths.unfinishedImages) {
      try await Self.removeUnfinished(LabPaths(site: site, base: paths.base))
    }
    let building = paths.unfinishedImage
    let cgroup = paths.cgroup("_image")
    try cgroup.create()
    try Files.makeDirectory(paths.unfinishedImages)
    let sources = "\(paths.lab)/sources.list"
    try Files.write(recipe.apt.sources.text, to: sources)
    let log = "\(paths.lab)/image.log"
    let mmdebstrap =
      [
        "env", "http_proxy=\(proxy)", "mmdebstrap", "--variant=minbase", "--mode=root", "--format=directory",
        "--skip=cleanup/apt/lists", "--logfile=\(log)", "--customize-hook=\(recipe.customization)",
        "--include=\(recipe.packages.joined(separator: ","))",
      ] + recipe.apt.options.map { "--aptopt=\($0)" } + [recipe.apt.codename, building, sources]
    guard try await Command(cgroup.joining(mmdebstrap)).run().status == 0 else {
      let words = (Files.read(log) ?? "").suffix(1500)
      throw LabError("image \(recipe.kind)", "mmdebstrap failed; its log is \(log):\n\(words)")
    }
    guard rename(building, path) == 0 else { throw LabError(path, "cannot be put in place") }
  }

  /// Removes what an interrupted build of a lab left behind. The lock on the images, or on that lab, must be held: then
  /// no build of it can be under way.
  static func removeUnfinished(_ paths: LabPaths) async throws {
    // mmdebstrap lives on when we are killed.
    try await paths.cgroup("_image").killAll()
    try await Mounts.unmountAll(below: paths.unfinishedImage)
    try Files.remove(paths.unfinishedImage)
  }
}
