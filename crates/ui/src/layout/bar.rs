//! Sidebar and top bar of the shell.

use maud::{Markup, html};

use super::{Crumb, Membership, Nav, Portal, Shell, theme_form};
use crate::components::icon::Icon;
use crate::route;

struct Entry {
    nav: Nav,
    label: &'static str,
    icon: Icon,
    href: String,
}

fn entry(nav: Nav) -> Entry {
    let (label, icon, href) = match nav {
        Nav::Home => ("Home", Icon::Home, route::Home.to_string()),
        Nav::Deployments => ("Deployments", Icon::Layers, route::Deployments.to_string()),
        Nav::Applications => ("Applications", Icon::Application, route::Applications.to_string()),
        Nav::Artifacts => ("Artifacts", Icon::Package, route::Artifacts.to_string()),
        Nav::Licenses => ("Licenses", Icon::Key, route::Licenses.to_string()),
        Nav::Customers => ("Customers", Icon::Building, route::Customers.to_string()),
        Nav::Users => ("Users", Icon::Users, route::Users.to_string()),
        Nav::Secrets => ("Secrets", Icon::Secret, route::Secrets.to_string()),
        Nav::AccessTokens => ("Access tokens", Icon::Terminal, route::AccessTokens.to_string()),
        Nav::AuditLog => ("Audit log", Icon::Log, route::AuditLog.to_string()),
        Nav::Settings => ("Settings", Icon::Settings, route::Settings.to_string()),
        Nav::Guides => ("Guides", Icon::Book, route::Guides.to_string()),
        Nav::Account => ("Account", Icon::User, route::Account.to_string()),
    };
    Entry { nav, label, icon, href }
}

/// Captions of the sidebar, from top to bottom.
const GROUPS: [&str; 4] = ["Distribution", "Customers", "Organization", "Help"];

fn group_of(nav: Nav) -> &'static str {
    match nav {
        Nav::Home | Nav::Deployments | Nav::Applications | Nav::Artifacts => "Distribution",
        Nav::Licenses | Nav::Customers => "Customers",
        Nav::Users | Nav::Secrets | Nav::AccessTokens | Nav::AuditLog | Nav::Settings | Nav::Account => {
            "Organization"
        }
        Nav::Guides => "Help",
    }
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

impl Shell {
    pub(super) fn sidebar(&self) -> Markup {
        let of =
            |group| self.sections.iter().filter(move |nav| group_of(**nav) == group).map(|nav| entry(*nav));
        let groups = GROUPS.map(|group| (group, of(group).collect::<Vec<_>>()));
        html! {
            header.side {
                a.brand href=(route::Home) {
                    span.mark { (Icon::Shield) }
                    span { (self.current.name) }
                }
                nav.nav aria-label="Main" {
                    @for (caption, entries) in &groups {
                        @if self.portal() == Portal::Vendor && !entries.is_empty() { p.cap { (caption) } }
                        @if !entries.is_empty() { ul { @for entry in entries { li { (self.entry(entry)) } } } }
                    }
                }
                div.me {
                    span.avatar aria-hidden="true" { (initials(&self.user_name)) }
                    p { (self.user_name) span.sub { (self.current.role.label()) } }
                }
            }
        }
    }

    fn entry(&self, entry: &Entry) -> Markup {
        let current = (entry.nav == self.active).then_some("page");
        html! { a href=(entry.href) aria-current=[current] { (entry.icon) (entry.label) } }
    }

    pub(super) fn top(&self, crumbs: &[Crumb], place: &str) -> Markup {
        html! {
            div.top {
                nav.crumbs aria-label="Breadcrumb" {
                    ol {
                        @for crumb in crumbs { li { a href=(crumb.href) { (crumb.label) } } }
                        li aria-current="page" { (place) }
                    }
                }
                (self.search())
                (self.organizations())
                (self.theme())
                (self.account())
            }
        }
    }

    fn search(&self) -> Markup {
        let words = if self.portal() == Portal::Vendor { "Search customers" } else { "Search license keys" };
        html! {
            form.search method="get" action=(route::Licenses) role="search" {
                (Icon::Search)
                label.sr for="search" { (words) }
                input id="search" type="search" name="q" placeholder=(words) data-search;
                kbd aria-hidden="true" { "/" }
            }
        }
    }

    fn organizations(&self) -> Markup {
        let name = self.current.customer_name.as_deref().unwrap_or(&self.current.name);
        html! {
            @if !self.others.is_empty() {
                details.menu data-menu {
                    summary.btn.quiet { (Icon::Building) span.word { span.sr { "Organization: " } (name) } (Icon::Chevron) }
                    div.pop {
                        p.cap { "Switch to" }
                        @for other in &self.others { (self.switch(other)) }
                    }
                }
            }
        }
    }

    fn switch(&self, other: &Membership) -> Markup {
        html! {
            form method="post" action=(route::Switch) {
                (self.visit.csrf_field())
                input type="hidden" name="organization" value=(other.organization);
                @if let Some(customer) = other.customer { input type="hidden" name="customer" value=(customer); }
                button.item type="submit" {
                    span { (other.name) span.sub { (other.place()) " · " (other.role.label()) } }
                }
            }
        }
    }

    fn theme(&self) -> Markup {
        html! {
            details.menu data-menu {
                summary.btn.quiet { (Icon::Moon) span.sr { "Theme" } }
                div.pop { p.cap { "Theme" } (theme_form(&self.visit)) }
            }
        }
    }

    fn account(&self) -> Markup {
        html! {
            details.menu data-menu {
                summary.btn.quiet { (Icon::User) span.sr { "Account of " (self.user_name) } }
                div.pop {
                    p.who { strong { (self.user_name) } span.sub { (self.user_email) } }
                    a.item href=(route::Account) { (Icon::User) "Account" }
                    form method="post" action=(route::SignOut) {
                        (self.visit.csrf_field())
                        button.item type="submit" { (Icon::SignOut) "Sign out" }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_taken_from_two_words() {
        assert_eq!(initials("Mara von Klein"), "MV");
        assert_eq!(initials("ßeta"), "SS");
        assert_eq!(initials("  "), "");
    }
}
