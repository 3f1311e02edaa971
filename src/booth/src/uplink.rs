//! What carries the default route (N5), as the kernel tells it.

use crate::inbox::Post;
use engawa_session::booth::Input;
use engawa_session::view::Uplink;
use std::path::Path;
use std::time::Duration;

/// The kernel is asked so often; only changes are told.
const LOOK: Duration = Duration::from_secs(5);
/// `RTF_UP` of route(4).
const UP: u32 = 1;
/// `ARPHRD_…` of `linux/if_arp.h`: Ethernet, PPP and raw IP, which modems speak.
const ETHER: &str = "1";
const MODEMS: [&str; 2] = ["512", "519"];
/// Modems that show themselves as a network card, and with them every other card of these drivers, such as some
/// docks'; the image's 10-lte.network has the same.
const MODEM_DRIVERS: [&str; 6] = ["cdc_ether", "cdc_mbim", "cdc_ncm", "huawei_cdc_ncm", "qmi_wwan", "rndis_host"];

/// Tells the session what carries the default route, and again whenever that changes.
pub async fn watch(post: Post) {
    let mut known = None;
    loop {
        let now = read(Path::new("/proc/self/net"), Path::new("/sys/class/net"));
        if known.replace(now) != Some(now) {
            post.input(Input::Uplink(now));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What carries the default route, by the routes in `proc` and the interfaces in `sys`.
fn read(proc: &Path, sys: &Path) -> Uplink {
    let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let route = four(&text(&proc.join("route"))).or_else(|| six(&text(&proc.join("ipv6_route"))));
    let Some(interface) = route else { return Uplink::Away };
    let interface = sys.join(interface);
    let events = text(&interface.join("uevent"));
    let is = |kind: &str| events.lines().any(|line| line.strip_prefix("DEVTYPE=") == Some(kind));
    let link = text(&interface.join("type"));
    let driver = std::fs::read_link(interface.join("device/driver")).unwrap_or_default();
    let is_modem = MODEM_DRIVERS.iter().any(|known| driver.file_name().is_some_and(|name| name == *known));
    match link.trim() {
        _ if is("wlan") => Uplink::Wifi,
        _ if is("wwan") || is_modem => Uplink::Mobile,
        link if MODEMS.contains(&link) => Uplink::Mobile,
        // Bridges and tunnels have no device of their own.
        ETHER if interface.join("device").exists() => Uplink::Ethernet,
        _ => Uplink::Other,
    }
}

/// The interface of IPv4's default route with the least metric.
fn four(routes: &str) -> Option<String> {
    let route = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [interface, "00000000", _, flags, _, _, metric, "00000000", ..] = fields[..] else { return None };
        let up = u32::from_str_radix(flags, 16).ok()? & UP != 0;
        up.then_some((metric.parse::<u32>().ok()?, interface.to_owned()))
    };
    routes.lines().filter_map(route).min().map(|(_, interface)| interface)
}

/// The same of IPv6, whose table has refused routes at the loopback, too.
fn six(routes: &str) -> Option<String> {
    let route = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [to, "00", _, _, _, metric, _, _, flags, interface] = fields[..] else { return None };
        let up = u32::from_str_radix(flags, 16).ok()? & UP != 0;
        let good = up && interface != "lo" && to.bytes().all(|digit| digit == b'0');
        good.then_some((u32::from_str_radix(metric, 16).ok()?, interface.to_owned()))
    };
    routes.lines().filter_map(route).min().map(|(_, interface)| interface)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    const HEAD: &str =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                \n";

    fn machine(routes: &str, six: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let net = |name: &str, link: &str, events: &str, driver: Option<&str>| {
            let path = folder.path().join("sys").join(name);
            fs::create_dir_all(path.join("device")).expect("a folder");
            match driver {
                Some(name) => {
                    symlink(Path::new("../../drivers").join(name), path.join("device/driver")).expect("a link")
                }
                None => fs::remove_dir(path.join("device")).expect("an empty folder"),
            }
            fs::write(path.join("type"), format!("{link}\n")).expect("a file");
            fs::write(path.join("uevent"), format!("{events}INTERFACE={name}\nIFINDEX=2\n")).expect("a file");
        };
        net("eth0", "1", "", Some("r8169"));
        net("wlan0", "1", "DEVTYPE=wlan\n", Some("iwlwifi"));
        net("wwan0", "519", "", Some("cdc_wdm"));
        net("usb0", "1", "DEVTYPE=wwan\n", Some("option"));
        net("br0", "1", "DEVTYPE=bridge\n", None);
        for driver in MODEM_DRIVERS {
            net(driver, "1", "", Some(driver));
        }
        fs::create_dir(folder.path().join("proc")).expect("a folder");
        fs::write(folder.path().join("proc/route"), format!("{HEAD}{routes}")).expect("a file");
        fs::write(folder.path().join("proc/ipv6_route"), six).expect("a file");
        folder
    }

    fn uplink(routes: &str, six: &str) -> Uplink {
        let folder = machine(routes, six);
        read(&folder.path().join("proc"), &folder.path().join("sys"))
    }

    fn default(interface: &str, metric: u32) -> String {
        format!("{interface}\t00000000\t0101A8C0\t0003\t0\t0\t{metric}\t00000000\t0\t0\t0\n")
    }

    // N5
    #[test]
    fn the_least_metric_carries_and_its_kind_is_told() {
        let local = "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n";
        let both = format!("{}{}{local}", default("wlan0", 600), default("eth0", 100));
        assert_eq!(uplink(&both, ""), Uplink::Ethernet);
        let wireless = format!("{local}{}{}", default("wwan0", 700), default("wlan0", 600));
        assert_eq!(uplink(&wireless, ""), Uplink::Wifi);
        assert_eq!(uplink(&default("wwan0", 700), ""), Uplink::Mobile);
        assert_eq!(uplink(&default("usb0", 700), ""), Uplink::Mobile, "a modem that looks like Ethernet");
        assert_eq!(uplink(&default("br0", 0), ""), Uplink::Other);
        assert_eq!(uplink(local, ""), Uplink::Away, "a network without a way out");
    }

    // N5
    #[test]
    fn what_the_image_takes_for_a_modem_the_booth_does_too() {
        let network = include_str!("../../../yocto/meta-engawa/recipes-core/systemd/files/network/10-lte.network");
        let drivers = network.lines().find_map(|line| line.strip_prefix("Driver=")).expect("it names them");
        assert_eq!(drivers.split(' ').collect::<Vec<_>>(), MODEM_DRIVERS);
        for driver in MODEM_DRIVERS {
            assert_eq!(uplink(&default(driver, 300), ""), Uplink::Mobile, "{driver}");
        }
    }

    // N5
    #[test]
    fn a_network_of_ipv6_alone_is_a_way_out_and_a_refused_route_is_none() {
        let line = |flags: &str, interface: &str| {
            let zero = "0".repeat(32);
            format!("{zero} 00 {zero} 00 fe80{} 00000400 00000001 00000000 {flags} {interface:>8}\n", &zero[4..])
        };
        let refused = line("00200200", "lo");
        assert_eq!(uplink("", &refused), Uplink::Away);
        assert_eq!(uplink("", &format!("{refused}{}", line("00000003", "eth0"))), Uplink::Ethernet);
    }

    #[test]
    fn a_machine_that_tells_nothing_has_no_way_out() {
        let nowhere = Path::new("/nonexistent");
        assert_eq!(read(nowhere, nowhere), Uplink::Away);
    }
}
