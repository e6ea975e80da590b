//! Changing a member's role, and making a new link for one who has not set a password yet.

use axum::extract::State;
use grantry_model::id::UserId;
use grantry_model::role::Role;
use grantry_model::user::Member as Person;
use grantry_ops::error::Error;
use grantry_ops::member::{self as members, invite, update};
use grantry_ui::form::FormState;
use grantry_ui::layout::Nav;
use grantry_ui::layout::notice::Notice;
use grantry_ui::pages::user::edit::{Edit, UserValues};
use grantry_ui::route::Users;

use super::{customer_name, display_name, invited};
use crate::app::App;
use crate::extract::Path;
use crate::extract::form::{Fields, ReadForm};
use crate::portal::error::{PageResult, checked};
use crate::portal::frame::{Member, MemberForm, go};

/// What one of the page's two forms asks for.
pub(crate) enum Form {
    Link,
    Role(UserValues),
}

impl ReadForm for Form {
    fn read(fields: &Fields) -> Self {
        match fields.text("action").as_str() {
            "password-link" => Self::Link,
            _ => Self::Role(UserValues { role: fields.text("userRole") }),
        }
    }
}

async fn page(
    app: &App,
    member: &Member,
    person: Person,
    form: FormState<UserValues>,
) -> Result<Edit, Error> {
    Ok(Edit {
        user: person.user.id,
        name: display_name(&person.user),
        customer: customer_name(&app.ops, &member.caller, &person).await?,
        email: person.user.email.as_str().to_owned(),
        form,
        strongest: Role::Admin,
        can_reset: !person.user.active,
        can_delete: person.user.id != member.caller.actor.user,
    })
}

/// The forms.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<UserId>) -> PageResult {
    let person = members::show(&app.ops, &member.caller, id).await?;
    app.ops.require(&member.caller, members::managing(person.customer)).await?;
    let values = UserValues { role: person.role.as_str().to_owned() };
    let page = page(&app, &member, person, FormState::fresh(values)).await?;
    Ok(member.page(Nav::Users, &page))
}

/// Does what one of the forms asks for.
pub(crate) async fn update(
    State(app): State<App>,
    Path(id): Path<UserId>,
    MemberForm { member, form }: MemberForm<Form>,
) -> PageResult {
    match form {
        Form::Link => link(&app, member, id).await,
        Form::Role(values) => change_role(&app, member, id, values).await,
    }
}

async fn link(app: &App, member: Member, id: UserId) -> PageResult {
    let again = invite::invite_again(&app.ops, &member.caller, id).await?;
    Ok(invited(app, member, &again))
}

async fn change_role(app: &App, member: Member, id: UserId, values: UserValues) -> PageResult {
    match checked(update::update(&app.ops, &member.caller, id, &values.role).await)? {
        Ok(_) => Ok(go(&Users, Notice::Saved)),
        Err(refusal) => {
            let person = members::show(&app.ops, &member.caller, id).await?;
            let form = FormState::refused(values, refusal.errors.clone());
            let page = page(app, &member, person, form).await?;
            Ok(member.refused(&refusal, Nav::Users, &page))
        }
    }
}
