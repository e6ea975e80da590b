//! The arguments of commands that work on a hub.

use clap::{Args, Command, FromArgMatches};
use grantry_model::plan::Plan;
use grantry_server::command::audit::{AuditAction, AuditArgs};
use grantry_server::command::organization::{OrganizationAction, OrganizationArgs};
use grantry_server::command::serve::ServeArgs;
use grantry_server::command::setup::SetupArgs;
use grantry_server::command::user::{UserAction, UserArgs};

fn parse<A: Args + FromArgMatches>(line: &str) -> Result<A, String> {
    let command = A::augment_args(Command::new("grantry").no_binary_name(true));
    // Finds clashes of names, as between a command's own flags and those of settings.
    command.clone().debug_assert();
    let matches = command.try_get_matches_from(line.split_whitespace()).map_err(|error| error.to_string())?;
    A::from_arg_matches(&matches).map_err(|error| error.to_string())
}

#[test]
fn serve_takes_settings_and_demo() {
    let args: ServeArgs = parse("--demo --listen 127.0.0.1:0 --data-dir d --config c.toml").unwrap();
    assert!(args.demo);
    assert_eq!(args.settings.config.unwrap().to_str(), Some("c.toml"));
    assert!(!parse::<ServeArgs>("").unwrap().demo);
}

#[test]
fn setup_needs_organization_slug_and_email() {
    let args: SetupArgs =
        parse("--organization Acme --slug acme --email a@acme.example --password-stdin --data-dir d")
            .unwrap();
    assert_eq!((args.organization.as_str(), args.slug.as_str()), ("Acme", "acme"));
    assert_eq!(args.email, "a@acme.example");
    assert!(args.password_stdin);
    for incomplete in ["--slug a --email e", "--organization A --email e", "--organization A --slug a"] {
        assert!(parse::<SetupArgs>(incomplete).is_err(), "{incomplete}");
    }
}

#[test]
fn organization_plan_takes_slug_plan_and_end() {
    let args: OrganizationArgs = parse("plan acme trial --until 2027-01-31 --data-dir d").unwrap();
    let OrganizationAction::Plan(args) = args.action;
    assert_eq!((args.slug.as_str(), args.plan), ("acme", Plan::Trial));
    assert_eq!(args.until.unwrap().to_rfc3339(), "2027-01-31T00:00:00+00:00");
    let wrong = ["plan acme gold", "plan acme trial --until soon", "plan acme"];
    insta::assert_snapshot!(wrong.map(|line| parse::<OrganizationArgs>(line).unwrap_err()).join("\n"));
}

#[test]
fn user_reset_password_takes_an_address() {
    let args: UserArgs = parse("reset-password a@acme.example --password-stdin").unwrap();
    let UserAction::ResetPassword(args) = args.action;
    assert_eq!((args.email.as_str(), args.password_stdin), ("a@acme.example", true));
    assert!(parse::<UserArgs>("reset-password").is_err());
}

#[test]
fn audit_verify_takes_settings() {
    let args: AuditArgs = parse("verify --json --database-url sqlite:x.db").unwrap();
    let AuditAction::Verify(args) = args.action;
    assert!(args.json);
}
