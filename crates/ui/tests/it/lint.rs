//! What every page must keep, whatever it shows.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use grantry_ui::asset::asset;
use grantry_ui::gallery::{guides, samples};
use grantry_ui::guide::{Guide, Target};
use grantry_ui::route::is_known;
use scraper::{ElementRef, Html, Selector};

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

fn within<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    element.select(&selector).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

/// Runs one check on every sample and reports all that fail.
fn every_page(check: impl Fn(&Html) -> Vec<String>) {
    let samples = samples();
    assert!(samples.len() > 80, "the gallery is empty");
    let mut faults = Vec::new();
    for (name, html) in samples.into_iter().chain(guides()) {
        let page = Html::parse_document(&html);
        faults.extend(check(&page).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn samples_have_names_of_their_own() {
    let samples = samples();
    let names: HashSet<&str> = samples.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), samples.len());
}

#[test]
fn pages_have_language_title_and_one_main() {
    every_page(|page| {
        let mut faults = Vec::new();
        if all(page, "html[lang=en]").len() != 1 {
            faults.push("no language".to_owned());
        }
        if all(page, "head > title").first().is_none_or(|title| text(*title).is_empty()) {
            faults.push("no title".to_owned());
        }
        if all(page, "main#main").len() != 1 {
            faults.push("not one main".to_owned());
        }
        faults
    });
}

#[test]
fn headings_begin_with_one_h1_and_skip_no_level() {
    every_page(|page| {
        let mut faults = Vec::new();
        if all(page, "h1").len() != 1 {
            faults.push(format!("{} h1", all(page, "h1").len()));
        }
        let mut before = 0;
        for heading in all(page, "h1, h2, h3, h4, h5, h6") {
            let level: u32 = heading.value().name()[1..].parse().expect("a level");
            if level > before + 1 {
                faults.push(format!("h{level} after h{before}: {}", text(heading)));
            }
            if text(heading).is_empty() {
                faults.push(format!("empty h{level}"));
            }
            before = level;
        }
        faults
    });
}

#[test]
fn inputs_have_labels() {
    every_page(|page| {
        let inputs = all(page, "input:not([type=hidden]), select, textarea");
        let unlabelled = inputs.into_iter().filter(|input| {
            let named = input.attr("aria-label").is_some_and(|label| !label.is_empty());
            let labelled = input.attr("id").is_some_and(|id| {
                all(page, "label")
                    .iter()
                    .any(|label| label.attr("for") == Some(id) && !text(*label).is_empty())
            });
            !named && !labelled
        });
        unlabelled.map(|input| format!("no label: {}", input.html())).collect()
    });
}

#[test]
fn ids_are_unique_and_references_resolve() {
    every_page(|page| {
        let mut faults = Vec::new();
        let mut ids = HashSet::new();
        for element in all(page, "[id]") {
            let id = element.attr("id").unwrap_or_default();
            if id.is_empty() || !ids.insert(id) {
                faults.push(format!("id twice or empty: {id}"));
            }
        }
        for attribute in ["for", "aria-labelledby", "aria-describedby", "data-copy"] {
            for element in all(page, &format!("[{attribute}]")) {
                let named = element.attr(attribute).unwrap_or_default().split_whitespace();
                faults.extend(
                    named.filter(|id| !ids.contains(id)).map(|id| format!("{attribute}={id} leads nowhere")),
                );
            }
        }
        faults
    });
}

#[test]
fn there_is_no_inline_script_or_style() {
    every_page(|page| {
        let mut faults = Vec::new();
        faults.extend(all(page, "script:not([src]), style, [style]").iter().map(|element| element.html()));
        for element in all(page, "*") {
            faults.extend(
                element
                    .value()
                    .attrs()
                    .filter(|(name, _)| name.starts_with("on"))
                    .map(|(name, _)| name.to_owned()),
            );
        }
        faults
    });
}

/// Whether the page has the anchor of this address.
fn leads_within(page: &Html, address: &str) -> bool {
    let anchor = address.trim_start_matches('#');
    !anchor.is_empty() && all(page, "[id]").iter().any(|element| element.attr("id") == Some(anchor))
}

/// Whether the hub serves the guide of this address, with its anchor.
fn leads_to_guide(address: &str) -> bool {
    let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
    let ids = GUIDES.get(path.trim_start_matches("/guides/"));
    ids.is_some_and(|ids| anchor.is_empty() || ids.contains(anchor))
}

/// The ids of each guide's page, by the name of the guide.
static GUIDES: LazyLock<HashMap<String, HashSet<String>>> = LazyLock::new(|| {
    let ids = |html: &str| {
        let page = Html::parse_document(html);
        all(&page, "[id]").iter().filter_map(|element| element.attr("id")).map(str::to_owned).collect()
    };
    guides().iter().map(|(name, html)| (name.trim_start_matches("guide-").to_owned(), ids(html))).collect()
});

#[test]
fn links_and_forms_lead_to_known_addresses() {
    every_page(|page| {
        let mut faults = Vec::new();
        for element in all(page, "[href], [src], [action], [formaction]") {
            for attribute in ["href", "src", "action", "formaction"] {
                let Some(address) = element.attr(attribute) else { continue };
                let path = address.split(['?', '#']).next().unwrap_or_default();
                let known = match path.strip_prefix("/assets/") {
                    Some(name) => asset(name).is_some(),
                    None if path.is_empty() => leads_within(page, address),
                    None if path.starts_with("/guides/") => leads_to_guide(address),
                    // What a deployment is found at, as its version says.
                    None if path.starts_with("https://") => {
                        attribute == "href" && element.attr("rel") == Some("noopener noreferrer")
                    }
                    None => is_known(path),
                };
                if !known {
                    faults.push(format!("{attribute}={address}"));
                }
            }
        }
        faults
    });
}

#[test]
fn buttons_and_links_have_names() {
    every_page(|page| {
        let nameless = all(page, "button, a, summary").into_iter().filter(|element| {
            text(*element).is_empty() && element.attr("aria-label").is_none_or(str::is_empty)
        });
        nameless.map(|element| element.html()).collect()
    });
}

#[test]
fn forms_post_with_csrf_or_get_without() {
    every_page(|page| {
        let mut faults = Vec::new();
        for form in all(page, "form") {
            let token = within(form, "input[type=hidden][name=csrf]");
            let right = match form.attr("method") {
                Some("post") => {
                    token.len() == 1 && token[0].attr("value").is_some_and(|value| !value.is_empty())
                }
                Some("get") => token.is_empty(),
                _ => false,
            };
            if !right {
                faults.push(form.attr("action").unwrap_or("no action").to_owned());
            }
            if !within(form, "form").is_empty() {
                faults.push("a form in a form".to_owned());
            }
        }
        faults
    });
}

#[test]
fn secrets_are_never_filled_in() {
    every_page(|page| {
        let filled =
            all(page, "input[type=password]").into_iter().filter(|input| input.attr("value") != Some(""));
        filled.map(|input| input.html()).collect()
    });
}

#[test]
fn rows_have_as_many_cells_as_there_are_columns() {
    every_page(|page| {
        let mut faults = Vec::new();
        for table in all(page, "table.rows") {
            let columns = within(table, "thead th").len();
            let wrong =
                within(table, "tbody tr").into_iter().filter(|row| within(*row, "th, td").len() != columns);
            faults.extend(wrong.map(|row| format!("not {columns} cells: {}", text(row))));
        }
        faults
    });
}

#[test]
fn times_are_machine_readable() {
    every_page(|page| {
        let vague = all(page, "time").into_iter().filter(|time| {
            time.attr("datetime").is_none_or(str::is_empty) || time.attr("title").is_none_or(str::is_empty)
        });
        vague.map(text).collect()
    });
}

/// The links of a guide as its file has them; what stands in code is none.
fn links_of(guide: Guide) -> Vec<String> {
    let mut code = false;
    let mut links = Vec::new();
    for line in guide.text().lines() {
        code ^= line.starts_with("```");
        if !code {
            let parts = line.split("](").skip(1);
            links.extend(parts.filter_map(|part| part.split_once(')')).map(|(link, _)| link.to_owned()));
        }
    }
    links
}

#[test]
fn links_of_guides_lead_to_guides_or_to_files_of_the_source() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut faults = Vec::new();
    for guide in Guide::ALL {
        for link in links_of(guide) {
            let fault = match guide.resolve(&link) {
                Target::Guide(to, anchor) if anchor.is_empty() => !leads_to_guide(&to.to_string()),
                Target::Guide(to, anchor) => !leads_to_guide(&format!("{to}#{anchor}")),
                // There is no guide of it; a reader of the source must find it all the same.
                Target::Source(file) => {
                    file.extension().is_some_and(|kind| kind == "md") || !root.join(file).is_file()
                }
                Target::Outside => !link.starts_with("https://"),
            };
            if fault {
                faults.push(format!("{}: {link}", guide.path()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn forms_that_grant_and_deploy_name_their_guides() {
    let helpful = [
        ("application-entitlement-new-typical", Guide::ApplicationEntitlements),
        ("artifact-entitlement-new-fresh", Guide::ArtifactEntitlements),
        ("license-key-new-fresh", Guide::SeatsAndFeatureFlags),
        ("deployment-target-connect-first", Guide::Agents),
        ("deployment-new-typical", Guide::Templates),
        ("deployment-target-list-typical", Guide::Hotfix),
        ("license-portal-typical", Guide::AirGapped),
        ("license-customer-empty", Guide::LicenseKeys),
    ];
    let samples = samples();
    for (name, guide) in helpful {
        let html = &samples.iter().find(|(sample, _)| sample == name).expect(name).1;
        let page = Html::parse_document(html);
        let link = format!("a[href^=\"{guide}\"]");
        assert!(!all(&page, &format!("main {link}")).is_empty(), "{name} does not lead to {guide}");
    }
}

#[test]
fn pages_of_customers_name_no_guide_for_vendors() {
    for (name, html) in samples() {
        let page = Html::parse_document(&html);
        if all(&page, "nav a[href=\"/customers\"]").is_empty() {
            for link in all(&page, "main a.guide") {
                let address = link.attr("href").unwrap_or_default();
                let guide = address.trim_start_matches("/guides/").split('#').next().and_then(Guide::of);
                let customers = guide.is_some_and(|guide| guide.is_for(grantry_ui::layout::Portal::Customer));
                assert!(customers, "{name}: {address}");
            }
        }
    }
}
