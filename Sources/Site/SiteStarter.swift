/// The site file that `varde init` writes.
public enum SiteStarter {
  /// A valid site of one host, with the next steps in comments.
  public static let yaml = """
    # A site: one installation in one place. `varde check site.yaml` says what this one survives, and what to add next.

    # Letters, digits and hyphens.
    site: demo

    hosts:
      vm1:
        # Where SSH reaches the host.
        address: 198.18.0.11
        # The disks that Ceph may have, whole; one that carries anything else is refused. Sizes are for capacity.
        disks: []
        #   - { path: /dev/vdb, size: 100GiB }
        #   - { path: /dev/vdc, size: 100GiB }
        # What the host is for; without the key, all of it.
        # roles: [control, storage, compute]
        # cores: 16
        # memory: 64GiB
      # Three hosts with disks survive the loss of any one of them:
      # vm2: { address: 198.18.0.12, disks: [/dev/vdb] }
      # vm3: { address: 198.18.0.13, disks: [/dev/vdb] }

    # Pools, once there are disks:
    # storage:
    #   ceph:
    #     pools:
    #       vms: { use: rbd, share: 80% }
    #       images: { use: rbd, share: 20% }

    # What the site must survive; without the key, the most that its hosts allow.
    # survive: { storage: host, control: host }

    # Racks come with a fabric: give each host its `rack`, and each rack two leaves. More than one rack needs spines.
    # network:
    #   spines: { s1: { address: 198.18.0.201 }, s2: { address: 198.18.0.202 } }
    # racks:
    #   a: { leaves: { a-l1: { address: 198.18.0.111 }, a-l2: { address: 198.18.0.112 } } }

    """
}
