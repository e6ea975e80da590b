//! `grantry config`, precedence and the sentences for what is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use grantry_server::config::{
    Config, SETTINGS, SettingFlags, Settings, Shape, Surroundings, Visibility, reference_page, report_table,
};

use super::program::Program;
use super::verify::signing_key;

const KEY_HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const KEY_BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn pem() -> String {
    signing_key().to_pkcs8_pem().to_string()
}

/// A folder with this text as `grantry.toml`.
fn folder(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("grantry.toml"), file).unwrap();
    folder
}

fn surroundings(folder: &Path, variables: &[(&str, &str)]) -> Surroundings {
    let environment = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
    Surroundings { environment, folder: folder.to_owned() }
}

fn flags(arguments: &[&str]) -> SettingFlags {
    use clap::{Args as _, FromArgMatches as _};
    let command = SettingFlags::augment_args(clap::Command::new("grantry").no_binary_name(true));
    SettingFlags::from_arg_matches(&command.try_get_matches_from(arguments).unwrap()).unwrap()
}

/// The settings that follow from a file, variables and flags.
fn load(file: &str, variables: &[(&str, &str)], arguments: &[&str]) -> Result<Settings, String> {
    let folder = folder(file);
    Settings::load(&flags(arguments), &surroundings(folder.path(), variables)).map_err(|e| e.to_string())
}

fn config(file: &str, variables: &[(&str, &str)]) -> Config {
    load(file, variables, &[]).unwrap().config
}

/// The sentence that stops the start.
fn sentence(file: &str, variables: &[(&str, &str)]) -> String {
    load(file, variables, &[]).map(|settings| settings.config).unwrap_err()
}

#[test]
fn flag_wins_over_environment_over_file_over_default() {
    let file = "\n\nlog = \"warn\"";
    let variables = [("GRANTRY_LOG", "debug")];
    let arguments = ["--log", "trace"];
    let check = |file: &str, variables: &[(&str, &str)], arguments: &[&str], log: &str, source: &str| {
        let settings = load(file, variables, arguments).unwrap();
        assert_eq!(settings.config.log, log);
        assert_eq!(settings.source("log").unwrap().to_string(), source);
    };
    check("", &[], &[], "info", "default");
    check(file, &[], &[], "warn", "grantry.toml:3");
    check("", &variables, &[], "debug", "environment GRANTRY_LOG");
    check("", &[], &arguments, "trace", "flag --log");
    check(file, &variables, &[], "debug", "environment GRANTRY_LOG");
    check(file, &[], &arguments, "trace", "flag --log");
    check("", &variables, &arguments, "trace", "flag --log");
    check(file, &variables, &arguments, "trace", "flag --log");
}

#[test]
fn sources_are_merged_setting_by_setting() {
    let settings =
        load("data_dir = \"d\"", &[("GRANTRY_LISTEN", "0.0.0.0:80")], &["--default-plan", "pro"]).unwrap();
    insta::assert_snapshot!(report_table(&settings));
}

#[test]
fn every_setting_can_be_given_by_file_variable_and_flag() {
    let pem = pem();
    for setting in SETTINGS {
        let value = match setting.name {
            "listen" | "registry_listen" => "[::1]:90",
            "blobs" => "folder:content",
            "public_url" => "https://licenses.example.com",
            "database_url" => "sqlite:x.db",
            "master_key" => KEY_HEX,
            "license_key" => pem.trim_end(),
            "default_plan" => "pro",
            "upstream_exceptions" => "private, 10.1.0.0/16",
            "agent_image" | "helm_agent_image" => "registry.example.com/agent:1.2.3",
            "trusted_proxies" => "10.0.0.0/8, ::1",
            "log" => "warn",
            "log_format" => "json",
            _ => "a-path",
        };
        let line = format!("{} = '''{value}'''", setting.name);
        let from_file = load(&line, &[], &[]).unwrap();
        assert_eq!(from_file.source(setting.name).unwrap().kind(), "file", "{}", setting.name);
        let from_variable = load("", &[(&setting.variable(), value)], &[]).unwrap();
        assert_eq!(from_variable.source(setting.name).unwrap().kind(), "environment", "{}", setting.name);
        // The flag's name is the setting's, so that operators need to know one name only.
        match setting.flag {
            Some(flag) => {
                assert_eq!(flag.replace('-', "_"), setting.name);
                let from_flag = load("", &[], &[&format!("--{flag}"), value]).unwrap();
                assert_eq!(from_flag.source(setting.name).unwrap().kind(), "flag", "{}", setting.name);
            }
            None => assert!(matches!(setting.visibility, Visibility::Secret), "{}", setting.name),
        }
    }
}

#[test]
fn public_url_and_database_follow_from_other_settings() {
    let url = |listen: &str| config("", &[("GRANTRY_LISTEN", listen)]).public_url.to_string();
    assert_eq!(url("127.0.0.1:8080"), "http://127.0.0.1:8080");
    assert_eq!(url("0.0.0.0:8080"), "http://localhost:8080");
    assert_eq!(url("[::]:80"), "http://localhost");
    assert_eq!(url("[2001:db8::1]:80"), "http://[2001:db8::1]");
    let database = config("data_dir = '/srv/grantry'", &[]).database_url.to_string();
    assert_eq!(database, "sqlite:/srv/grantry/grantry.db");
}

#[test]
fn public_url_keeps_its_canonical_text_only() {
    for right in
        ["https://a.example", "http://a.example:8080", "http://[::1]:90", "https://xn--mller-kva.example"]
    {
        assert_eq!(config("", &[("GRANTRY_PUBLIC_URL", right)]).public_url.as_str(), right);
    }
    let sentences: Vec<String> = [
        "a.example",
        "ftp://a.example",
        "https://",
        "https://user:secret-word@a.example",
        "https://a.example/",
        "https://a.example/hub",
        "https://a.example?x=1",
        "https://a.example/#x",
        "https://A.example:443",
        " https://a.example",
        "https://müller.example",
    ]
    .map(|wrong| sentence("", &[("GRANTRY_PUBLIC_URL", wrong)]))
    .to_vec();
    assert!(!sentences.join("").contains("secret-word"));
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn database_urls_are_checked() {
    let database = |text: &str| config("", &[("GRANTRY_DATABASE_URL", text)]).database_url.to_string();
    assert_eq!(database("sqlite:///srv/x.db"), "sqlite:/srv/x.db");
    assert_eq!(database("sqlite:x.db"), "sqlite:x.db");
    assert_eq!(database("postgres://u:p@h/d?sslmode=require"), "postgres://u:****@h/d?sslmode=require");
    assert_eq!(database("postgresql://h/d"), "postgresql://h/d");
    let wrong =
        ["sqlite:", "sqlite://x.db", "sqlite::memory:", "mysql://u:secret-word@h/d", "postgres://", "x.db"];
    let sentences = wrong.map(|wrong| sentence("", &[("GRANTRY_DATABASE_URL", wrong)])).join("\n");
    assert!(!sentences.contains("secret-word"));
    insta::assert_snapshot!(sentences);
}

#[test]
fn passwords_in_urls_are_masked_wherever_they_stand() {
    let urls = [
        "postgres://u:hunter2@h/d",
        "postgres://u:hun/hunter2@ter?@h/d?x=1",
        "postgres://u@h/d?password=hunter2&sslmode=disable",
        "postgres://h/d?PassWord=hunter2",
        "postgres://u:hunter2@h1,h2:5432/d",
    ];
    for url in urls {
        let settings = load("", &[("GRANTRY_DATABASE_URL", url)], &[]).unwrap();
        let shown = report_table(&settings);
        assert!(shown.contains("****") && !shown.contains("hunter2"), "{url} was shown as {shown}");
        assert!(!format!("{:?}", settings.config).contains("hunter2"), "{url}");
    }
}

#[test]
fn master_key_is_read_in_each_of_its_forms() {
    let key =
        |text: &str| config("", &[("GRANTRY_MASTER_KEY", text)]).master_key.unwrap().to_hex().to_string();
    assert_eq!(key(KEY_HEX), KEY_HEX);
    assert_eq!(key(&KEY_HEX.to_uppercase()), KEY_HEX);
    assert_eq!(key(KEY_BASE64), KEY_HEX);
}

#[test]
fn secrets_are_never_shown() {
    let bad_key = format!("{KEY_HEX}secret");
    let bad_pem = pem().replace("PRIVATE", "EC PRIVATE");
    let sentences = [
        sentence("", &[("GRANTRY_MASTER_KEY", &bad_key)]),
        sentence("", &[("GRANTRY_LICENSE_KEY", &bad_pem)]),
        sentence(&format!("master_key = '{bad_key}'"), &[]),
        sentence("license_key = ['MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v']", &[]),
    ];
    for sentence in &sentences {
        assert!(!sentence.contains("0001020") && !sentence.contains("MC4CAQ"), "{sentence}");
    }
    insta::assert_snapshot!(sentences.join("\n"));

    let settings =
        load("", &[("GRANTRY_MASTER_KEY", KEY_HEX), ("GRANTRY_LICENSE_KEY", &pem())], &[]).unwrap();
    let debug = format!("{:?}", settings.config);
    assert!(!debug.contains("0001020") && !debug.contains("MC4CAQ"), "{debug}");
}

#[test]
fn wrong_values_are_answered_with_a_sentence() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("", &[("GRANTRY_LISTEN", "8080")]),
        ("", &[("GRANTRY_LISTEN", "")]),
        ("listen = 8080", &[]),
        ("\nlisten = \" \"", &[]),
        ("listen = [\"127.0.0.1:80\"]", &[]),
        ("", &[("GRANTRY_DEFAULT_PLAN", "Pro")]),
        ("", &[("GRANTRY_TRUSTED_PROXIES", "10.0.0.0/8, proxy")]),
        ("", &[("GRANTRY_TRUSTED_PROXIES", "10.1.0.0/8")]),
        ("trusted_proxies = [1]", &[]),
        ("trusted_proxies = true", &[]),
        ("", &[("GRANTRY_LOG", "inof")]),
        ("", &[("GRANTRY_LOG", "info,x=loud")]),
        ("", &[("GRANTRY_LOG_FORMAT", "xml")]),
        ("", &[("GRANTRY_MASTER_KEY", KEY_HEX), ("GRANTRY_MASTER_KEY_FILE", "k")]),
        ("license_key_file = 'k'", &[("GRANTRY_LICENSE_KEY", &pem())]),
    ];
    let sentences: Vec<String> = cases.iter().map(|(file, variables)| sentence(file, variables)).collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn unknown_names_are_answered_with_the_nearest_known_one() {
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("\n\nlistne = \"x\"", &[]),
        ("data-dir = \"x\"", &[]),
        ("[server]\nlisten = \"127.0.0.1:80\"", &[]),
        ("smtp_host = 1", &[]),
        ("", &[("GRANTRY_LISTNE", "x")]),
        ("", &[("GRANTRY_CONFG", "x")]),
        ("", &[("GRANTRY_SMTP_HOST", "x")]),
        ("", &[("GRANTRY_PORT", "8080")]),
        ("", &[("GRANTRY_", "x")]),
    ];
    let sentences: Vec<String> = cases.iter().map(|(file, variables)| sentence(file, variables)).collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn files_that_are_not_toml_are_answered_with_the_line() {
    let files =
        ["listen = \"127.0.0.1:80\"\nlog = info\n", "listen\n", "log = \"a\"\nlog = \"b\"\n", "log = \"a\n"];
    insta::assert_snapshot!(files.map(|file| sentence(file, &[])).join("\n"));
}

#[test]
fn variables_of_tests_and_of_kubernetes_are_ignored() {
    let variables = [
        ("GRANTRY_TEST_POSTGRES", "x"),
        ("GRANTRY_SERVICE_HOST", "10.0.0.1"),
        ("GRANTRY_SERVICE_PORT", "80"),
        ("GRANTRY_SERVICE_PORT_HTTP", "80"),
        ("GRANTRY_PORT", "tcp://10.0.0.1:80"),
        ("GRANTRY_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("GRANTRY_PORT_80_TCP_PROTO", "tcp"),
        ("GRANTRY_DATABASE_PORT_5432_TCP_ADDR", "10.0.0.1"),
        ("PATH", "/bin"),
    ];
    assert_eq!(config("", &variables).listen.port(), 8080);
}

#[test]
fn lists_are_read_from_text_and_array() {
    let expected = config("", &[("GRANTRY_TRUSTED_PROXIES", "10.0.0.7,::1")]).trusted_proxies;
    assert_eq!(expected.len(), 2);
    assert_eq!(config("trusted_proxies = ['10.0.0.7', '::1']", &[]).trusted_proxies, expected);
    assert_eq!(config("trusted_proxies = '10.0.0.7, ::1'", &[]).trusted_proxies, expected);
    assert!(config("trusted_proxies = []", &[]).trusted_proxies.is_empty());
    assert!(SETTINGS.iter().any(|setting| setting.shape == Shape::List));
}

#[test]
fn the_named_file_is_read_instead_of_the_default_one() {
    let folder = folder("log = 'warn'");
    fs::write(folder.path().join("flag.toml"), "log = 'error'").unwrap();
    fs::write(folder.path().join("variable.toml"), "log = 'debug'").unwrap();
    let variables = [("GRANTRY_CONFIG", "variable.toml")];
    let log = |arguments: &[&str], variables: &[(&str, &str)]| {
        Settings::load(&flags(arguments), &surroundings(folder.path(), variables)).unwrap().config.log
    };
    assert_eq!(log(&[], &[]), "warn");
    assert_eq!(log(&[], &variables), "debug");
    assert_eq!(log(&["--config", "flag.toml"], &variables), "error");
}

#[test]
fn config_prints_every_setting_and_its_source() {
    let folder = folder("# The hub of Example\ndatabase_url = 'postgres://grantry:secret@db/grantry'\n");
    let table = Program::new(folder.path(), &["config", "--listen", "0.0.0.0:80"])
        .variable("GRANTRY_MASTER_KEY", KEY_HEX)
        .variable("GRANTRY_PUBLIC_URL", "https://licenses.example.com");
    insta::assert_snapshot!("config_table", table.transcript());
    let json = Program::new(folder.path(), &["config", "--json", "--trusted-proxies", "10.0.0.7,::1"]);
    insta::assert_snapshot!("config_json", json.transcript());
    let left: Vec<PathBuf> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [folder.path().join("grantry.toml")], "`grantry config` makes nothing");
}

#[test]
fn a_wrong_configuration_exits_with_2() {
    let folder = folder("listne = 1");
    let missing = Program::new(folder.path(), &["config", "--config", "missing.toml"]);
    let unknown = Program::new(folder.path(), &["config"]);
    let unknown_flag = Program::new(folder.path(), &["config", "--master-key", "x"]);
    let transcripts = [missing, unknown, unknown_flag].map(Program::transcript);
    insta::assert_snapshot!("config_wrong", transcripts.join("\n"));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let folder = tempfile::tempdir().unwrap();
    let value = std::ffi::OsString::from_vec(vec![0xff]);
    let output = Program::new(folder.path(), &["config"]).variable("GRANTRY_LOG", value).output();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "grantry: the environment variable GRANTRY_LOG is not UTF-8 text; set it to text or unset it\n"
    );
}

#[test]
fn help_is_as_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let helps = [
        &["--help"][..],
        &["serve", "--help"],
        &["setup", "--help"],
        &["organization", "plan", "--help"],
        &["user", "reset-password", "--help"],
        &["audit", "verify", "--help"],
        &["registry", "gc", "--help"],
        &["registry", "fsck", "--help"],
        &["config", "--help"],
        &["verify", "--help"],
    ];
    let transcripts = helps.map(|arguments| Program::new(folder.path(), arguments).transcript());
    insta::assert_snapshot!("help", transcripts.join("\n"));
}

#[test]
fn reference_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/configuration.md");
    let page = fs::read_to_string(path).unwrap();
    assert!(
        page == reference_page(),
        "run `cargo run -p grantry-server -- config --reference > docs/reference/configuration.md`"
    );
}

#[test]
fn a_result_that_gets_lost_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_grantry"));
    let output = command.arg("config").current_dir(folder.path()).env_clear().stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"grantry: No space left on device"));
}
