"""Ethernet before Wi-Fi before LTE (N5), in IPv4 and IPv6 alike."""
import configparser
import pathlib

NETWORK = "yocto/meta-engawa/recipes-core/systemd/files/network"


def check(root: pathlib.Path) -> list[str]:
    files = sorted((root / NETWORK).glob("*.network"))
    metrics, order, problems = {}, [], []
    for file in files:
        config = configparser.ConfigParser(strict=False)
        config.optionxform = str
        config.read_string(file.read_text())
        kind = "lte" if config.has_option("Match", "Driver") else config.get("Match", "Type", fallback="?")
        four = config.getint("DHCPv4", "RouteMetric", fallback=0)
        six = config.getint("IPv6AcceptRA", "RouteMetric", fallback=0)
        if four != six:
            problems.append(f"{file.name}: the metric is {four} for IPv4 and {six} for IPv6")
        if config.get("DHCPv4", "ClientIdentifier", fallback="") != "mac":
            problems.append(f"{file.name}: the address changes with every start")
        metrics[kind] = four
        order.append(kind)
    if not 0 < metrics.get("ether", 0) < metrics.get("wlan", 0) < metrics.get("lte", 0):
        problems.append(f"the order of uplinks is {metrics}")
    # The first file that matches is taken, and such a modem looks like Ethernet.
    if order[:1] != ["lte"]:
        problems.append(f"LTE is not read first: {order}")
    return problems
