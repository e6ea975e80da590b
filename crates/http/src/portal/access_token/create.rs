//! Making an access token.

use axum::extract::State;
use axum::response::Response;
use grantry_model::field::FieldError;
use grantry_ops::access_token::create::{self, Input, Made};
use grantry_ops::once::Once;
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::pages::access_token::created::Created;
use grantry_ui::pages::access_token::new::{New, TokenValues};

use super::name;
use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::form::day;
use crate::portal::frame::{Member, MemberForm};

impl ReadForm for TokenValues {
    fn read(fields: &Fields) -> Self {
        Self {
            label: fields.text("label"),
            role: fields.text("userRole"),
            expires_at: fields.text("expiresAt"),
        }
    }
}

fn input(values: &TokenValues) -> Result<Input<'_>, Vec<FieldError>> {
    let expires_at = day("expiresAt", &values.expires_at).map_err(|error| vec![error])?;
    let role = Some(values.role.as_str()).filter(|role| !role.is_empty());
    Ok(Input { label: &values.label, role, expires_at })
}

fn page(member: &Member, form: FormState<TokenValues>) -> New {
    New { form, strongest: member.caller.actor.role }
}

/// The form.
pub(crate) async fn show(member: Member) -> Response {
    let page = page(&member, FormState::fresh(TokenValues::default()));
    member.page(Nav::AccessTokens, &page)
}

/// Makes it, and shows its secret this once.
pub(crate) async fn create(
    State(app): State<App>,
    MemberForm { member, form: values }: MemberForm<TokenValues>,
) -> PageResult {
    let outcome = match input(&values) {
        Ok(input) => checked(create::create(&app.ops, &member.caller, input, &Once::without_key()).await)?,
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(outcome) => Ok(created(&app, member, &outcome.made()?)),
        Err(refusal) => {
            let page = page(&member, FormState::refused(values, refusal.errors.clone()));
            Ok(member.refused(&refusal, Nav::AccessTokens, &page))
        }
    }
}

fn created(app: &App, member: Member, made: &Made) -> Response {
    let page = Created {
        label: name(&made.token.label),
        secret: made.secret.reveal().to_owned(),
        hub: app.public_url().to_owned(),
    };
    member.page(Nav::AccessTokens, &page)
}
