//! A document of our own in Markdown, such as a guide: real headings with anchors, code to copy, links that lead on.

use std::collections::HashMap;

use maud::{Markup, html};
use pulldown_cmark::{CodeBlockKind, HeadingLevel, Tag};

use crate::components::copy::snippet_of;
use crate::components::icon::Icon;
use crate::components::markdown::{Inside, outward, plain, walk};

/// A heading below the title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 for a section, 3 for a part of one.
    pub level: u8,
    /// Its id in the page.
    pub anchor: String,
    /// Its words.
    pub title: String,
}

/// A document, without its title.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its headings, from top to bottom.
    pub headings: Vec<Heading>,
    /// What it says.
    pub body: Markup,
}

/// Where a link of a document leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// To an address of the hub.
    Here(String),
    /// To the web.
    Away,
    /// Nowhere; its words stand alone.
    Nowhere,
}

/// Reads a document. `lead` says where its links lead.
pub fn document(text: &str, lead: impl Fn(&str) -> Link) -> Document {
    let mut writer = Writer { lead, headings: Vec::new(), used: HashMap::new(), listings: 0 };
    let body = walk(text, |tag, around, inside| writer.element(tag, around, inside));
    Document { headings: writer.headings, body }
}

struct Writer<F> {
    lead: F,
    headings: Vec<Heading>,
    used: HashMap<String, u32>,
    listings: u32,
}

impl<F: Fn(&str) -> Link> Writer<F> {
    fn element(&mut self, tag: &Tag<'_>, around: Option<&Tag<'_>>, inside: &Inside) -> Markup {
        match tag {
            // The title is the heading of the page; comments are for who edits the file.
            Tag::Heading { level: HeadingLevel::H1, .. } | Tag::HtmlBlock => html! {},
            Tag::Heading { level, .. } => self.heading(*level, inside),
            Tag::CodeBlock(kind) => self.listing(kind, &inside.text),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(dest_url, &inside.shown()),
            other => plain(other, around, &inside.shown()),
        }
    }

    fn heading(&mut self, level: HeadingLevel, inside: &Inside) -> Markup {
        let anchor = self.anchor(&inside.text);
        let level = if level == HeadingLevel::H2 { 2 } else { 3 };
        let words = inside.shown();
        // The link stands beside the heading: in it, it would be read as a part of its words.
        let heading = html! {
            div.titled {
                @if level == 2 { h2 id=(anchor) { (words) } } @else { h3 id=(anchor) { (words) } }
                a.anchor href={ "#" (anchor) } aria-label={ "Link to “" (inside.text) "”" } { (Icon::Link) }
            }
        };
        self.headings.push(Heading { level, anchor, title: inside.text.clone() });
        heading
    }

    /// The anchor that code forges give a heading, so that one link works there and here.
    fn anchor(&mut self, title: &str) -> String {
        let letter = |letter: char| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ => letter.is_alphanumeric().then_some(letter),
        };
        let name: String = title.to_lowercase().chars().filter_map(letter).collect();
        let before = self.used.entry(name.clone()).or_default();
        *before += 1;
        if *before == 1 { name } else { format!("{name}-{}", *before - 1) }
    }

    fn listing(&mut self, kind: &CodeBlockKind<'_>, text: &str) -> Markup {
        self.listings += 1;
        let info = if let CodeBlockKind::Fenced(info) = kind { info.as_ref() } else { "" };
        let (language, file) = info.split_once(' ').unwrap_or((info, ""));
        let what = match language {
            _ if !file.is_empty() => file,
            "sh" | "console" => "commands",
            _ => "example",
        };
        let shown = html! { @if language == "console" { (console(text)) } @else { (text) } };
        let listing = snippet_of(&format!("listing-{}", self.listings), &shown, what);
        if file.is_empty() {
            listing
        } else {
            html! { div.listing { p.file { code { (file) } } (listing) } }
        }
    }

    fn link(&self, to: &str, words: &Markup) -> Markup {
        match (self.lead)(to) {
            Link::Here(address) => html! { a.link href=(address) { (words) } },
            Link::Away => outward(to, words),
            Link::Nowhere => words.clone(),
        }
    }
}

/// What is typed, without the prompt before it: the stylesheet shows the prompt, so that nobody copies it.
fn console(text: &str) -> Markup {
    html! {
        @for line in text.lines() {
            @if let Some(typed) = line.strip_prefix("$ ") { span.prompt { (typed) } } @else { (line) } "\n"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        document(text, |to| if to.ends_with(".md") { Link::Here("/x".to_owned()) } else { Link::Nowhere })
            .body
            .into_string()
    }

    #[test]
    fn headings_have_anchors_and_the_title_is_left_out() {
        let read = document("# T\n\n## Keep *it*, now\n\n### 2.1 A_b\n\n## Keep it now\n", |_| Link::Nowhere);
        let headings: Vec<_> =
            read.headings.iter().map(|one| (one.level, one.anchor.as_str(), one.title.as_str())).collect();
        let expected = [
            (2, "keep-it-now", "Keep it, now"),
            (3, "21-a_b", "2.1 A_b"),
            (2, "keep-it-now-1", "Keep it now"),
        ];
        assert_eq!(headings, expected);
        assert!(!read.body.into_string().contains("T</"));
    }

    #[test]
    fn links_lead_where_they_are_told_to() {
        assert_eq!(shown("[a](b.md)"), "<p><a class=\"link\" href=\"/x\">a</a></p>");
        assert_eq!(shown("[a](b.yaml)"), "<p>a</p>");
        assert_eq!(shown("<!-- for editors -->\n\nText"), "<p>Text</p>");
    }

    #[test]
    fn code_can_be_copied_without_its_prompt() {
        let page = shown("```console\n$ ls\na\n```\n\n```yaml compose.yaml\nb: <c>\n```\n");
        assert!(page.contains("<code><span class=\"prompt\">ls</span>\na\n</code>"), "{page}");
        assert!(page.contains("<p class=\"file\"><code>compose.yaml</code></p>"), "{page}");
        assert!(page.contains("b: &lt;c&gt;\n") && page.contains("data-copy=\"listing-2\""), "{page}");
    }
}
