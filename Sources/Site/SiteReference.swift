/// The reference page of the site file, generated from the keys that the decoder knows.
public enum SiteReference {
  /// Every key with type, unit, default and example, a table for each mapping.
  public static var markdown: String {
    """
    # The site file

    A site file is YAML: one document, one site. Sizes are written with a unit (\(Bytes.unitNames.joined(separator: ", "))) \
    and shares with a %. Names of hosts, switches and racks are lower case letters, digits and hyphens, and no two of \
    them are the same. Unknown keys are errors.

    The smallest site:

    ```yaml
    site: demo
    hosts:
      vm1: { address: 198.18.0.11 }
    ```


    """ + sections.joined(separator: "\n")
  }

  private static var sections: [String] {
    [
      table("Top level", SiteKeys.site),
      table("`network`", SiteKeys.network),
      table("`network.loopbacks`", SiteKeys.loopbacks),
      table("`network.spines.NAME`, `racks.NAME.leaves.NAME`", SiteKeys.switchKeys),
      table("`racks.NAME`", SiteKeys.rack),
      table("`hosts.NAME`", SiteKeys.host),
      table("`hosts.NAME.disks`", SiteKeys.disk, "Each item is a path, or a mapping with these keys."),
      table("`storage`", SiteKeys.storage),
      table("`storage.ceph`", SiteKeys.ceph),
      table("`storage.ceph.pools.NAME`", SiteKeys.pool),
      table("`survive`", SiteKeys.survive),
    ]
  }

  private static func table<Owner>(_ title: String, _ section: Section<Owner>, _ text: String? = nil) -> String {
    let rows = section.keys.map { key in
      "| `\(key.name)` | \(key.type) | \(key.unit.isEmpty ? "–" : key.unit) | \(key.fallback) | "
        + "`\(key.name): \(key.example)` | \(key.text) |\n"
    }
    return """
      ## \(title)

      \(text.map { "\($0)\n\n" } ?? "")| key | type | unit | default | example | what it is |
      | --- | --- | --- | --- | --- | --- |

      """ + rows.joined()
  }
}
