//! The data folder and key files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use grantry_server::config::{Config, SettingFlags, Settings, Surroundings};
use grantry_server::data_dir;

const KEY_HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The configuration in `folder` with these variables.
fn config(folder: &Path, variables: &[(&str, &str)]) -> Config {
    let mut environment: Vec<_> = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    environment.push(("GRANTRY_DATA_DIR".into(), folder.join("data").into()));
    let surroundings = Surroundings { environment, folder: folder.to_owned() };
    Settings::load(&SettingFlags::default(), &surroundings).unwrap().config
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn folder_and_key_are_made_for_their_owner_only_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &[]);
    data_dir::prepare(&config).unwrap();
    let key = data_dir::master_key(&config).unwrap();
    assert_eq!(mode(&config.data_dir), 0o700);
    assert_eq!(mode(&config.data_dir.join("master.key")), 0o600);
    assert_ne!(*key.to_hex(), "0".repeat(64));

    data_dir::prepare(&config).unwrap();
    assert_eq!(
        data_dir::master_key(&config).unwrap().to_hex(),
        key.to_hex(),
        "the second start reads the key of the first"
    );
    let names: Vec<_> =
        fs::read_dir(&config.data_dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["master.key"], "nothing temporary stays behind");
}

#[test]
fn processes_that_start_together_agree_on_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &[]);
    data_dir::prepare(&config).unwrap();
    let start = std::sync::Barrier::new(8);
    let keys: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    data_dir::master_key(&config).unwrap().to_hex()
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn folder_that_was_there_keeps_its_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &[]);
    fs::create_dir(&config.data_dir).unwrap();
    fs::set_permissions(&config.data_dir, Permissions::from_mode(0o755)).unwrap();
    data_dir::prepare(&config).unwrap();
    assert_eq!(mode(&config.data_dir), 0o755);
}

#[test]
fn named_key_is_used_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("named.key");
    write(&path, &format!("{KEY_HEX}\n"), 0o600);
    let file = config(folder.path(), &[("GRANTRY_MASTER_KEY_FILE", path.to_str().unwrap())]);
    let value = config(folder.path(), &[("GRANTRY_MASTER_KEY", KEY_HEX)]);
    for config in [file, value] {
        data_dir::prepare(&config).unwrap();
        assert_eq!(*data_dir::master_key(&config).unwrap().to_hex(), KEY_HEX);
        assert!(!config.data_dir.join("master.key").exists());
    }
}

#[test]
fn license_key_is_read_from_value_and_file() {
    let folder = tempfile::tempdir().unwrap();
    let pem = super::verify::signing_key().to_pkcs8_pem();
    let path = folder.path().join("license.pem");
    write(&path, &pem, 0o400);
    assert!(data_dir::license_key(&config(folder.path(), &[])).unwrap().is_none());
    for variable in
        [("GRANTRY_LICENSE_KEY", pem.as_str()), ("GRANTRY_LICENSE_KEY_FILE", path.to_str().unwrap())]
    {
        let key = data_dir::license_key(&config(folder.path(), &[variable])).unwrap().unwrap();
        assert_eq!(key.to_pkcs8_pem(), pem);
    }
}

#[test]
fn key_files_that_cannot_be_used_are_answered_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("named.key");
    let named = config(folder.path(), &[("GRANTRY_MASTER_KEY_FILE", path.to_str().unwrap())]);
    let license = config(folder.path(), &[("GRANTRY_LICENSE_KEY_FILE", path.to_str().unwrap())]);
    let refusal = |config: &Config| data_dir::master_key(config).unwrap_err().to_string();

    let mut sentences = vec![refusal(&named)];
    assert!(!path.exists(), "a named file is never made");
    for mode in [0o644, 0o604, 0o660] {
        write(&path, KEY_HEX, mode);
        sentences.push(refusal(&named));
    }
    for text in ["", "secret", "\u{fffd}"] {
        write(&path, text, 0o600);
        sentences.push(refusal(&named));
    }
    sentences.push(data_dir::license_key(&license).unwrap_err().to_string());
    fs::write(folder.path().join("data"), "a file").unwrap();
    sentences.push(data_dir::prepare(&named).unwrap_err().to_string());
    let text = sentences.join("\n").replace(folder.path().to_str().unwrap(), "FOLDER");
    assert!(!text.contains("secret"));
    insta::assert_snapshot!(text);
}

#[test]
fn exposed_key_in_the_data_folder_is_refused_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &[]);
    data_dir::prepare(&config).unwrap();
    let path = config.data_dir.join("master.key");
    write(&path, KEY_HEX, 0o644);
    assert!(data_dir::master_key(&config).unwrap_err().to_string().contains("(mode 0644)"));
    assert_eq!(fs::read_to_string(path).unwrap(), KEY_HEX);
}

/// Containers get secrets as files of root that a group may read.
#[test]
fn group_may_read_a_key_file_of_root_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("named.key");
    write(&path, KEY_HEX, 0o440);
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&path).unwrap());
    let config = config(folder.path(), &[("GRANTRY_MASTER_KEY_FILE", path.to_str().unwrap())]);
    assert_eq!(data_dir::master_key(&config).is_ok(), owner == 0);
}
