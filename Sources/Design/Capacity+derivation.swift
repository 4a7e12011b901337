import Site

extension Capacity {
  /// `nil` where any disk's size is not in the site file.
  init?(_ ceph: CephDesign, domain: FailureDomain) {
    guard let room = StorageRoom(ceph, domain: domain), let largest = room.largest else { return nil }
    self.init(
      raw: Bytes(ceph.osds.compactMap(\.disk.size?.count).reduce(0, +)), usable: room.usable(),
      largestDomain: largest.name, usableWithoutLargest: room.usable(without: largest.osds))
  }

  /// Of the space, this much is used before Ceph warns: `mon_osd_nearfull_ratio`.
  public static let nearfull = 0.85
}
