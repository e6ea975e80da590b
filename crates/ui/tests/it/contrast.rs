//! WCAG 2.2 contrast of the stylesheet's tokens, in both themes.

use std::collections::HashMap;

use grantry_ui::asset::{File, asset};

type Theme = HashMap<String, [u8; 3]>;

/// The tokens `--name: light-dark(#light, #dark)`.
fn themes() -> (Theme, Theme) {
    let css = asset(&File::Stylesheet.link().name.0).expect("there is a stylesheet");
    let css = String::from_utf8_lossy(css.bytes).into_owned();
    let (mut light, mut dark) = (Theme::new(), Theme::new());
    for line in css.lines() {
        let Some((name, rest)) =
            line.trim().strip_prefix("--").and_then(|line| line.split_once(": light-dark(#"))
        else {
            continue;
        };
        let Some((first, second)) = rest.trim_end_matches(");").split_once(", #") else { continue };
        light.insert(name.to_owned(), colour(first));
        dark.insert(name.to_owned(), colour(second));
    }
    (light, dark)
}

fn colour(hex: &str) -> [u8; 3] {
    let channel = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("six hexadecimal digits");
    [channel(0), channel(2), channel(4)]
}

/// Relative luminance as WCAG 2.2 defines it.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Pairs of text and ground as the stylesheet uses them.
const TEXT: [(&str, &[&str]); 15] = [
    ("text", &["bg", "surface", "raised", "sunken", "accent-soft", "bad-soft"]),
    ("text-2", &["bg", "surface", "raised", "sunken", "accent-soft", "bad-soft"]),
    ("text-3", &["bg", "surface", "raised", "sunken"]),
    ("accent-strong", &["bg", "surface", "raised", "sunken", "accent-soft"]),
    ("accent", &["surface"]),
    ("on-accent", &["accent", "accent-strong"]),
    ("warn", &["surface", "sunken", "warn-soft"]),
    ("bad", &["surface", "bad-soft"]),
    ("bad-strong", &["surface"]),
    ("on-bad", &["bad", "bad-strong"]),
    ("info", &["surface", "sunken", "info-soft"]),
    ("text-2", &["line"]),
    ("text", &["line"]),
    ("accent-strong", &["raised"]),
    ("bad", &["raised"]),
];

/// Pairs of a control's edge or a mark and its ground.
const MARKS: [(&str, &[&str]); 10] = [
    ("line-input", &["bg", "surface"]),
    ("accent", &["bg", "surface", "raised"]),
    ("warn", &["surface"]),
    ("bad", &["surface"]),
    ("p1", &["surface"]),
    ("p2", &["surface"]),
    ("p3", &["surface"]),
    ("p4", &["surface"]),
    ("p5", &["surface"]),
    ("p6", &["surface"]),
];

#[test]
fn text_and_controls_stand_out_in_both_themes() {
    let (light, dark) = themes();
    let mut weak = Vec::new();
    for (theme, name) in [(&light, "light"), (&dark, "dark")] {
        for (pairs, least) in [(&TEXT[..], 4.5), (&MARKS[..], 3.0)] {
            for (front, grounds) in pairs {
                for ground in *grounds {
                    let ratio = contrast(theme[*front], theme[*ground]);
                    if ratio < least {
                        weak.push(format!("{name}: {front} on {ground} is {ratio:.2}, needs {least}"));
                    }
                }
            }
        }
    }
    assert!(weak.is_empty(), "{weak:#?}");
}

#[test]
fn contrast_is_computed_as_the_standard_says() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 1e-9);
    assert!((contrast([118, 118, 118], [255, 255, 255]) - 4.54).abs() < 0.01);
}
