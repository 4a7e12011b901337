import Design
import Drawing
import Foundation
import Guarantees

extension RehearsalReport {
  /// One file that needs no other: texts, tables and the site's picture.
  ///
  /// - Parameter picture: an SVG document of the site
  public func html(picture: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\("\(site): \(title)".escaped)</title>
    <style>
    \(Self.style)</style>
    </head>
    <body>
    <main>
    <header>
    <p class="kind">Rehearsal</p>
    <h1>\(site.escaped): \(title.escaped)</h1>
    <p class="faint">On a twin, from \(start.escaped); begun \(begunAt.formatted(.iso8601)), \(seconds.duration) in all.</p>
    </header>
    <p class="verdict \(isGood ? "good" : "bad")">\(verdict.escaped)</p>
    \(tiles)\(digestLine)\(planSection)\(loadSection)\(failureSection)<section>
    <h2>The site</h2>
    <div class="picture">
    \(picture.trimmingCharacters(in: .whitespacesAndNewlines))
    </div>
    </section>
    </main>
    </body>
    </html>

    """
  }

  private var tiles: String {
    let stall = ([change.load?.longestStall] + failures.map(\.load.longestStall)).compactMap { $0 }.max()
    let agreed = failures.count(where: \.agrees)
    let tiles: [(String, String)] = [
      ("steps passed", "\(change.done) of \(change.steps)"), ("forecast", change.forecast.duration),
      ("measured", change.measured.duration), ("longest stall of the writer", stall?.stall ?? "–"),
      ("failures as predicted", failures.isEmpty ? "none tried" : "\(agreed) of \(failures.count)"),
    ]
    let items = tiles.map { "<div><b>\($1.escaped)</b><span>\($0.escaped)</span></div>\n" }.joined()
    return "<div class=\"tiles\">\n\(items)</div>\n"
  }

  private var digestLine: String {
    guard let digest else { return "" }
    return """
      <p>Digest of the plan, for <code>--rehearsed</code>:<br><code class="digest">\(digest.escaped)</code></p>

      """
  }

  private var planSection: String {
    let remarks =
      change.downtimes.map { "Downtime in \($0)" }
      + change.failures.sorted { $0.key < $1.key }.map { "Failed: \($0.key): \($0.value)" }
      + (change.secondsToWell.map { ["All was well \($0.duration) after the last step."] }
        ?? change.problems.map { "Not well after it: \($0)" })
    let longest = max(1, change.phases.map { max($0.forecast, $0.measured) }.max() ?? 1)
    let rows = change.phases.map { phase in
      """
      <tr><th>\(phase.name.escaped)</th><td class="number">\(phase.steps)</td>\
      <td class="number">\(phase.forecast.formatted(decimals: 1))</td>\
      <td class="number">\(phase.measured.formatted(decimals: 1))</td>\
      <td class="bars">\(Self.bar(phase.forecast / longest, "forecast"))\(Self.bar(phase.measured / longest, "measured"))</td></tr>

      """
    }.joined()
    return """
      <section>
      <h2>The plan</h2>
      <p>Forecast \(change.forecast.duration) (\(change.basis.escaped)); measured \(change.timing.escaped).</p>
      <div class="wide"><table>
      <thead><tr><th>phase</th><th>steps</th><th>forecast, s</th><th>measured, s</th><th><span class="key forecast"></span> \
      forecast <span class="key measured"></span> measured</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      \(Self.list(remarks))</section>

      """
  }

  private static func bar(_ part: Double, _ kind: String) -> String {
    "<i class=\"\(kind)\" style=\"width:\((100 * part).formatted(decimals: 1))%\"></i>"
  }

  private var loadSection: String {
    guard let load = change.load else { return "" }
    return """
      <section>
      <h2>Under load meanwhile</h2>
      \(Self.list([load.writing, load.flowing].compactMap { $0 }))</section>

      """
  }

  private var failureSection: String {
    guard !failures.isEmpty else { return "" }
    let heads = guarantees.map { "<th>\($0.title.escaped)</th>" }.joined()
    let rows = failures.map { failure in
      let cells = guarantees.map { guarantee -> String in
        guard let verdict = failure.verdict(guarantee) else { return "<td>–</td>" }
        let kind = !verdict.agrees || !verdict.isKept ? "bad" : verdict.observed == true ? "good" : "faint"
        let seen = verdict.evidence.map { "<br><small>\($0.escaped)</small>" } ?? ""
        return
          "<td class=\"\(kind)\" title=\"predicted: \(verdict.reason.escaped)\">\(verdict.words.escaped)\(seen)</td>"
      }.joined()
      return """
        <tr><th>\(failure.component.description.escaped)<br><small>\(failure.faults.joined(separator: "; ").escaped)</small></th>\
        <td class="number">\(failure.alike)</td>\(cells)\
        <td class="number">\(failure.load.longestStall.map { $0.formatted(decimals: 1) } ?? "–")</td>\
        <td class="number">\(failure.load.longestGap.map { $0.formatted(decimals: 1) } ?? "–")</td>\
        <td class="number\(failure.secondsToWell == nil ? " bad" : "")">\(failure.secondsToWell.map { "\(Int($0.rounded()))" } ?? "not well")</td></tr>

        """
    }.joined()
    return """
      <section>
      <h2>Failures after it</h2>
      <p>\(failures.count) of the \(failuresInAll) single failures that the site is asked to survive; what breaks by one \
      of them breaks by those alike. Each was made, watched until all was as predicted or a minute was over, and healed.</p>
      <div class="wide"><table>
      <thead><tr><th>down</th><th>alike</th>\(heads)<th>longest stall, s</th><th>flow silent, s</th><th>well after, s</th></tr></thead>
      <tbody>
      \(rows)</tbody>
      </table></div>
      \(Self.list(failures.flatMap { failure in failure.problems.map { "\(failure.component): not well after it: \($0)" } }))</section>

      """
  }

  private static func list(_ lines: [String]) -> String {
    lines.isEmpty ? "" : "<ul>\n\(lines.map { "<li>\($0.escaped)</li>\n" }.joined())</ul>\n"
  }

  private static let style = """
    body { margin: 0; background: \(Palette.paper); color: \(Palette.ink);
      font: 15px/1.5 Inter, "Helvetica Neue", "Segoe UI", "DejaVu Sans", sans-serif }
    main { max-width: 1100px; margin: 0 auto; padding: 32px 24px }
    h1 { font-size: 28px; margin: 0 } h2 { font-size: 19px; margin: 32px 0 8px }
    .kind { margin: 0; color: \(Palette.control); font-weight: 600 }
    .faint, small { color: \(Palette.faint) }
    .verdict { padding: 12px 16px; border-radius: 8px; font-weight: 600; border-left: 6px solid }
    .verdict.good { background: #e6f4f1; border-color: \(Palette.storage) }
    .verdict.bad { background: #fbeede; border-color: \(Palette.compute) }
    .tiles { display: flex; flex-wrap: wrap; gap: 12px }
    .tiles div { flex: 1 1 150px; background: \(Palette.card); border: 1px solid \(Palette.edge); border-radius: 8px;
      padding: 12px 16px }
    .tiles b { display: block; font-size: 22px } .tiles span { color: \(Palette.faint) }
    code { font-family: "JetBrains Mono", "SF Mono", Menlo, "DejaVu Sans Mono", monospace; font-size: 13px }
    .digest { overflow-wrap: anywhere }
    .wide { overflow-x: auto }
    table { border-collapse: collapse; width: 100%; background: \(Palette.card) }
    th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid \(Palette.edge) }
    thead th { color: \(Palette.faint); font-weight: 500 } tbody th { font-weight: 600 }
    td.number { text-align: right; font-variant-numeric: tabular-nums }
    td.good { color: #0b665d } td.bad { background: #fbeede; font-weight: 600 }
    td.bars { width: 34% } td.bars i { display: block; height: 7px; margin: 3px 0; border-radius: 3px; min-width: 1px }
    .forecast { background: \(Palette.uplink) } .measured { background: \(Palette.leaf) }
    .key { display: inline-block; width: 12px; height: 8px; border-radius: 3px }
    .picture { overflow-x: auto; background: \(Palette.card); border: 1px solid \(Palette.edge); border-radius: 8px }
    .picture svg { max-width: 100%; height: auto; display: block }

    """
}
