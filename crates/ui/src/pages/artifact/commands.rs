//! The commands that sign in to the registry, push and pull, ready to copy.

use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use crate::components::copy::snippet;
use crate::components::tabs::{Tab, Tabs};
use crate::route::AccessTokens;

/// Where the registry's artifacts of an organization are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// The registry's host and port, as clients write it, such as `hub.example.com`.
    pub host: String,
    /// The organization's slug.
    pub slug: String,
}

impl Registry {
    /// The repository of an artifact, such as `hub.example.com/northwind/fleet/api`.
    pub(crate) fn repository(&self, artifact: &str) -> String {
        format!("{}/{}/{artifact}", self.host, self.slug)
    }

    /// What the samples' hub is called.
    pub(crate) fn sample() -> Self {
        Self { host: "hub.northwind.example".to_owned(), slug: "northwind".to_owned() }
    }

    fn login(&self, client: &str) -> String {
        format!("{client} login {} --username token", self.host)
    }

    /// The commands of a first push, for the tab of each client.
    fn pushes(&self) -> [(&'static str, String); 3] {
        let (host, slug) = (&self.host, &self.slug);
        let docker = format!(
            "{}\ndocker tag my-app:1.0.0 {host}/{slug}/my-app:1.0.0\ndocker push {host}/{slug}/my-app:1.0.0",
            self.login("docker")
        );
        let helm = format!(
            "{}\nhelm package ./my-chart\nhelm push my-chart-1.0.0.tgz oci://{host}/{slug}/charts",
            self.login("helm registry")
        );
        let oras = format!(
            "{}\noras push {host}/{slug}/my-files:1.0.0 ./manual.pdf:application/pdf",
            self.login("oras")
        );
        [("Docker", docker), ("Helm", helm), ("ORAS", oras)]
    }

    /// How to push the first artifact.
    pub(crate) fn first_push(&self) -> Markup {
        let tab = |(at, (label, text)): (usize, (&'static str, String))| Tab {
            label,
            content: html! { (snippet(&format!("push-commands-{at}"), &text, "commands")) },
        };
        let tabs = self.pushes().into_iter().enumerate().map(tab).collect();
        html! {
            div.commands { (Tabs { id: "push", legend: "Client", tabs }) }
            p.muted.after { (password()) }
        }
    }

    /// How to sign in, and how a cluster does.
    pub(crate) fn sign_in(&self) -> Markup {
        let (host, slug) = (&self.host, &self.slug);
        let clients = [self.login("docker"), self.login("helm registry"), self.login("oras")].join("\n");
        let secret = format!(
            "kubectl create secret docker-registry {slug} \\\n  --docker-server={host} \\\n  --docker-username=token \\\n  --docker-password=\"$ACCESS_TOKEN\""
        );
        let pod = format!("spec:\n  imagePullSecrets:\n    - name: {slug}");
        let tabs = vec![
            Tab {
                label: "Command line",
                content: html! { (snippet("login-clients", &clients, "commands")) },
            },
            Tab {
                label: "Kubernetes",
                content: html! {
                    (snippet("login-secret", &secret, "command"))
                    p.muted { "Then name the secret in the pods that pull:" }
                    (snippet("login-pod", &pod, "part of a manifest"))
                },
            },
        ];
        html! {
            div.commands { (Tabs { id: "login", legend: "Where you sign in", tabs }) }
            p.muted.after { (password()) }
        }
    }

    /// How to pull a tag of an artifact; the client that fits its kind stands first.
    pub(crate) fn pulls(&self, artifact: &str, tag: &str, kind: Option<Kind>) -> Markup {
        let repository = self.repository(artifact);
        let docker = ("Docker", format!("docker pull {repository}:{tag}"));
        // In a tag the plus sign of a version is written as an underscore.
        let version = tag.replace('_', "+");
        let helm = (
            "Helm",
            format!(
                "helm pull oci://{repository} --version {version}\nhelm install my-release oci://{repository} --version {version}"
            ),
        );
        let oras = ("ORAS", format!("oras pull {repository}:{tag}"));
        let clients = match kind {
            Some(Kind::HelmChart) => vec![helm, oras],
            Some(Kind::ContainerImage) => vec![docker, oras],
            _ => vec![oras],
        };
        let tab = |(at, (label, text)): (usize, (&'static str, String))| Tab {
            label,
            content: html! { (snippet(&format!("pull-commands-{at}"), &text, "command")) },
        };
        let tabs = clients.into_iter().enumerate().map(tab).collect();
        html! { div.commands { (Tabs { id: "pull", legend: "Client", tabs }) } }
    }
}

/// What to type when a client asks for the password.
fn password() -> Markup {
    html! {
        "The password is one of your " a.link href=(AccessTokens) { "access tokens" } ". Any user name will do."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_that_fits_stands_first() {
        let registry = Registry::sample();
        let chart = registry.pulls("charts/fleet", "2.1.0_b7", Some(Kind::HelmChart)).into_string();
        assert!(chart.contains("oci://hub.northwind.example/northwind/charts/fleet --version 2.1.0+b7"));
        assert!(chart.contains("charts/fleet:2.1.0_b7"), "{chart}");
        assert!(!chart.contains("docker pull"));
        let image = registry.pulls("fleet/api", "3.1", Some(Kind::ContainerImage)).into_string();
        assert!(image.find("docker pull") < image.find("oras pull"));
        assert!(!registry.pulls("files", "1", None).into_string().contains("docker"));
    }
}
