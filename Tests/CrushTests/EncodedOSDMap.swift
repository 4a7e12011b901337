import Crush
import Foundation

/// An OSD map as Ceph writes it.
enum EncodedOSDMap {
  /// The form of Ceph 12, which later ones read: no checksum, and little that must be made up.
  ///
  /// - Parameter crush: the binary form
  static func data(_ map: OSDMap, _ crush: Data) -> Data {
    var clients = Data(count: 16)
    clients.add(UInt32(1))
    clients += Data(count: 16)
    clients.add(map.pools) { data, id, pool in
      data.add(id)
      data.addSection(14, 5, encode(pool))
    }
    clients.add(map.pools) { data, id, pool in
      data.add(id)
      data.add(pool.name)
    }
    clients.add(Int32(map.pools.count))
    clients.add(UInt32(0))
    clients.add(Int32(map.osds.count))
    clients.add(map.osds) { data, osd in data.add(UInt8((osd.exists ? 1 : 0) + (osd.isUp ? 2 : 0))) }
    clients.add(map.osds) { data, osd in data.add(osd.reweight) }
    clients.add(map.osds) { data, _ in data += [2, 0, 0, 0, 0] }
    clients.add(map.pgTemp) { data, group, osds in data.add(group) { $0.add(osds) { $0.add($1) } } }
    clients.add(map.primaryTemp) { data, group, osd in data.add(group) { $0.add(osd) } }
    clients.add(map.osds) { data, osd in data.add(osd.primaryAffinity) }
    clients.add(UInt32(crush.count))
    clients += crush
    // No profiles.
    clients.add(UInt32(0))
    clients.add(map.upmaps) { data, group, osds in data.add(group) { $0.add(osds) { $0.add($1) } } }
    clients.add(map.upmapItems) { data, group, pairs in
      data.add(group) { data in
        data.add(pairs) {
          $0.add($1.from)
          $0.add($1.to)
        }
      }
    }
    var extended = Data()
    extended.add(map.osds) { data, _ in data += [2, 0, 0, 0, 0] }
    extended.add(map.osds) { data, _ in data += [1] + Data(count: 24) }
    extended.add(UInt32(0))
    extended.add(map.osds) { data, _ in data += [2, 0, 0, 0, 0] }
    extended.add(UInt32(0))
    extended.add("")
    extended.add(map.osds) { data, _ in data += Data(count: 16) }
    extended.add(map.osds) { data, _ in data.addSection(1, 1, Data(count: 16)) }
    extended.add(map.osds) { data, _ in data += [2, 0, 0, 0, 0] }
    var body = Data()
    body.addSection(4, 1, clients)
    body.addSection(1, 1, extended)
    var whole = Data()
    whole.addSection(7, 7, body)
    return whole
  }

  private static func encode(_ pool: OSDMap.Pool) -> Data {
    var data = Data()
    data += [pool.isErasure ? 3 : 1, UInt8(pool.size), UInt8(pool.rule), 2]
    data.add(pool.groups)
    data.add(pool.placedGroups)
    // Nothing of old kinds of groups; changed in epoch 1; no snapshots.
    data += Data(count: 8)
    data.add(UInt32(1))
    data += Data(count: 8 + 4 + 4 + 4 + 8)
    data.add(UInt64(pool.hashesNumber ? 1 : 0))
    data += Data(count: 4)
    data.add(UInt8(pool.minSize))
    data += Data(count: 16 + 4)
    // No tiers.
    data.add(Int64(-1))
    data.add(UInt8(0))
    data.add(Int64(-1))
    data.add(Int64(-1))
    data += Data(count: 4)
    // No hit set, no limits of a cache, no profile.
    data.addSection(1, 1, Data([0]))
    data += Data(count: 8 + 4 + 16 + 16 + 4)
    return data
  }
}

extension Data {
  fileprivate mutating func add(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { self += $0 }
  }

  fileprivate mutating func add(_ text: String) {
    add(UInt32(text.utf8.count))
    self += Data(text.utf8)
  }

  fileprivate mutating func add<Element>(_ elements: [Element], _ encode: (inout Data, Element) -> Void) {
    add(UInt32(elements.count))
    for element in elements { encode(&self, element) }
  }

  fileprivate mutating func add<Key: Comparable, Value>(
    _ elements: [Key: Value], _ encode: (inout Data, Key, Value) -> Void
  ) {
    add(UInt32(elements.count))
    for (key, value) in elements.sorted(by: { $0.key < $1.key }) { encode(&self, key, value) }
  }

  fileprivate mutating func add(_ group: PGID, _ encode: (inout Data) -> Void) {
    add(UInt8(1))
    add(UInt64(group.pool))
    add(group.seed)
    add(Int32(-1))
    encode(&self)
  }

  fileprivate mutating func addSection(_ version: UInt8, _ compatible: UInt8, _ body: Data) {
    self += [version, compatible]
    add(UInt32(body.count))
    self += body
  }
}
