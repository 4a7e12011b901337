"""What varde looks after on each host, for pyinfra."""
from io import StringIO

from pyinfra import host
from pyinfra.facts.server import Command, Sysctl
from pyinfra.operations import apt, files, server, systemd

wanted = host.data.wanted
apt.packages(name="packages", packages=wanted["packages"])
for item in wanted["directories"]:
    files.directory(
        name=item["path"], path=item["path"], user=item["owner"], group=item["group"], mode=item["mode"].lstrip("0"))
changes = [
    files.put(
        name=item["path"], src=StringIO(item["content"]), dest=item["path"], user=item["owner"], group=item["group"],
        mode=item["mode"].lstrip("0")) for item in wanted["files"]
]
host.get_fact(Sysctl, keys=wanted["sysctls"])
host.get_fact(Command, "ip -json address")
for path in wanted["paths"]:
    files.file(name=path, path=path)
for unit in wanted["units"]:
    systemd.service(name=unit, service=unit, running=True, enabled=True)
server.shell(
    name="apply the files", commands=["sysctl --system >/dev/null; systemctl restart systemd-networkd frr"],
    _if=lambda: any(change.did_change() for change in changes))
