//! The frame around every page: the portal's shell for members, a plain one for people who are not signed in.

use chrono::{DateTime, Utc};
use grantry_model::id::{CustomerId, OrganizationId};
use grantry_model::role::Role;
use maud::{DOCTYPE, Markup, html};

use crate::asset::File;
use crate::components::alert::Alert;
use crate::components::guide::guides;
use crate::components::icon::Icon;
use crate::guide::Guide;
use crate::route;

mod bar;
pub mod notice;

use notice::Notice;

/// Light, dark, or what the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the reader's system says.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value of the `theme` cookie and of the form field of that name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the cookie or the form field; anything else is the system's choice.
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
    }

    fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// What every page needs to know of the request.
///
/// No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Visit {
    /// The moment of the request; relative times are counted from it.
    pub now: DateTime<Utc>,
    /// The CSRF token that every form sends back as `csrf`.
    pub csrf: String,
    /// From the `theme` cookie.
    pub theme: Theme,
    /// Path and query of the page, where a change of theme leads back to.
    pub path: String,
    /// What the request before this one did, if it led here.
    pub notice: Option<Notice>,
}

impl Visit {
    /// The hidden CSRF field of a form.
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }
}

/// A step of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Its words.
    pub label: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// A step.
    pub fn new(label: impl Into<String>, to: &impl ToString) -> Self {
        Self { label: label.into(), href: to.to_string() }
    }
}

/// What stands around the heading of a page.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The image at the left of the heading.
    pub picture: Option<Markup>,
    /// One sentence under the heading.
    pub lead: Option<String>,
    /// Labels of state under the heading.
    pub badges: Option<Markup>,
    /// Buttons at its right.
    pub actions: Option<Markup>,
}

impl Head {
    /// A heading with a sentence.
    pub fn lead(text: impl Into<String>) -> Self {
        Self { lead: Some(text.into()), ..Self::default() }
    }
}

/// A page: what it is called, how one came to it and what it shows.
pub trait Page {
    /// Heading and window title.
    fn title(&self) -> String;

    /// The page's place in the breadcrumbs.
    fn place(&self) -> String {
        self.title()
    }

    /// The way to the page, without the page itself.
    fn crumbs(&self) -> Vec<Crumb> {
        Vec::new()
    }

    /// What stands around the heading.
    fn head(&self, _visit: &Visit) -> Head {
        Head::default()
    }

    /// Guides that help with what is done here. Those that are not for the readers of a portal are left out there.
    fn guides(&self) -> &'static [Guide] {
        &[]
    }

    /// Scripts beyond those of every page.
    fn scripts(&self) -> &'static [File] {
        &[]
    }

    /// Everything below the heading.
    fn body(&self, visit: &Visit) -> Markup;
}

/// The two portals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portal {
    /// For the vendor's staff.
    Vendor,
    /// For a customer's members.
    Customer,
}

/// A section of a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Start page; customers only.
    Home,
    /// Deployment targets and deployments.
    Deployments,
    /// Applications; vendor only.
    Applications,
    /// Artifacts.
    Artifacts,
    /// Licenses.
    Licenses,
    /// Customers; vendor only.
    Customers,
    /// Members.
    Users,
    /// Values that templates read.
    Secrets,
    /// Own access tokens.
    AccessTokens,
    /// Audit log; vendor only.
    AuditLog,
    /// Settings of the organization; vendor only.
    Settings,
    /// How to do things here.
    Guides,
    /// The own account; not in the navigation.
    Account,
}

impl Nav {
    /// All sections of a portal. A caller leaves out those that the member may not open.
    pub fn of(portal: Portal) -> Vec<Self> {
        match portal {
            Portal::Vendor => {
                vec![
                    Self::Deployments,
                    Self::Applications,
                    Self::Artifacts,
                    Self::Licenses,
                    Self::Customers,
                    Self::Users,
                    Self::Secrets,
                    Self::AccessTokens,
                    Self::AuditLog,
                    Self::Settings,
                    Self::Guides,
                ]
            }
            Portal::Customer => {
                vec![
                    Self::Home,
                    Self::Deployments,
                    Self::Artifacts,
                    Self::Licenses,
                    Self::Users,
                    Self::Secrets,
                    Self::AccessTokens,
                    Self::Guides,
                ]
            }
        }
    }
}

/// A membership that one can switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The vendor's organization.
    pub organization: OrganizationId,
    /// The customer in it, for a customer's member.
    pub customer: Option<CustomerId>,
    /// The organization's name.
    pub name: String,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// The role there.
    pub role: Role,
}

impl Membership {
    /// The portal: the customer's name, or the vendor's.
    pub(crate) fn place(&self) -> &str {
        self.customer_name.as_deref().unwrap_or("Vendor Portal")
    }
}

/// The frame of both portals around the page of a signed-in member.
///
/// No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Shell {
    /// What every page needs to know of the request.
    pub visit: Visit,
    /// The membership at work.
    pub current: Membership,
    /// The other memberships.
    pub others: Vec<Membership>,
    /// The member's name.
    pub user_name: String,
    /// The member's e-mail address.
    pub user_email: String,
    /// The sections in the navigation.
    pub sections: Vec<Nav>,
    /// The section that the page belongs to.
    pub active: Nav,
}

impl Shell {
    /// Which portal it is.
    pub fn portal(&self) -> Portal {
        if self.current.customer.is_some() { Portal::Customer } else { Portal::Vendor }
    }

    /// The whole document.
    pub fn render(&self, page: &impl Page) -> String {
        let (title, head) = (page.title(), page.head(&self.visit));
        let window = format!("{title} · {}", self.current.name);
        let helpful: Vec<Guide> =
            page.guides().iter().copied().filter(|guide| guide.is_for(self.portal())).collect();
        let content = html! {
            a.skip href="#main" { "Skip to content" }
            div.shell {
                (self.sidebar())
                div.column {
                    (self.top(&page.crumbs(), &page.place()))
                    main id="main" tabindex="-1" {
                        @if let Some(notice) = self.visit.notice { (notice) }
                        (heading(&title, &head, &helpful))
                        (page.body(&self.visit))
                    }
                }
            }
        };
        document(&self.visit, &window, page.scripts(), &content)
    }
}

/// The frame around a page for people who are not signed in, and around errors.
///
/// No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Bare {
    /// What every page needs to know of the request.
    pub visit: Visit,
}

impl Bare {
    /// The whole document.
    pub fn render(&self, page: &impl Page) -> String {
        let (title, head) = (page.title(), page.head(&self.visit));
        let content = html! {
            main.bare id="main" {
                p.brand { span.mark { (Icon::Shield) } span { "Grantry" } }
                @if let Some(notice) = self.visit.notice { (notice) }
                (heading(&title, &head, &[]))
                (page.body(&self.visit))
            }
        };
        document(&self.visit, &format!("{title} · Grantry"), page.scripts(), &content)
    }
}

fn heading(title: &str, head: &Head, helpful: &[Guide]) -> Markup {
    html! {
        div.head {
            @if let Some(picture) = &head.picture { (picture) }
            div {
                h1 { (title) }
                @if let Some(lead) = &head.lead { p.lead { (lead) } }
                @if let Some(badges) = &head.badges { div.row { (badges) } }
                (guides(helpful))
            }
            @if let Some(actions) = &head.actions { div.row { (actions) } }
        }
    }
}

fn document(visit: &Visit, title: &str, scripts: &[File], content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" data-theme=(visit.theme.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href=(File::Favicon.link());
                link rel="stylesheet" href=(File::Stylesheet.link());
                @for script in [File::Shell, File::Times].iter().chain(scripts) {
                    script type="module" src=(script.link()) {}
                }
            }
            body { (content) }
        }
    };
    page.into_string()
}

impl maud::Render for Notice {
    fn render(&self) -> Markup {
        Alert::new(self.tone(), self.sentence()).render()
    }
}

/// The form that changes the theme; script changes it at once without sending it.
fn theme_form(visit: &Visit) -> Markup {
    html! {
        form.choices method="post" action=(route::ChooseTheme) data-theme-form {
            (visit.csrf_field())
            input type="hidden" name="back" value=(visit.path);
            @for theme in Theme::ALL {
                button type="submit" name="theme" value=(theme.as_str()) aria-pressed=(theme == visit.theme) {
                    (theme.label())
                }
            }
        }
    }
}
