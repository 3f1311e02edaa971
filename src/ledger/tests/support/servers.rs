//! NATS servers of the test's own, on free ports of the loopback and in temporary folders.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// One server or a cluster; they end with this value, and with the thread that made it.
pub struct Servers {
    processes: Vec<Child>,
    pub addresses: Vec<String>,
    folder: TempDir,
}

impl Servers {
    /// Starts `count` servers.
    pub fn start(count: usize) -> Option<Self> {
        Self::start_all(count, "")
    }

    /// Starts one server with this configuration beside ours.
    pub fn start_with(configured: &str) -> Option<Self> {
        Self::start_all(1, configured)
    }

    /// Again with other ports when a server ends at once: what was free a moment ago may be another's.
    fn start_all(count: usize, configured: &str) -> Option<Self> {
        (0..5).find_map(|_| Self::try_all(count, configured)).or_else(|| panic!("the servers do not start"))
    }

    /// None when one of them ended instead of listening.
    fn try_all(count: usize, configured: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports(2 * count);
        let (clients, routes) = ports.split_at(count);
        let cluster: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let addresses = clients.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let mut servers = Self { processes: Vec::new(), addresses, folder };
        for number in 0..count {
            let name = format!("n{number}");
            // Ends with us, also when we are killed.
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL", "nats-server", "-a", "127.0.0.1", "-js", "-n", &name]);
            command.args(["-p", &clients[number].to_string()]).arg("-sd").arg(servers.folder.path().join(&name));
            if !configured.is_empty() {
                let file = servers.folder.path().join("server.conf");
                std::fs::write(&file, configured).unwrap();
                command.arg("-c").arg(file);
            }
            if count > 1 {
                command.args(["--cluster_name", "c", "--cluster", &cluster[number], "--routes", &cluster.join(",")]);
            }
            let log = std::fs::File::create(servers.folder.path().join(format!("{name}.log"))).unwrap();
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
            servers.processes.push(command.spawn().expect("setpriv is part of util-linux"));
        }
        // Nothing tells when a server listens: it is asked again and again.
        let until = Instant::now() + Duration::from_secs(30);
        for (process, port) in servers.processes.iter_mut().zip(clients) {
            while TcpStream::connect(("127.0.0.1", *port)).is_err() {
                if process.try_wait().unwrap().is_some() || Instant::now() > until {
                    return None;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let all_run = servers.processes.iter_mut().all(|process| process.try_wait().unwrap().is_none());
        all_run.then_some(servers)
    }

    /// Kills the server of a name, as its machine's end would.
    pub fn kill(&mut self, name: &str) {
        let number: usize = name.trim_start_matches('n').parse().unwrap();
        self.processes[number].kill().unwrap();
        self.processes[number].wait().unwrap();
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
