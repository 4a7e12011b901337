"""The same resources for other tools: what Varde's first plan wants on each host, as an Ansible and a pyinfra project."""
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
VENV = HERE.parent / ".build/bench-venv"


def install():
    """Ansible and pyinfra from PyPI, in a virtual environment of their own."""
    if not (VENV / "bin/pyinfra").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "-q", "ansible-core", "pyinfra"], check=True)


def versions():
    def of(program):
        text = subprocess.run([VENV / "bin" / program, "--version"], capture_output=True, text=True).stdout
        return re.search(r"\d+\.\d+[.\d]*", text).group()

    return f"ansible-core {of('ansible')}, pyinfra {of('pyinfra')}"


def resources(plan, read):
    """{host: lists of packages, directories, files, sysctls, units and paths} of a site's first plan.

    read(host, path) gives a file that holds a secret, which the plan does not.
    """
    hosts = {}
    for step in plan["steps"]:
        converge = step["action"].get("converge")
        if not converge:
            continue
        host = converge["host"]
        wanted = hosts.setdefault(
            host, {key: [] for key in ("packages", "directories", "files", "sysctls", "units", "paths", "interfaces")})
        texts = {
            difference["resource"]: change["to"] for difference in step["why"] for change in difference["changes"]
            if change["attribute"] == "content" and "to" in change
        }

        def file(path, content, owner="root", group="root", mode=0o644):
            if "${secret:" in content:
                content = read(host, path)
            wanted["files"].append(
                {"path": path, "content": content, "owner": owner, "group": group, "mode": f"{mode:04o}"})

        for resource in converge["resources"]:
            [(kind, value)] = resource.items()
            if kind == "package":
                wanted["packages"].append(value["name"])
            elif kind == "directory":
                wanted["directories"].append(
                    {"path": value["path"], "owner": value["owner"], "group": value["group"],
                     "mode": f"{value['mode']:04o}"})
            elif kind == "file":
                file(value["path"], value["content"], value["owner"], value["group"], value["mode"])
            elif kind == "module":
                file(f"/etc/modules-load.d/varde-{value['name']}.conf", texts[f"module:{value['name']}"])
            elif kind == "sysctls":
                file(f"/etc/sysctl.d/60-varde-{value['name']}.conf", texts[f"sysctls:{value['name']}"])
                wanted["sysctls"] += sorted(value["values"])
            elif kind == "interface":
                file(f"/etc/systemd/network/40-varde-{value['name']}.network", texts[f"interface:{value['name']}"])
                wanted["interfaces"].append(value["name"])
            elif kind == "unit":
                wanted["units"].append(value["name"])
            elif kind == "ceph-mon":
                wanted["paths"].append(f"/var/lib/ceph/mon/ceph-{value['name']}/keyring")
            elif kind == "ceph-osd":
                wanted["paths"].append(f"/var/lib/ceph/osd/ceph-{value['id']}/whoami")
            else:
                sys.exit(f"the other tools are not told how to look after a {kind}")
    return hosts


def count(hosts):
    """The fewest and the most resources of a host."""
    sizes = [sum(len(items) for key, items in wanted.items() if key != "sysctls") for wanted in hosts.values()]
    return min(sizes), max(sizes)


def ansible(folder, hosts, addresses, config):
    """An inventory and settings; returns the command."""
    folder = pathlib.Path(folder) / "ansible"
    folder.mkdir(exist_ok=True)
    inventory = {"all": {"hosts": {
        host: {"ansible_host": addresses[host], "ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3",
               **wanted} for host, wanted in hosts.items()}}}
    (folder / "inventory.json").write_text(json.dumps(inventory))
    (folder / "ansible.cfg").write_text(
        "[defaults]\nforks = 50\ngathering = explicit\nhost_key_checking = True\ninventory = inventory.json\n"
        "[ssh_connection]\npipelining = True\n"
        f"ssh_args = -F {config} -o ControlMaster=auto -o ControlPersist=60s\n")
    environment = dict(os.environ, ANSIBLE_CONFIG=str(folder / "ansible.cfg"), ANSIBLE_HOME=str(folder / "home"))
    command = [str(VENV / "bin/ansible-playbook"), str(HERE / "peers/playbook.yaml")]
    return command, {"cwd": folder, "env": environment}


def pyinfra(folder, hosts, addresses, key, known_hosts):
    """An inventory; returns the command."""
    folder = pathlib.Path(folder) / "pyinfra"
    folder.mkdir(exist_ok=True)
    inventory = [
        (host, {"ssh_hostname": addresses[host], "ssh_user": "root", "ssh_key": key, "ssh_known_hosts_file": known_hosts,
                "ssh_strict_host_key_checking": "yes", "wanted": wanted}) for host, wanted in hosts.items()]
    (folder / "inventory.py").write_text(f"hosts = {inventory!r}\n")
    (folder / "deploy.py").write_text((HERE / "peers/deploy.py").read_text())
    command = [str(VENV / "bin/pyinfra"), "--parallel", "50", "-y", "inventory.py", "deploy.py"]
    return command, {"cwd": folder}
