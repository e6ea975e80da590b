//! How busy the machine is, from /proc.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use grantry_wire::agent::{AgentMetrics, DiskMetric};

/// File systems that are disks; all others (proc, tmpfs, overlay, network, snapshots) are not.
const DISKS: &[&str] =
    &["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "vfat", "ntfs3", "bcachefs"];

/// Measures the machine. Use of the processors is that since the last measurement.
pub(crate) struct Meter {
    /// Where the machine's root folder is.
    root: PathBuf,
    last: Mutex<Ticks>,
}

/// Time that the processors spent, in ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Ticks {
    busy: u64,
    all: u64,
}

impl Meter {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), last: Mutex::default() }
    }

    /// Measures now.
    ///
    /// # Errors
    /// The machine has no /proc, or one unlike Linux's.
    pub(crate) fn measure(&self) -> anyhow::Result<AgentMetrics> {
        let stat = std::fs::read_to_string("/proc/stat").context("can't read /proc/stat")?;
        let ticks = read_ticks(&stat).context("/proc/stat says nothing about processors")?;
        let before =
            std::mem::replace(&mut *self.last.lock().unwrap_or_else(|broken| broken.into_inner()), ticks);
        let memory = std::fs::read_to_string("/proc/meminfo").context("can't read /proc/meminfo")?;
        let (memory_bytes, memory_usage) =
            read_memory(&memory).context("/proc/meminfo says nothing about memory")?;
        Ok(AgentMetrics {
            cpu_cores_millis: count_processors(&stat) * 1_000,
            cpu_usage: usage(before, ticks),
            memory_bytes,
            memory_usage,
            disk_metrics: Some(self.disks()),
        })
    }

    fn disks(&self) -> Vec<DiskMetric> {
        // Inside a container, process 1 of the machine has the machine's mounts.
        let host = self.root.join("proc/1/mounts");
        let path = if self.root == Path::new("/") { PathBuf::from("/proc/self/mounts") } else { host };
        let mounts = std::fs::read_to_string(path).unwrap_or_default();
        read_mounts(&mounts).into_iter().filter_map(|mount| self.measure_disk(mount)).collect()
    }

    fn measure_disk(&self, mount: Mount) -> Option<DiskMetric> {
        let at = self.root.join(mount.path.strip_prefix('/')?);
        let measured = rustix::fs::statvfs(&at).ok()?;
        let bytes = |blocks: u64| i64::try_from(blocks.saturating_mul(measured.f_frsize)).unwrap_or(i64::MAX);
        Some(DiskMetric {
            device: mount.device,
            path: mount.path,
            fs_type: mount.kind,
            bytes_total: bytes(measured.f_blocks),
            bytes_used: bytes(measured.f_blocks.saturating_sub(measured.f_bfree)),
        })
    }
}

/// The first line: user nice system idle iowait irq softirq steal; guest time is part of user.
fn read_ticks(stat: &str) -> Option<Ticks> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let numbers: Vec<u64> = line.split_whitespace().take(8).map(|part| part.parse().unwrap_or(0)).collect();
    let all = numbers.iter().sum();
    let idle = numbers.get(3)? + numbers.get(4).unwrap_or(&0);
    Some(Ticks { busy: all - idle, all })
}

fn count_processors(stat: &str) -> i64 {
    let single = |line: &&str| {
        line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|one: char| one.is_ascii_digit()))
    };
    i64::try_from(stat.lines().filter(single).count()).unwrap_or(0)
}

fn usage(before: Ticks, now: Ticks) -> f64 {
    let (busy, all) = (now.busy.saturating_sub(before.busy), now.all.saturating_sub(before.all));
    fraction(busy, all)
}

/// Total memory in bytes, and the part that is not available.
fn read_memory(text: &str) -> Option<(i64, f64)> {
    let kilobytes = |name: &str| -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    };
    let (total, available) = (kilobytes("MemTotal")?, kilobytes("MemAvailable")?);
    Some((i64::try_from(total.saturating_mul(1024)).ok()?, fraction(total.saturating_sub(available), total)))
}

#[expect(clippy::cast_precision_loss, reason = "a fraction for people to look at")]
fn fraction(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64).clamp(0.0, 1.0) }
}

#[derive(Debug, PartialEq)]
struct Mount {
    device: String,
    path: String,
    kind: String,
}

/// Disks, each once: a device that is mounted in several places counts where it comes first.
fn read_mounts(text: &str) -> Vec<Mount> {
    let mut seen = BTreeSet::new();
    let mut mounts = Vec::new();
    for line in text.lines() {
        let mut parts = line.split(' ').map(unescape);
        let (Some(device), Some(path), Some(kind)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if DISKS.contains(&&*kind) && seen.insert(device.clone()) {
            mounts.push(Mount { device, path, kind });
        }
    }
    mounts
}

/// The kernel writes a blank as `\040`.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_of_the_processors_is_that_between_two_measurements() {
        let first = "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2\ncpu1 1 2\nintr 5\n";
        let later = "cpu  200 0 200 800 100 0 0 0 80 0\ncpu0 1 2\ncpu1 1 2\n";
        let (before, now) = (read_ticks(first).unwrap(), read_ticks(later).unwrap());
        assert_eq!(before, Ticks { busy: 200, all: 1_000 });
        assert!((usage(before, now) - 200.0 / 300.0).abs() < 1e-9);
        assert_eq!(count_processors(first), 2);
        assert!(usage(now, before).abs() < f64::EPSILON, "counters that went back count as idle");
    }

    #[test]
    fn memory_in_use_is_what_is_not_available() {
        let text = "MemTotal:       2000 kB\nMemFree:         100 kB\nMemAvailable:    500 kB\n";
        let (bytes, usage) = read_memory(text).unwrap();
        assert_eq!(bytes, 2_048_000);
        assert!((usage - 0.75).abs() < 1e-9);
        assert!(read_memory("MemFree: 1 kB").is_none());
    }

    #[test]
    fn disks_are_listed_once() {
        let text = "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sda1 /mnt/again ext4 rw 0 0\n\
                    tmpfs /run tmpfs rw 0 0\n/dev/sdb1 /data\\040disk xfs rw 0 0\nodd\n";
        let found: Vec<_> = read_mounts(text).into_iter().map(|mount| mount.path).collect();
        assert_eq!(found, ["/", "/data disk"]);
    }

    #[test]
    fn this_machine_can_be_measured() {
        let metrics = Meter::new(Path::new("/")).measure().unwrap();
        assert!(metrics.cpu_cores_millis >= 1_000 && metrics.memory_bytes > 0);
        assert!((0.0..=1.0).contains(&metrics.cpu_usage) && (0.0..=1.0).contains(&metrics.memory_usage));
    }
}
