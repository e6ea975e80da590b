//! Name, password and sessions of the reader.

use axum::extract::State;
use grantry_model::actor::Credential;
use grantry_model::session::Session;
use grantry_ops::account::{self, update};
use grantry_ops::error::Error;
use grantry_ops::{Ops, session};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::account::show as ui;
use grantry_ui::route::Account;

use super::browser::browser;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// What one of the page's two forms asks for.
pub(crate) enum Form {
    Name(String),
    Password { current: String, new: String },
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        match fields.text("action").as_str() {
            "password" => {
                Self::Password { current: fields.text("currentPassword"), new: fields.text("password") }
            }
            _ => Self::Name(fields.text("name")),
        }
    }
}

/// The page.
pub(crate) async fn show(State(ops): State<Ops>, member: Member) -> PageResult {
    let page = page(&ops, &member).await?;
    Ok(member.page(Nav::Account, &page))
}

/// Does what one of the forms asks for.
pub(crate) async fn update(
    State(ops): State<Ops>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    match form {
        Form::Name(name) => rename(&ops, member, name).await,
        Form::Password { current, new } => change_password(&ops, member, &current, &new).await,
    }
}

async fn rename(ops: &Ops, member: Member, name: String) -> PageResult {
    match checked(update::rename(ops, &member.caller, &name).await)? {
        Ok(_) => Ok(go(&Account, Notice::Saved)),
        Err(refusal) => {
            let name = FormState::refused(name, refusal.errors.clone());
            let page = ui::Account { name, ..page(ops, &member).await? };
            Ok(member.refused(&refusal, Nav::Account, &page))
        }
    }
}

async fn change_password(ops: &Ops, member: Member, current: &str, new: &str) -> PageResult {
    match checked(update::change_password(ops, &member.caller, current, new).await)? {
        Ok(()) => Ok(go(&Account, Notice::PasswordChanged)),
        Err(refusal) => {
            let password = FormState::refused((), refusal.errors.clone());
            let page = ui::Account { password, ..page(ops, &member).await? };
            Ok(member.refused(&refusal, Nav::Account, &page))
        }
    }
}

async fn page(ops: &Ops, member: &Member) -> Result<ui::Account, Error> {
    let user = account::show(ops, member.caller.actor.user).await?;
    let sessions = session::list(ops, &member.caller).await?;
    Ok(ui::Account {
        email: user.email.as_str().to_owned(),
        name: FormState::fresh(user.name),
        password: FormState::fresh(()),
        sessions: sessions.iter().map(|session| row(session, member)).collect(),
    })
}

fn row(session: &Session, reader: &Member) -> ui::Session {
    ui::Session {
        session: session.id,
        browser: browser(&session.user_agent),
        address: session.address.clone(),
        last_used_at: session.last_used_at,
        created_at: session.created_at,
        current: reader.caller.actor.credential == Credential::Session(session.id),
    }
}
