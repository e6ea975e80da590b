//! The pages of both portals, by what they are about and what one does there.

use crate::gallery::Sample;

pub mod access_token;
pub mod account;
pub mod application;
pub mod application_entitlement;
pub mod application_version;
pub mod artifact;
pub mod artifact_entitlement;
pub mod audit;
pub mod customer;
pub mod deployment;
pub mod deployment_target;
pub mod entitlement;
pub mod error;
pub mod guide;
pub mod home;
pub mod image;
pub mod license;
pub mod license_key;
pub mod secret;
pub mod session;
pub mod settings;
pub mod user;

pub(crate) fn samples() -> Vec<Sample> {
    let all = [
        session::sign_in::samples(),
        session::set_up::samples(),
        session::password::samples(),
        session::nowhere::samples(),
        home::show::samples(),
        deployment_target::list::samples(),
        deployment_target::new::samples(),
        deployment_target::show::samples(),
        deployment_target::edit::samples(),
        deployment_target::connect::samples(),
        deployment_target::logs::samples(),
        deployment_target::delete::samples(),
        deployment::new::samples(),
        deployment::show::samples(),
        deployment::edit::samples(),
        deployment::revision::samples(),
        deployment::status::samples(),
        deployment::logs::samples(),
        deployment::delete::samples(),
        application::list::samples(),
        application::new::samples(),
        application::show::samples(),
        application::edit::samples(),
        application::delete::samples(),
        application_version::new::samples(),
        application_version::show::samples(),
        application_version::edit::samples(),
        application_entitlement::new::samples(),
        application_entitlement::edit::samples(),
        application_entitlement::delete::samples(),
        image::edit::samples(),
        artifact::list::samples(),
        artifact::show::samples(),
        artifact::new::samples(),
        artifact::upstream::samples(),
        artifact::delete::samples(),
        artifact::pulls::samples(),
        artifact::portal::samples(),
        artifact::portal_show::samples(),
        artifact_entitlement::new::samples(),
        artifact_entitlement::edit::samples(),
        artifact_entitlement::delete::samples(),
        license::overview::samples(),
        license::customer::samples(),
        license::copy::samples(),
        license::organization_wide::samples(),
        license::locked::samples(),
        license::portal::samples(),
        license_key::show::samples(),
        license_key::revision::samples(),
        license_key::new::samples(),
        license_key::edit::samples(),
        license_key::delete::samples(),
        customer::list::samples(),
        customer::new::samples(),
        customer::edit::samples(),
        customer::delete::samples(),
        user::list::samples(),
        user::invite::samples(),
        user::invited::samples(),
        user::edit::samples(),
        user::delete::samples(),
        secret::list::samples(),
        secret::new::samples(),
        secret::edit::samples(),
        secret::delete::samples(),
        access_token::list::samples(),
        access_token::new::samples(),
        access_token::created::samples(),
        access_token::delete::samples(),
        account::show::samples(),
        audit::list::samples(),
        guide::list::samples(),
        guide::show::samples(),
        settings::show::samples(),
        error::samples(),
    ];
    all.into_iter().flatten().collect()
}
