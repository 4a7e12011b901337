"""What clusters are like that are made to be balanced: `clusters.py` makes them."""
from dataclasses import dataclass, field, replace

#: Names of the roots of the CRUSH tree.
ROOTS = ("default", "annex")


@dataclass(frozen=True)
class Pool:
    """What a pool asks of CRUSH, and what it holds."""

    name: str
    #: Replicas, or (k, m) of an erasure code.
    copies: int | tuple[int, int]
    #: "" takes OSDs of every class.
    device_class: str
    #: What may fail without a second shard of the same group: osd, host or rack.
    domain: str
    pg_num: int
    #: Of the bytes of all pools of the same root and class; only their proportion counts.
    share: float
    #: Deviation of the logarithm of a group's bytes.
    noise: float = 0.08
    #: Of its bytes, what is keys and values.
    omap: float = 0.0
    root: int = 0

    @property
    def is_erasure(self):
        return not isinstance(self.copies, int)

    @property
    def size(self):
        return sum(self.copies) if self.is_erasure else self.copies

    @property
    def data_shards(self):
        """A shard holds this part of the bytes of its group."""
        return self.copies[0] if self.is_erasure else 1

    @property
    def profile(self):
        return "ec-{}-{}-{}".format(*self.copies, self.domain) if self.is_erasure else ""

    @property
    def rule(self):
        kind = "erasure" if self.is_erasure else "replicated"
        return f"{kind}-{ROOTS[self.root]}-{self.device_class or 'any'}-{self.domain}"


@dataclass(frozen=True)
class Shape:
    """What a cluster is made of."""

    osds: int
    hosts: int
    #: 0: hosts are directly below the root. Else a multiple of the roots.
    racks: int
    ssd_share: float
    #: Mean use by class, 0 to 1.
    fill: dict
    pools: list
    roots: int = 1
    #: TB of the devices on sale, by class.
    sizes: dict = field(default_factory=lambda: {"hdd": (4, 8, 12, 16), "ssd": (4, 8)})
    #: How much more or less OSDs than the mean a host has: 0.3 is 30 %.
    spread: float = 0.3
    #: Share of the placement groups that have a pg_upmap_items entry already.
    existing_upmaps: float = 0.0
    #: CRUSH weights of a compat weight set, other than the devices' own.
    weight_set: bool = False
    #: Share of the OSDs whose reweight is below 1; some of them are out.
    reweighted: float = 0.0


MIXED_POOLS = [
    Pool(".mgr", 3, "hdd", "host", 1, 0.00001, 0.0),
    Pool("volumes", 3, "hdd", "host", 4096, 0.26, 0.06),
    Pool("images", 3, "hdd", "rack", 1024, 0.06, 0.05),
    Pool("objects", (4, 2), "hdd", "host", 4096, 0.34, 0.1),
    Pool("backups", (4, 2), "hdd", "rack", 2048, 0.2, 0.08),
    Pool("archive", (4, 2), "hdd", "host", 768, 0.08, 0.05),
    Pool("scratch", 2, "hdd", "host", 512, 0.02, 0.3),
    Pool("logs", 3, "hdd", "host", 256, 0.015, 0.15),
    Pool("builds", 3, "hdd", "rack", 128, 0.01, 0.15),
    Pool("homes", 3, "hdd", "host", 128, 0.008),
    Pool("museum", 3, "hdd", "host", 32, 0.002),
    Pool("trials", 3, "hdd", "host", 32, 0.0001, 0.5),
    Pool("fast-volumes", 3, "ssd", "host", 2048, 0.45, 0.06),
    Pool("databases", 3, "ssd", "rack", 1024, 0.25),
    Pool("fast-objects", (4, 2), "ssd", "host", 256, 0.15),
    Pool("containers", 2, "ssd", "host", 256, 0.08, 0.12),
    Pool("index", 3, "ssd", "host", 256, 0.04, 0.2, 0.99),
    Pool("files-metadata", 3, "ssd", "host", 64, 0.015, 0.25, 0.9),
    Pool("metrics", 3, "ssd", "rack", 32, 0.014, 0.1),
    Pool("locks", 3, "ssd", "host", 8, 0.0001, 0.2, 0.5),
]
USUAL_FILL = {"hdd": 0.6, "ssd": 0.5}
MIXED = Shape(400, 40, 8, 0.25, USUAL_FILL, MIXED_POOLS)
SHAPES = {
    "mixed": MIXED,
    "small": Shape(12, 3, 0, 0.0, USUAL_FILL, [
        Pool(".mgr", 3, "hdd", "host", 1, 0.00001, 0.0),
        Pool("volumes", 3, "hdd", "host", 128, 0.7),
        Pool("scratch", 2, "hdd", "host", 32, 0.3, 0.2)], sizes={"hdd": (8, 12)}),
    # No shard can leave its host.
    "three-hosts": Shape(30, 3, 0, 0.2, {"hdd": 0.55, "ssd": 0.5}, [
        Pool("volumes", 3, "hdd", "host", 512, 0.8),
        Pool("images", 3, "hdd", "host", 64, 0.2, 0.2),
        Pool("databases", 3, "ssd", "host", 128, 1.0)], sizes={"hdd": (8, 12, 16), "ssd": (4,)}, spread=0.2),
    "two-roots": Shape(120, 24, 8, 0.25, USUAL_FILL, [
        Pool("volumes", 3, "hdd", "host", 1024, 0.6),
        Pool("objects", (4, 2), "hdd", "host", 512, 0.4),
        Pool("databases", 3, "ssd", "host", 256, 1.0),
        Pool("far-volumes", 3, "hdd", "rack", 512, 0.5, root=1),
        Pool("far-objects", (4, 2), "hdd", "host", 512, 0.5, root=1),
        Pool("far-databases", 3, "ssd", "host", 256, 1.0, root=1)], roots=2),
    "used-upmaps": replace(MIXED, existing_upmaps=0.15),
    "weight-set": replace(MIXED, weight_set=True),
    "reweighted": replace(MIXED, reweighted=0.15),
    # No shard can leave its rack.
    "racks-few": Shape(96, 24, 6, 0.0, {"hdd": 0.55}, [
        Pool("backups", (4, 2), "hdd", "rack", 1024, 0.7),
        Pool("volumes", 3, "hdd", "rack", 512, 0.3)]),
    "osd-domain": Shape(24, 4, 0, 0.0, USUAL_FILL, [
        Pool("volumes", 3, "hdd", "osd", 256, 0.5),
        Pool("objects", (4, 2), "hdd", "osd", 128, 0.5)]),
    "thousand": Shape(1000, 100, 20, 0.2, USUAL_FILL, [
        Pool(".mgr", 3, "hdd", "host", 1, 0.00001, 0.0),
        Pool("volumes", 3, "hdd", "host", 16384, 0.45),
        Pool("objects", (4, 2), "hdd", "host", 8192, 0.35, 0.1),
        Pool("backups", (4, 2), "hdd", "rack", 4096, 0.15),
        Pool("images", 3, "hdd", "rack", 4096, 0.05),
        Pool("fast-volumes", 3, "ssd", "host", 8192, 0.6),
        Pool("databases", 3, "ssd", "rack", 8192, 0.35),
        Pool("index", 3, "ssd", "host", 1024, 0.05, 0.2, 0.99)]),
    # Of small disks: CRUSH can weigh 65,535 TiB at most.
    "ten-thousand": Shape(10_000, 500, 50, 0.2, USUAL_FILL, [
        Pool(".mgr", 3, "hdd", "host", 1, 0.00001, 0.0),
        Pool("volumes", 3, "hdd", "host", 131072, 0.45),
        Pool("objects", (4, 2), "hdd", "host", 131072, 0.4, 0.1),
        Pool("backups", (4, 2), "hdd", "rack", 65536, 0.1),
        Pool("images", 3, "hdd", "rack", 32768, 0.05),
        Pool("fast-volumes", 3, "ssd", "host", 65536, 0.6),
        Pool("databases", 3, "ssd", "rack", 65536, 0.35),
        Pool("index", 3, "ssd", "host", 8192, 0.05, 0.2, 0.99)], sizes={"hdd": (2, 4, 6, 8), "ssd": (2, 4)}),
    "even": Shape(1000, 100, 10, 0.0, {"": 0.6}, [
        Pool("volumes", 3, "", "host", 32768, 1.0, 0.0)], sizes={"hdd": (8,)}, spread=0.0),
}
