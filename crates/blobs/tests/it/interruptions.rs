//! A folder whose process is killed, or whose disk is full.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use grantry_blobs::blobs::Blobs;
use grantry_blobs::error::Error;
use grantry_blobs::key::{Key, UploadId};
use grantry_blobs::setting::Setting;
use grantry_blobs::writer::Progress;
use grantry_oci::digest::Algorithm;
use tokio::task::JoinSet;

use crate::backend::{Backend, sample, saved, sha256, upload, write};

const MIB: usize = 1 << 20;

/// Names the folder to a child process; the variable is not there in the test program itself.
const FOLDER: &str = "GRANTRY_TEST_BLOBS";

/// Runs one test of this program in a process of its own.
fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    // The shell makes a too large file an error instead of a signal that kills.
    command.args(["-c", "trap '' XFSZ; [ -z \"$LIMIT\" ] || ulimit -f \"$LIMIT\"; exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command.stdout(Stdio::piped());
    command
}

/// The storage of the parent, in a child.
async fn of_parent() -> Option<Blobs> {
    let folder = std::env::vars_os().find(|(name, _)| name == FOLDER)?.1;
    Some(Blobs::open(&Setting::Folder(folder.into())).await.unwrap())
}

/// Sizes around those where something changes, by the number of the upload.
fn size_of(number: u128) -> usize {
    [0, 1000, MIB, 3 * MIB + 1][usize::try_from(number % 4).unwrap()]
}

/// Bytes that are told apart by the number of the upload.
fn bytes_of(number: u128) -> Vec<u8> {
    let mut bytes = sample(size_of(number));
    if let Some(first) = bytes.first_chunk_mut::<16>() {
        *first = number.to_le_bytes();
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let backend = Backend::folder().await;
    let mut acknowledged = 0;
    for round in 1..=5 {
        let mut process = child("interruptions::child_stores_until_it_is_killed", backend.folder.path())
            .env("ROUND", round.to_string())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut keys = Vec::new();
        let mut note = |line: std::io::Result<String>| {
            keys.extend(line.ok().and_then(|line| line.strip_prefix("stored ")?.parse::<u128>().ok()));
            keys.len()
        };
        while lines.next().is_some_and(|line| note(line) < 40) {}
        process.kill().unwrap();
        process.wait().unwrap();
        lines.for_each(|line| {
            note(line);
        });
        assert!(keys.len() >= 40, "the child stopped after {}", keys.len());
        acknowledged += keys.len();
        for number in keys {
            let key = Key::of(upload(number));
            assert!(backend.read(key, size_of(number)).await.unwrap() == bytes_of(number), "{number}");
        }
    }
    // Whether acknowledged or not: what is visible is whole.
    let listed = backend.list().await;
    assert!(listed.len() >= acknowledged);
    for entry in listed {
        let number = u128::from_str_radix(&entry.key.to_string()[3..], 16).unwrap();
        assert!(backend.read(entry.key, size_of(number)).await.unwrap() == bytes_of(number), "{number}");
        assert_eq!(entry.size, size_of(number) as u64);
    }
    // What the killed ones left can be swept, and no lock of theirs is left.
    for id in backend.unfinished().await {
        backend.blobs.discard(id).await.unwrap();
    }
    assert_eq!(backend.unfinished().await, []);
}

/// The child of the test above: 8 uploads at a time, every second one in two requests.
#[tokio::test(flavor = "multi_thread")]
async fn child_stores_until_it_is_killed() {
    let Some(blobs) = of_parent().await else { return };
    let round = std::env::vars().find(|(name, _)| name == "ROUND").unwrap().1.parse::<u128>().unwrap();
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let blobs = blobs.clone();
        tasks.spawn(async move {
            for number in (0..1_000_000).map(|step| round << 64 | step << 8 | task) {
                let bytes = bytes_of(number);
                let mut writer = blobs.begin(upload(number), Algorithm::Sha256);
                if number % 2 == 0 {
                    write(&mut writer, &bytes[..bytes.len() / 2]).await.unwrap();
                    writer = blobs.resume(saved(&writer.pause().await.unwrap())).await.unwrap();
                }
                let offset = usize::try_from(writer.offset()).unwrap();
                write(&mut writer, &bytes[offset..]).await.unwrap();
                writer.finish(&sha256(&bytes)).await.unwrap();
                println!("stored {number}");
            }
        });
    }
    while let Some(stopped) = tasks.join_next().await {
        stopped.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_a_full_disk() {
    let backend = Backend::folder().await;
    let bytes = sample(6 * MIB);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &bytes[..MIB]).await.unwrap();
    let progress = writer.pause().await.unwrap();
    std::fs::write(backend.folder.path().join("progress"), serde_json::to_string(&progress).unwrap())
        .unwrap();
    // No file of the child may be larger than 4 MiB (8192 blocks of 512 bytes).
    let output = child("interruptions::child_finds_the_disk_full", backend.folder.path())
        .env("LIMIT", "8192")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("was full 4 times"), "{said}");
    assert_eq!(backend.list().await, [], "nothing half is visible");
    assert_eq!(backend.unfinished().await, [upload(1)], "what had no progress left no file");
    let mut writer = backend.blobs.resume(progress).await.unwrap();
    write(&mut writer, &bytes[MIB..]).await.unwrap();
    let stored = writer.finish(&sha256(&bytes)).await.unwrap();
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
}

/// The child of the test above: new and resumed uploads, to be paused and to be finished.
#[tokio::test(flavor = "multi_thread")]
async fn child_finds_the_disk_full() {
    let Some(blobs) = of_parent().await else { return };
    let folder = std::env::vars_os().find(|(name, _)| name == FOLDER).unwrap().1;
    let progress: Progress =
        serde_json::from_slice(&std::fs::read(Path::new(&folder).join("progress")).unwrap()).unwrap();
    let bytes = sample(6 * MIB);
    let mut full = 0;
    for finish in [true, false] {
        let (new, resumed) = (UploadId(upload(2).0), blobs.resume(saved(&progress)).await.unwrap());
        for mut writer in [resumed, blobs.begin(new, Algorithm::Sha256)] {
            let offset = usize::try_from(writer.offset()).unwrap();
            let result = match write(&mut writer, &bytes[offset..]).await {
                Err(error) => Err(error),
                Ok(()) if finish => writer.finish(&sha256(&bytes)).await.map(drop),
                Ok(()) => writer.pause().await.map(drop),
            };
            match result {
                Err(Error::Full(_)) => full += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    println!("was full {full} times");
}
