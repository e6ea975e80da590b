//! One guide.

use maud::{Markup, html};

use crate::components::document::{Document, Heading, Link, document};
use crate::gallery::{self, Sample};
use crate::guide::{Guide, Target};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::Guides;

/// From so many headings on, a guide has a table of its contents.
const LONG: usize = 4;

/// A guide to read.
#[derive(Debug, Clone)]
pub struct Show {
    title: String,
    document: Document,
}

impl Show {
    /// The guide, its links leading to the guides that this hub serves.
    pub fn of(guide: Guide) -> Self {
        let lead = |link: &str| match guide.resolve(link) {
            Target::Guide(to, anchor) if to == guide && !anchor.is_empty() => {
                Link::Here(format!("#{anchor}"))
            }
            Target::Guide(to, anchor) if anchor.is_empty() => Link::Here(to.to_string()),
            Target::Guide(to, anchor) => Link::Here(format!("{to}#{anchor}")),
            Target::Outside => Link::Away,
            // A file beside the source of the product; there is none at a hub.
            Target::Source(_) => Link::Nowhere,
        };
        Self { title: guide.title().to_owned(), document: document(guide.text(), lead) }
    }

    fn contents(&self) -> Markup {
        let all = &self.document.headings;
        html! {
            @if all.len() >= LONG {
                nav.contents aria-labelledby="contents-title" {
                    p.cap id="contents-title" { "On this page" }
                    ol { @for heading in all { (entry(heading)) } }
                }
            }
        }
    }
}

fn entry(heading: &Heading) -> Markup {
    let class = (heading.level > 2).then_some("part");
    html! { li class=[class] { a href={ "#" (heading.anchor) } { (heading.title) } } }
}

impl Page for Show {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Guides", &Guides)]
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! { div.reader { (self.contents()) article.prose.roomy { (self.document.body) } } }
    }
}

/// Every guide as it is served: its name and the whole document.
pub(crate) fn all() -> Vec<(String, String)> {
    let shell = gallery::vendor(Nav::Guides);
    let page = |guide: Guide| (format!("guide-{}", guide.name()), shell.render(&Show::of(guide)));
    Guide::ALL.into_iter().map(page).collect()
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let text = "Fit it *once*, see [what it needs](needs.md).\n\n\
        ## What it needs\n\nA screwdriver, `M4`, and [patience](https://patience.example).\n\n\
        ## Fit it\n\n1. Open.\n2. Close.\n\n```console\n$ sudo fit --all\nfitted 3\n```\n\n\
        ### By hand\n\n```yaml arm.yaml\narm: left\nspeed: 3\n```\n\n> Mind your fingers.\n\n\
        ## When it does not fit\n\n| sound | means |\n|---|---|\n| click | `open` |\n| crack | [too late](#fit-it) |\n\n\
        - Push.\n- **Pull.**\n";
    let lead = |link: &str| match link {
        "needs.md" => Link::Here(Guide::Deployments.to_string()),
        "#fit-it" => Link::Here(link.to_owned()),
        _ => Link::Away,
    };
    let page = Show { title: "Fit an arm".to_owned(), document: document(text, lead) };
    let short = Show { title: "In short".to_owned(), document: document("## Do it\n\nNow.\n", lead) };
    vec![
        Sample::vendor("guide-show-long", Nav::Guides, &page),
        Sample::customer("guide-show-short", Nav::Guides, &short),
    ]
}
