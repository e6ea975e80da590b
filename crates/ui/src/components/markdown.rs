//! Texts in Markdown: a walk through their elements, and what is made of texts that users bring, as an application's
//! documents are. HTML in them is shown as text, pictures as a link, and only links that lead to the web or to a mailbox
//! are links.

use maud::{Markup, html};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

/// Elements that are deeper than this are shown without their frame. A text of a hundred thousand quotes in each other
/// would otherwise cost their square.
const DEEPEST: usize = 24;

/// What stands in an element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inside {
    parts: Vec<Markup>,
    /// Its words alone.
    pub(crate) text: String,
}

impl Inside {
    /// What stands there, as it is shown.
    pub(crate) fn shown(&self) -> Markup {
        html! { @for part in &self.parts { (part) } }
    }

    fn push(&mut self, part: Markup, text: &str) {
        self.parts.push(part);
        self.text.push_str(text);
    }
}

/// Walks through a text. `element` writes each of its elements, inner ones first, and is told in which one it stands.
pub(crate) fn walk(
    text: &str,
    mut element: impl FnMut(&Tag<'_>, Option<&Tag<'_>>, &Inside) -> Markup,
) -> Markup {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut open: Vec<(Tag<'_>, Inside)> = Vec::new();
    let (mut top, mut too_deep) = (Inside::default(), 0_usize);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(_) if open.len() >= DEEPEST => too_deep += 1,
            Event::Start(tag) => open.push((tag, Inside::default())),
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            Event::End(_) => {
                if let Some((tag, inside)) = open.pop() {
                    let written = element(&tag, open.last().map(|(around, _)| around), &inside);
                    within(&mut open, &mut top).push(written, &inside.text);
                }
            }
            leaf => leaf_of(&leaf, within(&mut open, &mut top)),
        }
    }
    top.shown()
}

fn within<'a>(open: &'a mut [(Tag<'_>, Inside)], top: &'a mut Inside) -> &'a mut Inside {
    open.last_mut().map_or(top, |(_, inside)| inside)
}

fn leaf_of(leaf: &Event<'_>, into: &mut Inside) {
    match leaf {
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
            into.push(html! { (text.as_ref()) }, text);
        }
        Event::Code(code) => into.push(html! { code { (code.as_ref()) } }, code),
        Event::SoftBreak => into.push(html! { "\n" }, "\n"),
        Event::HardBreak => into.push(html! { br; }, "\n"),
        Event::Rule => into.push(html! { hr; }, ""),
        _ => {}
    }
}

/// Elements that are written the same way wherever a text comes from.
pub(crate) fn plain(tag: &Tag<'_>, around: Option<&Tag<'_>>, inside: &Markup) -> Markup {
    match tag {
        Tag::Paragraph => html! { p { (inside) } },
        Tag::BlockQuote(_) => html! { blockquote { (inside) } },
        Tag::List(Some(first)) => html! { ol start=(first) { (inside) } },
        Tag::List(None) => html! { ul { (inside) } },
        Tag::Item => html! { li { (inside) } },
        Tag::Emphasis => html! { em { (inside) } },
        Tag::Strong => html! { strong { (inside) } },
        Tag::Strikethrough => html! { del { (inside) } },
        Tag::Table(_) => html! { div.scroll { table { (inside) } } },
        Tag::TableHead => html! { thead { tr { (inside) } } },
        Tag::TableRow => html! { tr { (inside) } },
        Tag::TableCell if around == Some(&Tag::TableHead) => html! { th scope="col" { (inside) } },
        Tag::TableCell => html! { td { (inside) } },
        _ => inside.clone(),
    }
}

/// A link that leaves the hub; the words alone, if it leads neither to the web nor to a mailbox.
pub(crate) fn outward(to: &str, words: &Markup) -> Markup {
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| to.starts_with(scheme));
    if safe {
        html! { a.link href=(to) rel="noopener noreferrer" { (words) } }
    } else {
        words.clone()
    }
}

/// A text that a user brought, with headings that fit below one of the third level.
pub fn markdown(text: &str) -> Markup {
    let body = walk(text, |tag, around, inside| {
        let shown = inside.shown();
        match tag {
            Tag::Heading { level: HeadingLevel::H1, .. } => html! { h4 { (shown) } },
            Tag::Heading { level: HeadingLevel::H2, .. } => html! { h5 { (shown) } },
            Tag::Heading { .. } => html! { h6 { (shown) } },
            Tag::CodeBlock(_) | Tag::HtmlBlock => html! { pre tabindex="0" { code { (shown) } } },
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => outward(dest_url, &shown),
            other => plain(other, around, &shown),
        }
    });
    html! { div.prose { (body) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let page = markdown(text).into_string();
        page.trim_start_matches("<div class=\"prose\">").trim_end_matches("</div>").to_owned()
    }

    #[test]
    fn nothing_of_the_text_becomes_a_script_or_a_frame() {
        assert_eq!(shown("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        assert!(!shown("<script>alert(1)</script>").contains("<script"));
        assert_eq!(shown("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(shown("![x](https://a.example/x.png)").matches("<img").count(), 0);
        let link = "<p><a class=\"link\" href=\"https://a.example/?a=1&amp;b\" rel=\"noopener noreferrer\">x</a></p>";
        assert_eq!(shown("[x](https://a.example/?a=1&b)"), link);
    }

    #[test]
    fn headings_lists_and_code_keep_their_shape() {
        let text = "# One\n\n2. two\n3. *three*\n\n```\na < b\n```\n";
        let html = "<h4>One</h4><ol start=\"2\"><li>two</li><li><em>three</em></li></ol>\
                    <pre tabindex=\"0\"><code>a &lt; b\n</code></pre>";
        assert_eq!(shown(text), html);
    }

    #[test]
    fn columns_of_tables_have_headers() {
        let html = "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">a</th></tr></thead>\
                    <tr><td>1</td></tr></table>";
        assert_eq!(shown("| a |\n|---|\n| 1 |\n"), html);
    }

    #[test]
    fn quotes_in_quotes_without_end_cost_little() {
        let page = shown(&format!("{} text", ">".repeat(100_000)));
        assert_eq!(page.matches("<blockquote>").count(), DEEPEST);
        assert!(page.contains("text"));
    }
}
