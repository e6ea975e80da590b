//! `grantry verify` gives every test vector of the license token the verdict that the vector expects.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use grantry_license::KeySet;
use serde_json::Value;

use super::program::Program;

fn vectors() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/license-token");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What is wrong with the program's verdict on the vector, if anything.
fn check(path: &Path) -> Option<String> {
    let vector: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let text = |name: &str| vector[name].as_str().map(str::to_owned);
    let folder = tempfile::tempdir().unwrap();
    let keys = format!(r#"{{"keys":{}}}"#, vector["keys"]);
    fs::write(folder.path().join("keys.json"), &keys).unwrap();
    let token = text("token").unwrap();

    let mut arguments = vec!["verify".to_owned(), "--json".to_owned()];
    let mut option = |name: &str, value: Option<String>| {
        arguments.extend(value.map(|value| [format!("--{name}"), value]).into_iter().flatten());
    };
    option("key", Some("keys.json".to_owned()));
    option("now", Some(vector["now"].to_string()));
    option("leeway", Some(vector["leeway"].to_string()));
    option("organization", text("organization"));
    option("issuer", text("issuer"));
    option("lowest-seq", vector["lowestSeq"].as_u64().map(|seq| seq.to_string()));
    if let Some(list) = text("revocations") {
        fs::write(folder.path().join("list.jwt"), list).unwrap();
        option("revocations", Some("list.jwt".to_owned()));
    }
    if vector["organization"].is_null() {
        arguments.push("--any-organization".to_owned());
    }
    // What can't be an argument: some systems allow 128 KiB, and none a zero byte.
    let by_stdin = token.len() > 100_000 || token.contains('\0');
    arguments.extend(["--".to_owned(), if by_stdin { "-".to_owned() } else { token.clone() }]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = Program::new(folder.path(), &arguments).stdin(&token).output();
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let expected = &vector["expect"];
    let (member, code) = if expected["error"].is_null() { ("state", 0) } else { ("error", 1) };
    // The program tells its user of a key that is no key, instead of trying the token without it.
    if KeySet::parse(keys.as_bytes()).is_err() {
        assert_eq!((code, output.status.code()), (1, Some(2)), "{}", path.display());
        return None;
    }
    let right = output.status.code() == Some(code)
        && verdict[member] == expected[member]
        && (member == "error" || verdict["claims"] == expected["claims"]);
    let name = path.file_name().unwrap().display();
    (!right).then(|| format!("{name}: expected {expected}, got {verdict} and {output:?}"))
}

#[test]
fn every_vector_gets_its_verdict() {
    let paths = vectors();
    assert!(paths.len() >= 60, "{} vectors", paths.len());
    let wrong: Vec<String> = thread::scope(|scope| {
        let parts: Vec<_> = paths
            .chunks(paths.len().div_ceil(4))
            .map(|part| scope.spawn(move || part.iter().filter_map(|path| check(path)).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
