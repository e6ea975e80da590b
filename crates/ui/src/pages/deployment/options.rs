//! How a deployment is carried out: options that are rarely changed.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use super::editor::Editor;
use super::fields::Wait;
use crate::components::field::{CheckBox, Field};

fn check(name: &str, label: &str, hint: &str, checked: bool) -> CheckBox {
    let [name, label, hint] = [name, label, hint].map(str::to_owned);
    CheckBox { name, value: "true".to_owned(), label, hint, checked }
}

impl Editor {
    pub(super) fn options(&self) -> Markup {
        let values = &self.form.values;
        let is_open = self.form.error("timeout").is_some();
        html! {
            details.card.fold open[is_open] {
                summary { "Options" }
                div.body.stack.tight {
                    @match self.kind {
                        TargetKind::Docker => (self.docker()),
                        TargetKind::Kubernetes => (self.helm()),
                    }
                    (check("forceRestart", "Restart containers", "Also those of which nothing changed.", values.force_restart))
                }
            }
        }
    }

    fn docker(&self) -> Markup {
        let values = &self.form.values;
        html! {
            (check("keepVolumes", "Keep volumes when it is undeployed", "A later deployment finds them again.", values.keep_volumes))
            @if self.is_new() { (check("swarm", "Deploy as a stack of a swarm", "Instead of a Compose project on one machine. Can’t be changed later.", values.is_swarm)) }
            @else { input type="hidden" name="swarm" value=(values.is_swarm); }
        }
    }

    fn helm(&self) -> Markup {
        let (form, values) = (&self.form, &self.form.values);
        let waits = Wait::ALL.map(|wait| {
            let words = match wait {
                Wait::Watcher => "Until every resource is ready",
                Wait::Legacy => "As Helm 3 did",
                Wait::HookOnly => "Only for hooks",
            };
            (wait.as_str().to_owned(), words.to_owned())
        });
        html! {
            div.trio {
                (Field::line("text", "timeout", "Give up after").value(&values.timeout).unmarked().autocomplete("off")
                    .error(form.error("timeout")).hint("As in 90s, 5m or 1h."))
                (Field::choice(waits.to_vec(), "waitStrategy", "Wait").value(values.wait.as_str()).unmarked())
            }
            (check("rollbackOnFailure", "Roll back on failure", "The release before it goes on.", values.roll_back))
            (check("cleanupOnFailure", "Clean up on failure", "What a failed upgrade made is removed.", values.clean_up))
            (check("forceConflicts", "Overwrite what others manage", "Fields that another controller or person has set.", values.force_conflicts))
            (check("ignoreRevisionSkew", "Overwrite changes by hand", "Also if somebody else has upgraded the release since.", values.ignore_skew))
        }
    }
}
