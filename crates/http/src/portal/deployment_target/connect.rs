//! Connecting an agent: the question, and the command with the secret, which is shown this once.

use axum::extract::State;
use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use grantry_ops::deployment_target::{self, connect};
use grantry_ui::layout::Nav;
use grantry_ui::pages::deployment_target::connect::{Connect, Connected, Way};

use crate::app::App;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::{Member, MemberForm};

/// The question.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Path(id): Path<DeploymentTargetId>,
) -> PageResult {
    app.ops.require(&member.caller, Action::EditDeployments).await?;
    let target = deployment_target::show(&app.ops, &member.caller, id).await?.target;
    let page = Connect {
        target: id,
        name: target.name.as_str().to_owned(),
        kind: target.environment.kind(),
        has_secret: target.agent.credential > 0,
        seen_at: target.agent.seen_at,
    };
    Ok(member.page(Nav::Deployments, &page))
}

/// Makes the secret, and shows the command.
pub(crate) async fn create(
    State(app): State<App>,
    Path(id): Path<DeploymentTargetId>,
    MemberForm { member, form: () }: MemberForm<()>,
) -> PageResult {
    let made = connect::connect(&app.ops, &member.caller, id).await?;
    let kind = made.target.environment.kind();
    let usual = match kind {
        TargetKind::Docker => Way {
            title: "With Docker",
            note: "The agent runs as a container beside yours.",
            command: made.command,
        },
        TargetKind::Kubernetes => Way {
            title: "In the cluster",
            note: "The agent runs in the target’s namespace, which has to be there.",
            command: made.command,
        },
    };
    let mut ways = vec![usual];
    if kind == TargetKind::Docker {
        ways.push(Way {
            title: "As a systemd service",
            note: "Where the program and its unit file are installed, as root.",
            command: service(app.public_url(), id, made.secret.reveal()),
        });
    }
    let page = Connected { target: id, name: made.target.name.as_str().to_owned(), ways };
    Ok(member.page(Nav::Deployments, &page))
}

/// What gives the unit its target and secret, and starts it. The secret stands in no argument of a program: `printf` is the shell's own.
fn service(hub: &str, target: DeploymentTargetId, secret: &str) -> String {
    format!(
        "install -d -m 0700 /etc/grantry-agent
printf '%s\\n' 'GRANTRY_URL={hub}' 'GRANTRY_TARGET_ID={target}' > /etc/grantry-agent/agent.env
(umask 077; printf '%s' '{secret}' > /etc/grantry-agent/secret)
systemctl enable --now grantry-agent"
    )
}
